import { verifyAction } from './action-command.ts';
import { runAction } from './run-action.ts';

await runAction([verifyAction]);
