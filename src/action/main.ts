import { attachAction, listAction, verifyAction } from './action-command.ts';
import { runAction } from './run-action.ts';

await runAction([attachAction, listAction, verifyAction]);
