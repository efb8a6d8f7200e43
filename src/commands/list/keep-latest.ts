import { CodedError } from '../../errors/coded-error.ts';
import type { Digest } from '../../oci/digest.ts';
import type { Referrer, ReferrersTree } from '../../referrers/types.ts';
import { titlesOf, typeText } from '../../report/referrer-rows.ts';
import { mapReferrerLists } from './map-referrers.ts';
import { compareSortValues } from './sort-value.ts';

export interface LatestResult {
  readonly tree: ReferrersTree;
  /** `latest-ambiguous`, for the first group of which no row is the latest; its rows are all kept. */
  readonly error: CodedError | undefined;
}

/**
 * Keeps, of the selected rows that share subject (and so platform), type and titles, the one whose annotation is
 * greatest. A row without the annotation loses against one that has it. What refers to a row that lost goes with it:
 * the signature of an outdated SBOM is not the latest signature.
 */
export function keepLatest(tree: ReferrersTree, sortAnnotation: string): LatestResult {
  const ties: CodedError[] = [];
  const kept = mapReferrerLists(tree, (referrers) => {
    const losers = new Set<Digest>();
    for (const group of groupRows(referrers)) {
      const winners = greatest(group, sortAnnotation);
      if (winners.length > 1) ties.push(ambiguous(winners, tree, sortAnnotation));
      for (const row of group) if (!winners.includes(row)) losers.add(row.descriptor.digest);
    }
    return referrers.filter((referrer) => !losers.has(referrer.descriptor.digest));
  });
  return { tree: kept, error: ties[0] };
}

function groupRows(referrers: readonly Referrer[]): Referrer[][] {
  const selected = referrers.filter((referrer) => referrer.selected);
  return [
    ...Map.groupBy(selected, (row) => JSON.stringify([row.descriptor.artifactType ?? null, titlesOf(row)])).values(),
  ];
}

function greatest(rows: readonly Referrer[], key: string): Referrer[] {
  const sortValue = (row: Referrer): string | undefined => annotationOf(row, key);
  const dated = rows.filter((row) => sortValue(row) !== undefined);
  if (dated.length === 0) return [...rows];
  const top = dated.map((row) => sortValue(row) ?? '').reduce((a, b) => (compareSortValues(a, b) < 0 ? b : a));
  return dated.filter((row) => compareSortValues(sortValue(row) ?? '', top) === 0);
}

function annotationOf({ descriptor: { annotations } }: Referrer, key: string): string | undefined {
  return annotations !== undefined && Object.hasOwn(annotations, key) ? annotations[key] : undefined;
}

function ambiguous(rows: readonly Referrer[], tree: ReferrersTree, key: string): CodedError {
  const [first] = rows;
  const digests = rows.map((row) => row.descriptor.digest).sort();
  const value = first === undefined ? undefined : annotationOf(first, key);
  const why = value === undefined ? `none of them has the annotation ${key}` : `all have ${key}=${value}`;
  const type = first === undefined ? '' : typeText(first);
  return new CodedError(
    'latest-ambiguous',
    `${tree.requested}: ${rows.length} referrers of ${first?.subject} with type ${type} could be the latest, ${why}: ${digests.join(', ')}`,
    { hint: 'Choose another sort-annotation, narrow filter-annotation, or remove the referrers that are out of date.' },
  );
}
