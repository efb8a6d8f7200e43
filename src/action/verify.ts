import { runAction } from './run-action.ts';
import { verifyAction } from './verify-action.ts';

await runAction([verifyAction]);
