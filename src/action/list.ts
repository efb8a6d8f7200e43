import { listAction } from './list-action.ts';
import { runAction } from './run-action.ts';

await runAction([listAction]);
