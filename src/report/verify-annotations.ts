import type { VerifyResult } from '../commands/verify/result.ts';
import type { CodedError } from '../errors/coded-error.ts';
import type { CandidateJudgement, Cell, ImageVerdict } from '../policy/verdict.ts';
import { explanationOf, pastePlace, signerText } from './evidence-text.ts';
import { gapLead } from './gap-words.ts';
import { nextStep } from './next-step.ts';
import { policyPlace } from './policy-place.ts';
import { shortDigest } from './short-digest.ts';
import { sourceName } from './source-names.ts';
import { truncateBytes } from './truncate.ts';
import { type CellGroup, groupUnmet } from './unmet-cells.ts';
import { CELL_WORDS } from './verify-words.ts';
import { wantedText } from './wanted-text.ts';

/** GitHub shows ten annotations of a kind for a step: the tenth says how many more there are. */
const MAX_SHOWN = 9;
const MAX_CANDIDATES = 4;
const MAX_COLUMNS = 4;
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

/**
 * What a workflow shows beside the policy's lines: unmet cells, those of a rule together that tell the same story;
 * images without a verdict; or why nothing was judged.
 */
export function buildVerifyAnnotations(result: VerifyResult): readonly VerifyAnnotation[] {
  const level = result.mode === 'warn' ? 'warning' : 'error';
  const all: readonly Counted[] = [
    ...(result.error === undefined ? [] : [{ checks: 1, texts: errorTexts(result.error, 'nothing was judged') }]),
    ...unmetGroups(result).map((group) => ({ checks: group.cells.length, texts: groupTexts(group, result) })),
    ...result.images.flatMap(({ requested, error }): Counted[] =>
      error === undefined || error === result.error ? [] : [{ checks: 1, texts: errorTexts(error, requested) }],
    ),
  ];
  const shown = all.slice(0, MAX_SHOWN).map(({ texts }) => ({ level, ...texts }) as const);
  const more = all.slice(MAX_SHOWN).reduce((sum, { checks }) => sum + checks, 0);
  if (more === 0) return shown;
  const title = `${more} more ${more === 1 ? 'check is' : 'checks are'} not met`;
  return [...shown, { level, title, message: `${title}: the job summary and the report have them all.` }];
}

/** An annotation, and of how many checks it tells. */
interface Counted {
  readonly checks: number;
  readonly texts: Omit<VerifyAnnotation, 'level'>;
}

interface UnmetGroup extends CellGroup {
  readonly image: ImageVerdict;
}

/** Of all images: what failed before what is undecided, else in the order of images, rules and columns. */
function unmetGroups({ images }: VerifyResult): UnmetGroup[] {
  const all = images.flatMap(({ verdict: image }) =>
    image === undefined
      ? []
      : image.rules.flatMap((rule) => groupUnmet(rule).map((group): UnmetGroup => ({ image, ...group }))),
  );
  const isUndecided = ({ cells: [cell] }: UnmetGroup): boolean => cell.state === 'unknown';
  return all.toSorted((a, b) => Number(isUndecided(a)) - Number(isUndecided(b)));
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

function groupTexts({ image, rule, cells }: UnmetGroup, { used }: VerifyResult): Omit<VerifyAnnotation, 'level'> {
  const [cell] = cells;
  const step = nextStep(cell);
  const where = columnsOf(cells);
  const place = cells.length === 1 ? `${cell.column} (${shortDigest(cell.digest)})` : where;
  const lines = [
    `${image.image.requested}, ${place}: ${cell.reason}`,
    `asked for: ${wantedText(rule)}`,
    ...cell.rejected.slice(0, MAX_CANDIDATES).flatMap(candidateTexts),
    ...(cell.rejected.length > MAX_CANDIDATES ? [`- and ${cell.rejected.length - MAX_CANDIDATES} more`] : []),
    ...cell.gaps.map(
      (gap) => `- ${gapLead(gap)}: ${sourceName(gap.source, image.image.repository)}: ${gap.code}: ${gap.reason}`,
    ),
    ...(step === undefined ? [] : [step]),
  ];
  const at = policyPlace(rule, used);
  return {
    title: clip(`${rule.name}: ${CELL_WORDS[cell.state]} on ${where}`),
    message: lines.map(clip).join('\n'),
    ...(at?.line !== undefined && { place: { file: at.file, line: at.line, col: at.column } }),
  };
}

function columnsOf(cells: readonly Cell[]): string {
  const names = cells.map(({ column }) => column);
  const more = names.length - MAX_COLUMNS;
  return `${names.slice(0, MAX_COLUMNS).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
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
