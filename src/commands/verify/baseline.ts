import { CodedError } from '../../errors/coded-error.ts';
import { type BaselineLoss, compareBaseline } from '../../gate/baseline.ts';
import { parseReference } from '../../oci/reference.ts';
import type { VerdictNotice } from '../../policy/verdict.ts';
import type { SubjectRequest } from '../subjects.ts';
import type { ComparedBaseline, VerifiedImage } from './result.ts';

/** Losses that are named one by one; the report has all. */
const MAX_NAMED = 20;

/**
 * `baseline` -> the image that the only other one is compared with. Throws `reference-invalid`, and `input-conflict`
 * where there are several: each would have a baseline of its own.
 */
export function readBaselineInput(
  text: string | undefined,
  images: readonly SubjectRequest[],
): SubjectRequest | undefined {
  if (text === undefined) return undefined;
  if (images.length > 1) {
    throw new CodedError('input-conflict', `baseline is given, and ${images.length} images are`, {
      hint: 'A baseline is for one image: take a job of a matrix for each.',
    });
  }
  const { reference } = parseReference(text.trim(), { defaultTag: 'latest' });
  return { reference, requested: text.trim() };
}

/** The image with what it was compared with, and notices of what it lost. The verdict is what it was. */
export function withBaseline(image: VerifiedImage, baseline: VerifiedImage): VerifiedImage {
  if (image.verdict === undefined) return image;
  const compared = compare(image, baseline);
  const notices = [...image.verdict.notices, ...noticesOf(compared)];
  return { ...image, verdict: { ...image.verdict, notices }, baseline: compared };
}

function compare(image: Extract<VerifiedImage, { error?: undefined }>, baseline: VerifiedImage): ComparedBaseline {
  const { requested, verdict, error } = baseline;
  if (verdict === undefined) return { requested, losses: [], undecided: [], error };
  return { requested, digest: verdict.image.digest, ...compareBaseline(image.verdict, verdict) };
}

function noticesOf({ requested, losses, undecided, error }: ComparedBaseline): VerdictNotice[] {
  if (error !== undefined) {
    const message = `the baseline ${requested} could not be looked at: ${error.code}: ${error.message}`;
    return [{ code: 'baseline-unread', message }];
  }
  const named = losses.slice(0, MAX_NAMED).map((loss): VerdictNotice => {
    return { code: 'baseline-lost', message: `${requested} had ${describeLoss(loss)}, which is missing now` };
  });
  const more = losses.length - named.length;
  const places = undecided.map(({ rule, column, side }) => `${rule} on ${column} of the ${side}`);
  return [
    ...named,
    ...(more > 0
      ? [{ code: 'baseline-lost', message: `… and ${more} more that ${requested} had: the report names them` } as const]
      : []),
    ...(places.length > 0 ? [undecidedNotice(places.slice(0, MAX_NAMED))] : []),
  ];
}

function describeLoss({ kind, rule, column, what }: BaselineLoss): string {
  if (kind === 'platform') return `the platform ${what}`;
  const where = `${rule === undefined ? '' : ` for ${JSON.stringify(rule)}`} on ${column}`;
  return kind === 'type' ? `${what}${where}` : `evidence by ${what}${where}`;
}

function undecidedNotice(places: readonly string[]): VerdictNotice {
  const message = `what was lost since the baseline is not known where a check is undecided: ${places.join('; ')}`;
  return { code: 'baseline-undecided', message };
}
