import { attachAction } from './attach-action.ts';
import { runAction } from './run-action.ts';

await runAction([attachAction]);
