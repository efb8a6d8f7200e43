import type { ListResult } from '../commands/list/result.ts';
import type { Economy } from '../net/types.ts';
import { renderListSummary } from '../report/list-summary.ts';
import { renderListText } from '../report/list-text.ts';
import type { ActionShell } from './action-shell.ts';
import { buildListOutputs } from './list-outputs.ts';
import { writeOutputs, writeSummary } from './outputs.ts';

/** Writes what list found: the log, the outputs, the summary. Loaded when there is something to say. */
export async function reportList(result: ListResult, economy: Economy, { log, env }: ActionShell): Promise<void> {
  log.group('Referrers', renderListText(result).trimEnd().split('\n'));
  const errors = new Set([...result.images.map(({ error }) => error), result.error]);
  for (const error of errors) if (error !== undefined) log.error(error);
  const { outputs, warning } = await buildListOutputs(result, env);
  if (warning !== undefined) log.warning(warning);
  writeOutputs(outputs);
  await writeSummary(renderListSummary(result, { economy }), env);
}
