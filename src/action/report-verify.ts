import { furtherProblems } from '../commands/verify/further-problems.ts';
import type { VerifyResult } from '../commands/verify/result.ts';
import type { Warning } from '../errors/warning.ts';
import type { Economy } from '../net/types.ts';
import { noticesBesideGaps } from '../report/unmet-cells.ts';
import { verdictError } from '../report/verdict-error.ts';
import { buildVerifyAnnotations } from '../report/verify-annotations.ts';
import { renderVerifySummary } from '../report/verify-summary.ts';
import { renderVerifyText } from '../report/verify-text.ts';
import type { ActionShell } from './action-shell.ts';
import { writeOutputs, writeSummary } from './outputs.ts';
import { buildVerifyOutputs } from './verify-outputs.ts';

/** Writes what verify found: the log, the annotations, the outputs, the summary. Loaded when there is something to say. */
export async function reportVerify(result: VerifyResult, economy: Economy, { log, env }: ActionShell): Promise<void> {
  log.group('Verdict', renderVerifyText(result).trimEnd().split('\n'));
  const ending = verdictError(result);
  // an annotation of its own would take the place of what is not met
  if (ending !== undefined) log.info(`error[${ending.code}]: ${ending.message}`);
  for (const problem of furtherProblems(result.error)) log.problem(problem);
  if (result.download?.error !== undefined) log.error(result.download.error);
  for (const warning of noticesOf(result)) log.warning(warning);
  for (const annotation of buildVerifyAnnotations(result)) log.annotation(annotation);
  const { outputs, warning } = await buildVerifyOutputs(result, env);
  if (warning !== undefined) log.warning(warning);
  writeOutputs(outputs);
  await writeSummary(renderVerifySummary(result, { economy }), env);
}

/** What must not go by unseen, whatever the verdict; the report has the others. */
const LOUD = [
  'waived',
  'waiver-expired',
  'waiver-unknown-rule',
  'platform-skipped',
  'source-unread',
  'baseline-lost',
  'baseline-unread',
];

function noticesOf({ images }: VerifyResult): Warning[] {
  const notices = images.flatMap(({ requested, verdict }) =>
    // a place that keeps a cell undecided stands in that cell's annotation
    (verdict === undefined ? [] : noticesBesideGaps(verdict))
      .filter(({ code }) => LOUD.includes(code))
      .map(({ code, message }): Warning => ({ code: 'verdict-notice', message: `${requested}: ${code}: ${message}` })),
  );
  return [...new Map(notices.map((notice) => [notice.message, notice])).values()];
}
