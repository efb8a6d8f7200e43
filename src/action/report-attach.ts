import { healEntriesOf } from '../commands/attach/heal-entries.ts';
import type { AttachResult } from '../commands/attach/result.ts';
import type { Economy } from '../net/types.ts';
import { renderAttachSummary } from '../report/attach-summary.ts';
import { renderAttachText } from '../report/attach-text.ts';
import type { ActionShell } from './action-shell.ts';
import { buildAttachOutputs } from './attach-outputs.ts';
import { formatHealState } from './heal-state.ts';
import { HEAL_STATE } from './heal-state-name.ts';
import { writeOutputs, writeState, writeSummary } from './outputs.ts';
import { writeBundles } from './write-bundles.ts';

/** Writes what attach did: the log, the outputs, the post step's state, the summary. Loaded when there is something to say. */
export async function reportAttach(result: AttachResult, economy: Economy, { log, env }: ActionShell): Promise<void> {
  log.group('Attached', renderAttachText(result).trimEnd().split('\n'));
  for (const { error } of result.rows) if (error !== undefined) log.error(error);
  writeOutputs(buildAttachOutputs(result, writeBundles(result.bundles ?? [], env)));
  const lookAfter = healEntriesOf(result);
  if (lookAfter.length > 0) writeState(HEAL_STATE, formatHealState(lookAfter));
  await writeSummary(renderAttachSummary(result, { economy }), env);
}
