import type { RepairResult } from '../commands/repair/result.ts';
import type { Economy } from '../net/types.ts';
import { buildRepairChanges } from '../report/repair-json.ts';
import { renderRepairSummary } from '../report/repair-summary.ts';
import { renderRepairText } from '../report/repair-text.ts';
import { byteLength } from '../report/truncate.ts';
import type { ActionShell } from './action-shell.ts';
import { writeOutputs, writeSummary } from './outputs.ts';

/** A larger output is left empty: the runner keeps outputs in memory, and a step's environment holds no more. */
const MAX_CHANGES_BYTES = 256 * 1024;

/** Writes what repair did: the log, the outputs, the summary. */
export async function reportRepair(result: RepairResult, economy: Economy, { log, env }: ActionShell): Promise<void> {
  log.group('Repaired', renderRepairText(result).trimEnd().split('\n'));
  for (const error of result.errors) log.error(error);
  const changes = JSON.stringify(buildRepairChanges(result));
  const fits = byteLength(changes) <= MAX_CHANGES_BYTES;
  if (!fits) {
    const message = `the output changes would have more than ${MAX_CHANGES_BYTES} bytes: it is empty, read the log`;
    log.warning({ code: 'output-truncated', message });
  }
  const rewritten = result.rows.filter(({ status }) => status === 'repaired' || status === 'planned');
  writeOutputs({ repaired: String(rewritten.length), changes: fits ? changes : '' });
  await writeSummary(renderRepairSummary(result, { economy }), env);
}
