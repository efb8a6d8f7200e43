import { type Signer, signerKey } from '../evidence/signer.ts';
import type { Digest } from '../oci/digest.ts';
import { normalizePlatform } from '../oci/normal-platform.ts';
import { formatPlatform, isPlatformName, parsePlatform } from '../oci/platform.ts';
import { describeSigner } from '../policy/describe-signer.ts';
import type { EvidenceItem, ImageScope } from '../policy/evidence-item.ts';
import { readGithubClaims } from '../policy/github-claims.ts';
import type { CandidateJudgement, CandidateState, Cell, ImageVerdict } from '../policy/verdict.ts';

/** Something that the baseline had and the image has not. */
export interface BaselineLoss {
  readonly kind: 'platform' | 'type' | 'signer';
  /** Evidence of the type, or by the signer, counted for the rule. undefined: a platform, or a type that counted for none. */
  readonly rule: string | undefined;
  /** As the baseline calls it. */
  readonly column: string;
  /** The platform, the predicate or artifact type, the signer. */
  readonly what: string;
}

export interface BaselineComparison {
  readonly losses: readonly BaselineLoss[];
  /**
   * Cells that are not met here for what could not be read, so that their losses may be none; and cells that were
   * unknown there, so that they may have lost what nobody saw. Of an index inside that was not read also cells that were
   * left out or waived. By rule and column.
   */
  readonly undecided: readonly {
    readonly rule: string;
    readonly column: string;
    readonly side: 'image' | 'baseline';
  }[];
}

/**
 * What got lost since a baseline, both judged by the same policy: platforms, and in each cell the types and signers of
 * what counted; besides, types that were there at all. A workflow is the same signer at another ref, since every release
 * has its own. Both must have been looked at whole (`thorough`).
 */
export function compareBaseline(current: ImageVerdict, baseline: ImageVerdict): BaselineComparison {
  const pairs = pairCells(current, baseline);
  const counted = pairs.flatMap(({ now, then }) => lostEvidence(now, then));
  const unseen = unseenPlatforms(current, baseline);
  const unreadHere = unreadDigests(current.image);
  // an index that was not read may have them: its cells are undecided
  const platforms = unreadHere.size > 0 ? [] : unseen;
  const lostPlatforms = platforms.map(
    (what): BaselineLoss => ({ kind: 'platform', rule: undefined, column: what, what }),
  );
  const ofImage = unreadIndexes(current, 'image', () => unseen.length > 0, pairs);
  const ofBaseline = unreadIndexes(baseline, 'baseline', (index) => !unreadHere.has(index), pairs);
  return {
    losses: [...lostPlatforms, ...counted, ...lostPresence(pairs, counted)],
    undecided: pairs
      .flatMap(({ now, then }) => [
        ...(now.state === 'unknown' ? [{ rule: now.rule, column: now.column, side: 'image' as const }] : []),
        ...(then.state === 'unknown' ? [{ rule: then.rule, column: then.column, side: 'baseline' as const }] : []),
      ])
      .concat(ofImage, ofBaseline),
  };
}

/**
 * Cells of indexes that nobody could read: the other's platforms may be in there. Also where they are left out or waived,
 * which says nothing of what is in them, if the one side has something that the other does not show.
 */
function unreadIndexes(
  { image, rules }: ImageVerdict,
  side: 'image' | 'baseline',
  isOpen: (index: Digest) => boolean,
  pairs: ReturnType<typeof pairCells>,
): BaselineComparison['undecided'] {
  const unread = unreadDigests(image);
  const paired = new Set(pairs.flatMap(({ now, then }) => [now, then]));
  return rules
    .flatMap(({ cells }) => cells)
    .filter((cell) => unread.has(cell.digest) && cell.state !== 'not-applicable')
    .filter((cell) => (cell.state === 'unknown' ? !paired.has(cell) : isOpen(cell.digest)))
    .map(({ rule, column }) => ({ rule, column, side }));
}

function unreadDigests({ platforms }: ImageScope): ReadonlySet<Digest> {
  return new Set(platforms.filter(({ isUnreadIndex }) => isUnreadIndex === true).map(({ digest }) => digest));
}

/** Platforms that only the baseline shows; they are lost where nothing is left that may have them. */
function unseenPlatforms(current: ImageVerdict, baseline: ImageVerdict): string[] {
  const has = ({ columns }: ImageVerdict, name: string): boolean =>
    columns.some((column) => columnKey(column.name) === columnKey(name) && column.presence !== 'absent');
  const unread = unreadDigests(baseline.image);
  return baseline.columns
    .filter(({ digest }) => !unread.has(digest))
    .filter(({ name }) => columnKey(name) !== 'index' && has(baseline, name) && !has(current, name))
    .map(({ name }) => name);
}

