import { CodedError } from '../errors/coded-error.ts';
import type { Digest } from '../oci/digest.ts';
import { matchesFilter, type ReferrerFilter } from './filter.ts';
import type { Row } from './row.ts';
import type { Referrer } from './types.ts';

/** Bound on the rows of a result. */
const MAX_ROWS = 250_000;

/**
 * The rows of a walk as trees, one for each first subject. A row stays where it, or anything below it, is asked for:
 * a filter never cuts off the way to a deeper match.
 */
export class TreeBuilder {
  readonly #filter: ReferrerFilter;
  readonly #depth: number;
  #rows = 0;

  constructor(filter: ReferrerFilter, depth: number) {
    this.#filter = filter;
    this.#depth = depth;
  }

  build(rows: readonly Row[], above: readonly Digest[] = []): Referrer[] {
    return rows.flatMap((row) => (above.includes(row.candidate.digest) ? [] : this.#finish(row, above)));
  }

  #finish(row: Row, above: readonly Digest[]): Referrer[] {
    // lists that name each other's entries unfold into more rows than anybody can read
    if (++this.#rows > MAX_ROWS)
      throw new CodedError('page-limit', `the tree of referrers has more than ${MAX_ROWS} rows`, {
        hint: 'Its lists name one another. With a smaller `depth` fewer levels are unfolded.',
      });
    const path = [...above, row.candidate.digest];
    const referrers = path.length < this.#depth ? this.build(row.below, path) : [];
    const selected = matchesFilter(row.descriptor, this.#filter);
    if (!selected && referrers.length === 0) return [];
    return [
      {
        descriptor: row.descriptor,
        subject: row.subject,
        sources: row.sources,
        verified: row.state === 'proved',
        selected,
        ...(row.manifest !== undefined && { manifest: row.manifest }),
        referrers,
      },
    ];
  }
}
