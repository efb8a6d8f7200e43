import { CodedError } from '../../errors/coded-error.ts';
import { digestOf } from '../../oci/digest.ts';

/** Most parts that a list of images is cut into; a workflow matrix has at most 256 jobs. */
export const MAX_SHARDS = 256;

/** Which part of which list: enough for a join to see that no part is missing and that all are of one list. */
export interface Shard {
  /** From 1. */
  readonly number: number;
  readonly of: number;
  /** Images in the whole list. */
  readonly total: number;
  /** `sha256:<hex>` of the whole list, sorted, each image once. */
  readonly list: string;
}

/** `2/8` -> which part of how many. Throws `input-invalid`. */
export function parseShard(text: string): Pick<Shard, 'number' | 'of'> {
  const [, number, of] = /^([1-9][0-9]{0,2})\/([1-9][0-9]{0,2})$/.exec(text.trim()) ?? [];
  const shard = { number: Number(number), of: Number(of) };
  if (shard.number <= shard.of && shard.of <= MAX_SHARDS) return shard;
  throw new CodedError('input-invalid', `shard: expected a part such as 2/8, got ${JSON.stringify(text)}`, {
    hint: `The first number is from 1 to the second, which is at most ${MAX_SHARDS}.`,
  });
}

/**
 * The part of the images that a shard verifies, and what it is a part of. Every image is in exactly one part, parts
 * differ by one image at most, and neither order nor repetition in the list changes which part an image is in.
 * A part may be empty where there are more parts than images.
 */
export function chooseShard(
  images: readonly string[],
  { number, of }: Pick<Shard, 'number' | 'of'>,
): { readonly images: readonly string[]; readonly shard: Shard } {
  const list = sortOnce(images);
  return {
    images: list.filter((_, at) => at % of === number - 1),
    shard: { number, of, total: list.length, list: digestOfList(list) },
  };
}

/** `sha256:<hex>` of a list of images, whatever its order and repetition. */
export function digestOfList(images: readonly string[]): string {
  return digestOf(JSON.stringify(sortOnce(images)));
}

function sortOnce(images: readonly string[]): string[] {
  return [...new Set(images)].sort(compareText);
}

/** By code units: the same on every machine, whatever its locale. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
