import { CodedError } from '../errors/coded-error.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import type { Manifest } from '../oci/manifest.ts';
import { OCI_EMPTY } from '../oci/media-types.ts';
import type { ReferrersHint } from '../store/store.ts';
import type { Candidate } from './candidate.ts';
import { type CollectSubject, collectCandidates } from './collect-candidates.ts';
import { isMatchAll, matchesFilter } from './filter.ts';
import type { ListSettings } from './list-settings.ts';
import { type Proof, proveCandidate } from './prove-candidate.ts';
import type { Referrer, ReferrerSource, UnreadSource } from './types.ts';

/** What a walk found for one of its first subjects. */
export interface WalkedSubject {
  readonly referrers: readonly Referrer[];
}

export interface WalkResult {
  readonly bySubject: ReadonlyMap<string, WalkedSubject>;
  readonly unread: readonly UnreadSource[];
}

interface Row {
  readonly candidate: Candidate;
  readonly subject: Digest;
  /** The digests from the root down to the subject: a row among them would lead in a circle. */
  readonly path: readonly Digest[];
  descriptor: Descriptor;
  sources: readonly ReferrerSource[];
  verified: boolean;
  manifest: Manifest | undefined;
  hint: ReferrersHint | undefined;
  below: Row[];
}

interface Pending {
  readonly subject: CollectSubject;
  readonly path: readonly Digest[];
  readonly into: Row[];
}

/** Bound on everything that one walk asks for. */
const MAX_SUBJECTS = 20_000;
/** Bound on the rows of a result. */
const MAX_ROWS = 250_000;

/**
 * Follows referrers level by level: a round of lists, a round of proofs, and so on. Level by level, not branch by
 * branch, keeps the number of rounds at twice the depth however wide the tree is, and gives the proofs to the first
 * rows in tree order.
 */
export async function walkReferrers(
  subjects: readonly CollectSubject[],
  settings: ListSettings,
  limits: { readonly depth: number; readonly verifyLimit: number },
): Promise<WalkResult> {
  const unread: UnreadSource[] = [];
  const roots = subjects.map((subject): Pending => ({ subject, path: [], into: [] }));
  const walked = new Map<Digest, Row[]>();
  let budget = settings.verify ? limits.verifyLimit : 0;
  let level: readonly Pending[] = roots;
  for (let depth = 1; depth <= limits.depth && level.length > 0; depth++) {
    if (walked.size > MAX_SUBJECTS)
      throw new CodedError('page-limit', `more than ${MAX_SUBJECTS} referrers were followed`);
    await collectLevel(level, walked, settings, unread);
    const rows = level.flatMap((pending) => pending.into);
    budget -= await proveLevel(rows, budget, settings, unread, (row) => drop(level, row));
    level =
      depth < limits.depth
        ? nextLevel(
            level.flatMap((pending) => pending.into),
            walked,
          )
        : [];
  }
  const room = { rows: MAX_ROWS };
  const bySubject = new Map(
    roots.map(({ subject, into }): [string, WalkedSubject] => [
      subject.digest,
      { referrers: into.flatMap((row) => finish(row, settings, [], room)) },
    ]),
  );
  return { bySubject, unread };
}

async function collectLevel(
  level: readonly Pending[],
  walked: Map<Digest, Row[]>,
  settings: ListSettings,
  unread: UnreadSource[],
): Promise<void> {
  for (const { subject, into } of level) walked.set(subject.digest, into);
  const collected = await Promise.all(level.map(({ subject }) => collectCandidates(subject, settings)));
  for (const [i, { candidates, unread: failures }] of collected.entries()) {
    const pending = level[i];
    if (pending === undefined) continue;
    unread.push(...failures);
    const path = [...pending.path, pending.subject.digest];
    for (const candidate of candidates) pending.into.push(newRow(candidate, pending.subject.digest, path));
  }
}

function newRow(candidate: Candidate, subject: Digest, path: readonly Digest[]): Row {
  const listed = candidate.listed ?? { mediaType: '', digest: candidate.digest, size: 0 };
  return {
    candidate,
    subject,
    path,
    descriptor: withoutEmptyType(listed),
    sources: candidate.sources,
    verified: false,
    manifest: undefined,
    hint: undefined,
    below: [],
  };
}

