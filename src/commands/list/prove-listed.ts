import type { Warning } from '../../errors/warning.ts';
import { matchesFilter, type ReferrerFilter } from '../../referrers/filter.ts';
import { proveCandidate } from '../../referrers/prove-candidate.ts';
import type { Referrer, ReferrersTree, UnreadSource } from '../../referrers/types.ts';
import type { Store } from '../../store/store.ts';
import { mapReferrerLists, pruneTree, referrerLists } from './map-referrers.ts';

export interface ProveOptions {
  readonly store: Store;
  readonly filter: ReferrerFilter;
  readonly signal: AbortSignal;
  readonly onWarning?: ((warning: Warning) => void) | undefined;
}

/**
 * Reads the manifests of rows that were listed unread (over the limit of `verify`, or without it) and that the caller
 * cannot do without. What is refuted is dropped, what the bytes say wins, and a manifest that cannot be read makes the
 * tree incomplete.
 */
export async function proveListed(
  tree: ReferrersTree,
  rows: readonly Referrer[],
  options: ProveOptions,
): Promise<ReferrersTree> {
  if (rows.length === 0) return tree;
  const warnings: Warning[] = [];
  const unread: UnreadSource[] = [];
  const proved = new Map<string, Referrer | undefined>();
  const warn = (warning: Warning): void => {
    warnings.push(warning);
    options.onWarning?.(warning);
  };
  await Promise.all(
    rows.map(async (row) => {
      const { digest } = row.descriptor;
      const candidate = { digest, listed: row.descriptor, sources: row.sources };
      const proof = await proveCandidate(options.store, row.subject, candidate, { warn, signal: options.signal });
      if (proof.state === 'unread') {
        for (const source of row.sources.slice(0, 1)) {
          unread.push({ source, subject: row.subject, code: proof.code, reason: proof.reason });
        }
      } else {
        proved.set(rowKey(row), proof.state === 'proved' ? provedRow(row, proof, options.filter) : undefined);
      }
    }),
  );
  const replaced = mapReferrerLists(tree, (referrers) => referrers.flatMap((row) => replaceRow(row, proved)));
  return {
    ...pruneTree(replaced),
    complete: tree.complete && unread.length === 0,
    unread: [...tree.unread, ...unread],
    warnings: [...tree.warnings, ...warnings],
  };
}

type Proved = Extract<Awaited<ReturnType<typeof proveCandidate>>, { readonly state: 'proved' }>;

function provedRow(row: Referrer, proof: Proved, filter: ReferrerFilter): Referrer {
  return {
    ...row,
    descriptor: proof.descriptor,
    sources: proof.sources,
    manifest: proof.manifest,
    verified: true,
    selected: matchesFilter(proof.descriptor, filter),
  };
}

function replaceRow(row: Referrer, proved: ReadonlyMap<string, Referrer | undefined>): Referrer[] {
  const key = rowKey(row);
  if (!proved.has(key)) return [row];
  const replacement = proved.get(key);
  return replacement === undefined ? [] : [{ ...replacement, referrers: row.referrers }];
}

/** A row within its repository: one digest may refer to several subjects only as several rows. */
export function rowKey(row: Referrer): string {
  return `${row.subject} ${row.descriptor.digest}`;
}

/** Selected rows without their bytes that share subject and type with another: which is the latest, titles decide. */
export function undecidedRows(tree: ReferrersTree): Referrer[] {
  return referrerLists(tree).flatMap((referrers) => {
    const selected = referrers.filter((row) => row.selected);
    const byType = Map.groupBy(selected, (row) => row.descriptor.artifactType);
    // a row without a type may turn out to have any
    return selected.filter((row) => {
      const peers = byType.get(row.descriptor.artifactType)?.length ?? 0;
      const alone = peers === 1 && (byType.get(undefined) ?? []).length === 0;
      return row.manifest === undefined && !alone;
    });
  });
}
