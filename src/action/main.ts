import { attachAction } from './attach-action.ts';
import { listAction } from './list-action.ts';
import { repairAction } from './repair-action.ts';
import { runAction } from './run-action.ts';
import { verifyAction } from './verify-action.ts';

await runAction([attachAction, listAction, verifyAction, repairAction]);