/** The empty config type in place of an artifact type (cosign 2.5 to 3.0 wrote it so) says nothing. */
function withoutEmptyType(listed: Descriptor): Descriptor {
  if (listed.artifactType !== OCI_EMPTY) return listed;
  const { artifactType: _, ...rest } = listed;
  return rest;
}

/** Proves the first `budget` rows, and beyond that those that cannot be judged unread. Returns how many of the budget it took. */
async function proveLevel(
  rows: readonly Row[],
  budget: number,
  settings: ListSettings,
  unread: UnreadSource[],
  refute: (row: Row) => void,
): Promise<number> {
  const ordered = likelyFirst(rows, settings);
  const within = ordered.slice(0, budget);
  const beyond = ordered.slice(budget).filter((row) => needsBytes(row, settings));
  await Promise.all(
    [...within, ...beyond].map(async (row) => {
      const proof = await proveCandidate(settings.store, row.subject, row.candidate, settings);
      applyProof(row, proof, settings, unread, refute);
    }),
  );
  return within.length;
}

/** Proofs are few beside a long list: they go to the rows that the filter may select before those that the list rules out. */
function likelyFirst(rows: readonly Row[], settings: ListSettings): readonly Row[] {
  if (isMatchAll(settings.filter)) return rows;
  const likely = (row: Row): boolean =>
    row.descriptor.artifactType === undefined || matchesFilter(row.descriptor, settings.filter);
  return [...rows.filter(likely), ...rows.filter((row) => !likely(row))];
}

/** A row whose type nobody said cannot be filtered, and an entry that is no descriptor cannot be shown, before it is read. */
function needsBytes(row: Row, settings: ListSettings): boolean {
  if (row.candidate.manifest !== undefined || row.candidate.listed === undefined) return true;
  if (row.subject.startsWith('sha512:') && row.sources.includes('tag-schema')) return true; // tags of sha512 subjects may collide
  return !isMatchAll(settings.filter) && row.descriptor.artifactType === undefined;
}

function applyProof(
  row: Row,
  proof: Proof,
  settings: ListSettings,
  unread: UnreadSource[],
  refute: (row: Row) => void,
): void {
  if (proof.state === 'proved') {
    row.descriptor = proof.descriptor;
    row.sources = proof.sources;
    row.manifest = proof.manifest;
    row.hint = proof.hint;
    row.verified = true;
  } else if (proof.state === 'refuted') {
    refute(row);
  } else if (needsBytes(row, settings)) {
    // nobody can say whether it matches: that is not a complete answer
    const source = row.sources[0];
    if (source !== undefined) unread.push({ source, subject: row.subject, code: proof.code, reason: proof.reason });
    if (row.candidate.listed === undefined) refute(row);
  }
}

function drop(level: readonly Pending[], row: Row): void {
  for (const { into } of level) {
    const at = into.indexOf(row);
    if (at >= 0) into.splice(at, 1);
  }
}

/** The rows whose own referrers are asked for next; one that was walked already shares what was found. */
function nextLevel(rows: readonly Row[], walked: ReadonlyMap<Digest, Row[]>): Pending[] {
  const next = new Map<Digest, Pending>();
  for (const row of rows) {
    const { digest } = row.candidate;
    if (row.path.includes(digest)) continue;
    const known = walked.get(digest) ?? next.get(digest)?.into;
    if (known !== undefined) {
      row.below = known;
      continue;
    }
    next.set(digest, { subject: { digest, hint: row.hint }, path: row.path, into: row.below });
  }
  return [...next.values()];
}

/** The row with what is selected below it; nothing when neither it nor anything below is asked for. */
function finish(row: Row, settings: ListSettings, above: readonly Digest[], room: { rows: number }): Referrer[] {
  // lists that name each other's entries unfold into more rows than anybody can read
  if (--room.rows < 0) throw new CodedError('page-limit', `the tree of referrers has more than ${MAX_ROWS} rows`);
  const path = [...above, row.candidate.digest];
  const referrers = row.below.flatMap((below) =>
    path.includes(below.candidate.digest) ? [] : finish(below, settings, path, room),
  );
  const selected = matchesFilter(row.descriptor, settings.filter);
  if (!selected && referrers.length === 0) return [];
  return [
    {
      descriptor: row.descriptor,
      subject: row.subject,
      sources: row.sources,
      verified: row.verified,
      selected,
      ...(row.manifest !== undefined && { manifest: row.manifest }),
      referrers,
    },
  ];
}
