import { type Verdict, worstVerdict } from '../../policy/verdict.ts';
import { digestOfList, type Shard } from './shard.ts';

/** What of a shard's report decides the verdict over all of them. */
export interface ShardReport<Image extends ShardImage = ShardImage> {
  /** For messages: the file's name. */
  readonly name: string;
  /** Undefined: it says not which part it is. */
  readonly shard: Shard | undefined;
  /** `sha256:<hex>` of what it judged by: PolicyUsed. */
  readonly fingerprint: string | undefined;
  /** Why it judged no image (`policy-not-on-base`). */
  readonly error: string | undefined;
  readonly images: readonly Image[];
}

export interface ShardImage {
  readonly requested: string;
  readonly verdict: Verdict;
}

export interface MergedReport<Image extends ShardImage = ShardImage> {
  readonly verdict: Verdict;
  /** By name. */
  readonly images: readonly Image[];
  /** Why the reports are not the whole: each makes a verdict that is not `fail` unknown. */
  readonly problems: readonly string[];
}

/**
 * Joins the reports of shards. The verdict is made of the images' own, never of what a report says of itself; a part
 * that is missing, twice there, of another list or by another policy leaves open what it would have said.
 */
export function mergeReports<Image extends ShardImage>(reports: readonly ShardReport<Image>[]): MergedReport<Image> {
  const images = reports.flatMap((report) => report.images).sort((a, b) => (a.requested < b.requested ? -1 : 1));
  const problems = [
    ...reports.flatMap(({ name, error }) => (error === undefined ? [] : [`${name} judged no image: ${error}`])),
    ...partProblems(reports),
    ...samePolicyProblems(reports),
    ...imageProblems(reports, images),
  ];
  const verdict = worstVerdict(images.map((image) => image.verdict));
  return { verdict: problems.length > 0 && verdict === 'pass' ? 'unknown' : verdict, images, problems };
}

function partProblems(reports: readonly ShardReport[]): string[] {
  const [first] = reports.flatMap(({ shard }) => shard ?? []);
  if (reports.length === 0) return ['there is no report'];
  const unnamed = reports
    .filter(({ shard }) => shard === undefined)
    .map(({ name }) => `${name} says not which part it is`);
  if (first === undefined) return unnamed;
  const strangers = reports
    .filter(({ shard }) => shard !== undefined && (shard.of !== first.of || shard.list !== first.list))
    .map(({ name }) => `${name} is a part of another list of images`);
  const numbers = reports.map(({ shard }) => shard?.number);
  const counts = Array.from({ length: first.of }, (_, at) => numbers.filter((number) => number === at + 1).length);
  const parts = counts.flatMap((count, at) => {
    if (count === 1) return [];
    return [`part ${at + 1}/${first.of} is ${count === 0 ? 'missing' : `there ${count} times`}`];
  });
  return [...unnamed, ...strangers, ...parts];
}

function samePolicyProblems(reports: readonly ShardReport[]): string[] {
  const digests = new Set(reports.filter(({ error }) => error === undefined).map(({ fingerprint }) => fingerprint));
  return digests.size > 1 ? ['the parts were judged by different policies'] : [];
}

function imageProblems(reports: readonly ShardReport[], images: readonly ShardImage[]): string[] {
  const names = new Set(images.map(({ requested }) => requested));
  const shard = reports.find((report) => report.shard !== undefined)?.shard;
  const isWhole = shard === undefined || digestOfList([...names]) === shard.list;
  return [
    ...(names.size < images.length ? [`${images.length - names.size} images are there more than once`] : []),
    ...(isWhole ? [] : [`the ${names.size} images that were judged are not the ${shard.total} of the list`]),
  ];
}
