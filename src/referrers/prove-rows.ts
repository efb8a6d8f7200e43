import { CodedError } from '../errors/coded-error.ts';
import { isMatchAll, matchesFilter } from './filter.ts';
import type { ListSettings } from './list-settings.ts';
import { type Proof, proveCandidate } from './prove-candidate.ts';
import type { Row } from './row.ts';
import type { UnreadSource } from './types.ts';

/** Rows that may be read beyond those that `verify` proves, because they cannot be judged unread. */
const MAX_FORCED = 20_000;

/**
 * Proves the first `budget` rows, and beyond those the ones that cannot be judged unread; marks what is refuted.
 * Returns how many of the budget it took.
 */
export async function proveRows(
  rows: readonly Row[],
  budget: number,
  settings: ListSettings,
  unread: UnreadSource[],
): Promise<number> {
  const ordered = likelyFirst(rows, settings);
  const within = ordered.slice(0, budget);
  const beyond = ordered.slice(budget).filter((row) => needsBytes(row, settings));
  if (beyond.length > MAX_FORCED) {
    throw new CodedError(
      'page-limit',
      `more than ${MAX_FORCED} listed referrers have no type and would have to be read`,
    );
  }
  await Promise.all(
    [...within, ...beyond].map(async (row) => {
      const proof = await proveCandidate(settings.store, row.subject, row.candidate, settings);
      applyProof(row, proof, unread);
    }),
  );
  return within.length;
}

/** Proofs are few beside a long list: they go to the rows that the filter may select before those that the list rules out. */
function likelyFirst(rows: readonly Row[], { filter }: ListSettings): readonly Row[] {
  if (isMatchAll(filter)) return rows;
  const likely = (row: Row): boolean =>
    row.descriptor.artifactType === undefined || matchesFilter(row.descriptor, filter);
  return [...rows.filter(likely), ...rows.filter((row) => !likely(row))];
}

/** A row whose type nobody said cannot be filtered, and an entry that is no descriptor cannot be shown, before it is read. */
function needsBytes(row: Row, { filter }: ListSettings): boolean {
  if (row.candidate.manifest !== undefined || row.candidate.listed === undefined) return true;
  if (row.subject.startsWith('sha512:') && row.sources.includes('tag-schema')) return true; // tags of sha512 subjects may collide
  return !isMatchAll(filter) && row.descriptor.artifactType === undefined;
}

function applyProof(row: Row, proof: Proof, unread: UnreadSource[]): void {
  row.state = proof.state;
  if (proof.state === 'proved') {
    row.descriptor = proof.descriptor;
    row.sources = proof.sources;
    row.manifest = proof.manifest;
    row.hint = proof.hint;
  } else if (proof.state === 'unread') {
    // whether it refers to the subject, and whether it matches, nobody can say: that is not a complete answer
    const [source] = row.sources;
    if (source !== undefined) unread.push({ source, subject: row.subject, code: proof.code, reason: proof.reason });
  }
}

/** Whether a row is shown, as far as its proof says. One that no valid entry describes and nobody could read is not. */
export function isKept({ state, candidate }: Row): boolean {
  return state !== 'refuted' && !(state === 'unread' && candidate.listed === undefined);
}
