import type { ListResult } from '../commands/list/result.ts';
import type { Economy } from '../net/types.ts';
import { renderListSummary } from '../report/list-summary.ts';
import { countHidden, renderListText } from '../report/list-text.ts';
import { plural } from '../report/plural.ts';
import { plainStyle } from '../report/text-style.ts';
import type { ActionShell } from './action-shell.ts';
import { buildListOutputs } from './list-outputs.ts';
import { writeOutputs, writeSummary } from './outputs.ts';

/** Nobody reads more rows in a log, and each costs the runner as it does us. */
const MAX_LOG_ROWS = 300;

/** Writes what list found: the log, the outputs, the summary. Loaded when there is something to say. */
export async function reportList(result: ListResult, economy: Economy, { log, env }: ActionShell): Promise<void> {
  log.group('Referrers', renderListText(result, plainStyle, MAX_LOG_ROWS).trimEnd().split('\n'));
  const errors = new Set([...result.images.map(({ error }) => error), result.error]);
  for (const error of errors) if (error !== undefined) log.error(error);
  const { outputs, warning } = await buildListOutputs(result, env);
  if (warning !== undefined) log.warning(warning);
  const hidden = countHidden(result, MAX_LOG_ROWS);
  if (hidden > 0)
    log.info(
      `${plural(hidden, 'more referrer')}: all of them are in ${outputs['referrers-path']} (output referrers-path)`,
    );
  writeOutputs(outputs);
  await writeSummary(renderListSummary(result, { economy }), env);
}
