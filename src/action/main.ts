import { attachAction, listAction } from './action-command.ts';
import { runAction } from './run-action.ts';

await runAction([attachAction, listAction]);
