import type { VerifyResult } from '../commands/verify/result.ts';
import type { CodedError } from '../errors/coded-error.ts';
import type { CandidateJudgement } from '../policy/verdict.ts';
import { explanationOf, pastePlace, signerText } from './evidence-text.ts';
import { gapLead } from './gap-words.ts';
import { policyPlace } from './policy-place.ts';
import { shortDigest } from './short-digest.ts';
import { sourceName } from './source-names.ts';
import { truncateBytes } from './truncate.ts';
import { type UnmetCell, unmetCells } from './unmet-cells.ts';
import { CELL_WORDS } from './verify-words.ts';
import { wantedText } from './wanted-text.ts';

/** GitHub shows ten annotations of a kind for a step: the tenth says how many more there are. */
const MAX_CELLS = 9;
const MAX_CANDIDATES = 4;
const MAX_LINE_BYTES = 400;

/** A workflow annotation. Its text is not escaped: renderCommand of error-text.ts does that. */
export interface VerifyAnnotation {
  readonly level: 'error' | 'warning';
  readonly title: string;
  /** Lines. */
  readonly message: string;
  /** The policy's line; absent for the short form, which is in no file. */
  readonly place?: { readonly file: string; readonly line?: number | undefined; readonly col?: number | undefined };
}

/** What a workflow shows beside the policy's lines: unmet cells, images without a verdict, or why nothing was judged. */
export function buildVerifyAnnotations(result: VerifyResult): readonly VerifyAnnotation[] {
  const level = result.mode === 'warn' ? 'warning' : 'error';
  const all = [
    ...(result.error === undefined ? [] : [{ level, ...errorTexts(result.error, 'nothing was judged') } as const]),
    ...unmetCells(result).map((unmet): VerifyAnnotation => ({ level, ...cellTexts(unmet, result) })),
    ...result.images.flatMap(({ requested, error }): VerifyAnnotation[] =>
      error === undefined || error === result.error ? [] : [{ level, ...errorTexts(error, requested) }],
    ),
  ];
  if (all.length <= MAX_CELLS) return all;
  const more = all.length - MAX_CELLS;
  const title = `${more} more ${more === 1 ? 'check is' : 'checks are'} not met`;
  return [
    ...all.slice(0, MAX_CELLS),
    { level, title, message: `${title}: the job summary and the report have them all.` },
  ];
}

function errorTexts(error: CodedError, what: string): Omit<VerifyAnnotation, 'level'> {
  const lines = [`${what}: ${error.message}`, ...(error.hint === undefined ? [] : [error.hint])];
  const { location } = error;
  return {
    title: error.code,
    message: lines.map(clip).join('\n'),
    ...(location !== undefined && { place: { file: location.file, line: location.line, col: location.column } }),
  };
}

function cellTexts({ image, rule, cell }: UnmetCell, { used }: VerifyResult): Omit<VerifyAnnotation, 'level'> {
  const lines = [
    `${image.image.requested}, ${cell.column} (${shortDigest(cell.digest)}): ${cell.reason}`,
    `asked for: ${wantedText(rule)}`,
    ...cell.rejected.slice(0, MAX_CANDIDATES).flatMap(candidateTexts),
    ...(cell.rejected.length > MAX_CANDIDATES ? [`- and ${cell.rejected.length - MAX_CANDIDATES} more`] : []),
    ...cell.gaps.map(
      (gap) => `- ${gapLead(gap)}: ${sourceName(gap.source, image.image.repository)}: ${gap.code}: ${gap.reason}`,
    ),
  ];
  const at = policyPlace(rule, used);
  return {
    title: clip(`${rule.name}: ${CELL_WORDS[cell.state]} on ${cell.column}`),
    message: lines.map(clip).join('\n'),
    ...(at?.line !== undefined && { place: { file: at.file, line: at.line, col: at.column } }),
  };
}

function candidateTexts(judgement: CandidateJudgement): string[] {
  const { state, reason, signer, mismatch } = judgement;
  const explanation = explanationOf(judgement);
  const by = signer === undefined || mismatch?.explanation !== undefined ? '' : ` (signed by ${signerText(signer)})`;
  return [
    `- ${state}: ${reason}${by}`,
    ...(explanation === undefined ? [] : [`  ${explanation}`]),
    ...(mismatch === undefined ? [] : pasteTexts(mismatch.paste)),
  ];
}

/** An entry of a policy keeps its lines, of which the indentation is a part; inputs stand beside one another. */
function pasteTexts(paste: string): string[] {
  const lead = '  to accept this signer:';
  const isBlock = pastePlace(paste) === 'signed-by' && paste.includes('\n');
  return isBlock
    ? [lead, ...paste.split('\n').map((line) => `    ${line}`)]
    : [`${lead} ${paste.replaceAll('\n', ', ')}`];
}

/** One line of its own, whatever is in it. */
function clip(text: string): string {
  return truncateBytes(text.replaceAll(/[\r\n]+/g, ' '), MAX_LINE_BYTES);
}
