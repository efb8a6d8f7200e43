import { CodedError } from '../../errors/coded-error.ts';
import type { ReferrersTree, SubjectNode, UnreadSource } from '../../referrers/types.ts';
import { nodesOf } from './map-referrers.ts';
import type { ListOptions } from './options.ts';
import type { ListedImage } from './result.ts';

export interface OutcomeFacts {
  readonly images: readonly ListedImage[];
  /** Rows that match and are proved from their bytes, over all images: no other counts towards min-count. */
  readonly proved: number;
  /** What went wrong after listing: ties of `latest`, a failed download. */
  readonly later: readonly CodedError[];
  readonly options: Pick<ListOptions, 'minCount' | 'artifactType' | 'filterAnnotation'>;
}

/**
 * What a run ends with; undefined when all is well. "Could not look" (exit 3) comes before every answer: where
 * something was not seen, too few are not said to be too few.
 */
export function decideOutcome(facts: OutcomeFacts): CodedError | undefined {
  const errors = [
    ...facts.images.flatMap((image) => image.error ?? []),
    ...incomplete(facts),
    ...facts.later,
    ...tooFew(facts),
  ];
  return errors.find((error) => error.exitCode === 3) ?? errors[0];
}

/**
 * A list without its API or tag is no answer. One without cosign tags or in-index entries is an answer with a warning,
 * unless what is missing could be what was too few. Of an index whose platforms nobody knows none of them was asked.
 */
function incomplete({ images, proved, options }: OutcomeFacts): CodedError[] {
  const short = proved < options.minCount;
  const trees = images.flatMap(({ tree }) => tree ?? []);
  const missed = trees.flatMap((tree) =>
    tree.unread.filter((one) => short || isEssential(one)).map((one) => ({ text: unreadText(one, tree), ...one })),
  );
  const platforms = trees.flatMap((tree) =>
    nodesOf(tree.root).flatMap((node) => (short || node.isNestedIndex === true ? unreadableText(node, tree) : [])),
  );
  const unread = [...missed.map(({ text }) => text), ...platforms];
  const advice = missed.find(({ hint }) => hint !== undefined)?.hint;
  const [first, ...more] = unread;
  if (first === undefined) return [];
  const others = more.length === 0 ? '' : `; and ${more.length} more`;
  return [
    new CodedError('list-incomplete', `not every referrer could be looked for: ${first}${others}`, {
      hint: `There may be referrers that are not shown. ${advice ?? 'Run it again, or leave a source out with the input sources.'}`,
    }),
  ];
}

function isEssential({ source }: UnreadSource): boolean {
  return source === 'api' || source === 'tag-schema';
}

function unreadText({ source, subject, code, reason }: UnreadSource, tree: ReferrersTree): string {
  return `${source} of ${tree.repository}@${subject}: ${code}: ${reason}`;
}

function unreadableText({ descriptor, unreadable, isNestedIndex }: SubjectNode, tree: ReferrersTree): string[] {
  if (unreadable === undefined) return [];
  const what = isNestedIndex === true ? 'the platforms in' : 'platform';
  return [`${what} ${tree.repository}@${descriptor.digest}: ${unreadable.code}: ${unreadable.reason}`];
}

function tooFew({ proved, options }: OutcomeFacts): CodedError[] {
  const { minCount, artifactType, filterAnnotation } = options;
  if (proved >= minCount) return [];
  const asked = [
    ...(artifactType.length > 0 ? [`artifact-type ${artifactType.join(', ')}`] : []),
    ...(filterAnnotation.length > 0 ? [`filter-annotation ${filterAnnotation.join(', ')}`] : []),
  ];
  const what = asked.length === 0 ? '' : ` (${asked.join('; ')})`;
  const hint =
    asked.length === 0
      ? 'Nothing was filtered: the image has no more than these.'
      : 'Run it without the filter to see what the image has.';
  return [
    new CodedError(
      'min-count-not-met',
      `found ${proved} matching ${proved === 1 ? 'referrer' : 'referrers'}${what}, min-count is ${minCount}`,
      { hint },
    ),
  ];
}