/** Cells of one rule and column. */
function pairCells(current: ImageVerdict, baseline: ImageVerdict): { readonly now: Cell; readonly then: Cell }[] {
  const cells = current.rules.flatMap((rule) => rule.cells);
  return baseline.rules
    .flatMap((rule) => rule.cells)
    .flatMap((then) => {
      const now = cells.find((cell) => cell.rule === then.rule && columnKey(cell.column) === columnKey(then.column));
      return now === undefined ? [] : [{ now, then }];
    });
}

/**
 * What two columns of the same thing have in common: the top is called `index` or `image`, and a platform as its builder
 * spells it (linux/arm64, linux/arm64/v8).
 */
function columnKey(name: string): string {
  if (name === 'image') return 'index';
  return isPlatformName(name) ? formatPlatform(normalizePlatform(parsePlatform(name))) : name;
}

function lostEvidence(now: Cell, then: Cell): BaselineLoss[] {
  const { rule, column } = then;
  const types = lost(now, then, ({ item }) => [[typeOf(item), typeOf(item)]]);
  const signers = lost(now, then, ({ signer }) => (signer === undefined ? [] : [[lastingKey(signer), nameOf(signer)]]));
  return [
    ...types.map((what): BaselineLoss => ({ kind: 'type', rule, column, what })),
    ...signers.map((what): BaselineLoss => ({ kind: 'signer', rule, column, what })),
  ];
}

/** States of what is there, whether it counts or not. */
const PRESENT: readonly CandidateState[] = [
  'verified',
  'unsigned',
  'untrusted-identity',
  'unknown-root-material',
  'wrong-predicate',
  'too-old',
  'unsupported',
  'condition-not-met',
  'undecided',
];

/** Types that were there and counted for no rule, and are there no more: each once for a column. */
function lostPresence(
  pairs: readonly { readonly now: Cell; readonly then: Cell }[],
  counted: readonly BaselineLoss[],
): BaselineLoss[] {
  const columns = new Map<string, { readonly there: Set<string>; readonly here: Set<string> }>();
  for (const { now, then } of pairs) {
    const column = columns.get(then.column) ?? { there: new Set(), here: new Set() };
    columns.set(then.column, column);
    for (const type of presentTypes(then)) column.there.add(type);
    for (const type of presentTypes(now)) column.here.add(type);
  }
  return [...columns].flatMap(([column, { there, here }]) => {
    const said = counted.filter((loss) => loss.kind === 'type' && loss.column === column).map(({ what }) => what);
    const lostTypes = [...there].filter((type) => !here.has(type) && !said.includes(type));
    return lostTypes.map((what): BaselineLoss => ({ kind: 'type', rule: undefined, column, what }));
  });
}

function presentTypes({ evidence, rejected }: Cell): string[] {
  return [...evidence, ...rejected.filter(({ state }) => PRESENT.includes(state))].map(({ item }) => typeOf(item));
}

type Trait = (judgement: CandidateJudgement) => readonly (readonly [key: string, name: string])[];

/** Names of what counted then and does not now, each once. */
function lost(now: Cell, then: Cell, trait: Trait): string[] {
  const there = new Map(then.evidence.flatMap(trait));
  for (const [key] of now.evidence.flatMap(trait)) there.delete(key);
  return [...there.values()];
}

/** What evidence is of: its predicate type, else its artifact type. */
function typeOf({ content, artifactType }: EvidenceItem): string {
  if (content.kind === 'unsigned' && content.statement !== undefined) return content.statement.predicateType;
  const isStatement = content.kind === 'signed' && content.claim.kind === 'statement';
  return isStatement ? content.claim.statement.predicateType : artifactType;
}

/** The same at every release: a workflow without its ref. */
function lastingKey(signer: Signer): string {
  const claims = signer.kind === 'certificate' ? readGithubClaims(signer) : undefined;
  if (signer.kind !== 'certificate' || claims?.signerWorkflow === undefined) return signerKey(signer);
  return JSON.stringify([signer.issuer, claims.signerWorkflow, claims.repository ?? null, claims.workflow ?? null]);
}

function nameOf(signer: Signer): string {
  const claims = signer.kind === 'certificate' ? readGithubClaims(signer) : undefined;
  return claims?.signerWorkflow ?? describeSigner(signer);
}
