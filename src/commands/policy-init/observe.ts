import type { Digest } from '../../oci/digest.ts';
import type { EvidenceItem, ImageScope } from '../../policy/evidence-item.ts';
import { mediaTypesOfPredicate } from '../../policy/predicate-alias.ts';
import type { ImageVerdict } from '../../policy/verdict.ts';
import type { ObservedRule, ObservedSigner } from '../../policy/write-policy.ts';

export interface Observed {
  readonly rules: readonly ObservedRule[];
  /** What was seen and cannot be asked for. */
  readonly remarks: readonly string[];
}

/** What a policy could ask for again, of everything that a judgement looked at. */
export function observe({ image, rules }: ImageVerdict): Observed {
  const judged = rules.flatMap(({ cells }) => cells.flatMap(({ evidence, rejected }) => [...evidence, ...rejected]));
  const items = [...new Set(judged.map(({ item }) => item))];
  const seen = items.map(see);
  const groups = Map.groupBy(
    seen.filter((one) => one.wanted !== undefined),
    ({ wanted }) => JSON.stringify(wanted),
  );
  const [kept, doubled] = setAsideDoubled([...groups.values()]);
  return {
    rules: kept.flatMap((group) => observeGroup(group, image)),
    remarks: [...new Set([...seen.flatMap(({ remark }) => remark ?? []), ...doubled])],
  };
}

/**
 * A plain document whose like is there signed, on all that it is on, is not asked for: the rule about the signed one
 * asks for more. It is said, so that nobody misses it.
 */
function setAsideDoubled(
  groups: readonly (readonly Seen[])[],
): readonly [kept: readonly (readonly Seen[])[], remarks: readonly string[]] {
  const remarks: string[] = [];
  const kept = groups.filter((group) => {
    const plain = group[0]?.wanted;
    if (plain?.kind !== 'artifact-type' || group.some(isSigned)) return true;
    const signedType = groups.flatMap((other) => signedFormOf(plain.type, group, other) ?? [])[0];
    if (signedType !== undefined)
      remarks.push(
        `${plain.type}: it is there without a signature, too; the rule for ${signedType} asks for a signed one`,
      );
    return signedType === undefined;
  });
  return [kept, remarks];
}

/** The predicate type of `other`, where it is the signed form of the type, and on every subject of `plain`. */
function signedFormOf(type: string, plain: readonly Seen[], other: readonly Seen[]): string | undefined {
  const wanted = other[0]?.wanted;
  if (wanted?.kind !== 'predicate-type' || !mediaTypesOfPredicate(wanted.type).includes(type)) return undefined;
  const subjects = new Set(other.filter(isSigned).map(({ subject }) => subject));
  return plain.every(({ subject }) => subjects.has(subject)) ? wanted.type : undefined;
}

function isSigned({ signers }: Seen): boolean {
  return signers.length > 0;
}

/** One document: what it is evidence of, or why it is none. */
interface Seen {
  readonly subject: Digest;
  readonly wanted?: ObservedRule['wanted'];
  readonly signers: readonly ObservedSigner[];
  readonly remark?: string;
}

function see(item: EvidenceItem): Seen {
  const { subject, content, artifactType } = item;
  const name = item.referrer ?? item.origin ?? item.document ?? artifactType;
  const refuse = (reason: string): Seen => ({ subject, signers: [], remark: `${name} (${artifactType}): ${reason}` });
  switch (content.kind) {
    case 'broken':
    case 'unread':
      return refuse(content.reason);
    case 'unsigned': {
      if (content.malformed !== undefined) return refuse(content.malformed);
      if (content.wrongSubject !== undefined) return refuse(`it is about ${content.wrongSubject}`);
      const type = content.statement?.predicateType;
      const wanted =
        type === undefined
          ? { kind: 'artifact-type' as const, type: artifactType }
          : { kind: 'predicate-type' as const, type };
      return { subject, wanted, signers: [] };
    }
    case 'signed': {
      if (content.wrongSubject !== undefined) return refuse(`it is about ${content.wrongSubject}`);
      if (content.malformed !== undefined) return refuse(content.malformed);
      const outcomes = [...content.outcomes];
      // of several trusts that verify it the first one is enough
      const signers = outcomes
        .flatMap(([trust, outcome]) => (outcome.verified ? [{ trust, signer: outcome.signer }] : []))
        .slice(0, 1);
      if (signers.length === 0)
        return refuse(describeRefusals(outcomes.map(([, outcome]) => (outcome.verified ? '' : outcome.reason))));
      const { claim } = content;
      if (claim.kind !== 'statement') return { subject, wanted: { kind: 'any-signature' }, signers };
      return { subject, wanted: { kind: 'predicate-type', type: claim.statement.predicateType }, signers };
    }
  }
}

function describeRefusals(reasons: readonly string[]): string {
  return reasons.length === 0 ? 'no trust was asked about it' : [...new Set(reasons)].join('; ');
}

/** Where some of a kind are signed, those count, and those alone. */
function observeGroup(group: readonly Seen[], image: ImageScope): ObservedRule[] {
  const [first] = group;
  if (first?.wanted === undefined) return [];
  const signed = group.filter(isSigned);
  const counted = signed.length > 0 ? signed : group;
  const signers = signed.flatMap((one) => one.signers);
  return [{ wanted: first.wanted, signers, ...placeOf(new Set(counted.map(({ subject }) => subject)), image) }];
}

/** On each platform, on the index, or on some platforms only. An image without an index is its own only platform. */
function placeOf(subjects: ReadonlySet<Digest>, image: ImageScope): Pick<ObservedRule, 'on' | 'platforms'> {
  if (image.kind === 'manifest') return { on: 'either' };
  const present = image.platforms.filter(({ presence }) => presence !== 'missing');
  if (present.length > 0 && present.every(({ digest }) => subjects.has(digest))) return { on: 'each-platform' };
  if (subjects.has(image.digest)) return { on: 'index' };
  const some = present.filter(({ digest }) => subjects.has(digest)).flatMap(({ platform }) => platform ?? []);
  return some.length === 0 ? { on: 'either' } : { on: 'each-platform', platforms: some };
}
