import { CodedError } from '../../errors/coded-error.ts';
import type { Referrer, ReferrersTree } from '../../referrers/types.ts';
import { nodesOf } from './map-referrers.ts';
import { type ProveOptions, proveListed, rowKey } from './prove-listed.ts';

/** Rows that are read at once: honest lists need no second round, long ones do not send everything at once. */
const BATCH = 200;
/** Rows that are read for one image before the list is taken for an invention. */
const MAX_READ = 20_000;

/**
 * Proves selected rows, and what lies on the way to them, until `count` of them stand or none are left: a gate may open
 * on proved rows only, however many a list names before them. Throws `page-limit` where no end is in sight.
 */
export async function proveCount(tree: ReferrersTree, count: number, options: ProveOptions): Promise<ReferrersTree> {
  if (count === 0) return tree;
  const asked = new Set<string>();
  let current = tree;
  for (;;) {
    const standing = standingRows(current);
    const rows = openRows(current)
      .filter((row) => !asked.has(rowKey(row)))
      .slice(0, Math.max(BATCH, count - standing.size));
    if (standing.size >= count || rows.length === 0) return current;
    if (asked.size >= MAX_READ) throw tooMany(tree, standing.size);
    for (const row of rows) asked.add(rowKey(row));
    current = await proveListed(current, rows, options);
  }
}

/** The selected rows that are proved, as is every row on the way to them: the ones that count. */
export function standingRows(tree: ReferrersTree): ReadonlySet<string> {
  const standing = new Set<string>();
  const visit = (rows: readonly Referrer[]): void => {
    for (const row of rows) {
      if (!row.verified) continue;
      if (row.selected) standing.add(rowKey(row));
      visit(row.referrers);
    }
  };
  for (const node of nodesOf(tree.root)) visit(node.referrers);
  return standing;
}

/** What has to be read before more rows stand, each once. */
function openRows(tree: ReferrersTree): readonly Referrer[] {
  const open = new Map<string, Referrer>();
  const visit = (rows: readonly Referrer[], unproved: readonly Referrer[]): void => {
    for (const row of rows) {
      const way = row.verified ? unproved : [...unproved, row];
      if (row.selected) for (const one of way) open.set(rowKey(one), one);
      visit(row.referrers, way);
    }
  };
  for (const node of nodesOf(tree.root)) visit(node.referrers, []);
  return [...open.values()];
}

function tooMany({ requested }: ReferrersTree, found: number): CodedError {
  return new CodedError(
    'page-limit',
    `${requested}: more than ${MAX_READ} listed referrers were read for min-count, and ${found} of them are real`,
    { hint: 'The list names referrers that are not what it says. Narrow it with artifact-type, or clean it up.' },
  );
}
