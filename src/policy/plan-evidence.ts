import type { Platform } from '../oci/descriptor.ts';
import { isSignatureType, needsVouchers, wantedPredicates } from './evaluate/wanted.ts';
import { wantedSigners } from './evaluate/wanted-signers.ts';
import type { EvidenceItem } from './evidence-item.ts';
import type { Policy, Rule } from './policy.ts';

/**
 * The predicates that some rule may look into, by a condition or for an age: those of unsigned documents and of signed
 * ones that some trust verified; or of any, where a rule asks a condition of documents that nobody need have signed.
 */
export type KeptPredicates = 'none' | 'of-verified' | 'all';

/** What a policy asks to be looked at, so that no request is made for what decides nothing. */
export interface EvidencePlan {
  /** The trusts that any rule asks: the others' material need not be loaded. Empty: no signature has to be verified. */
  readonly trusts: ReadonlySet<string>;
  /** Whether evidence on the index counts for any rule. */
  readonly index: boolean;
  /** Whether evidence on an index counts, for any rule, for the platforms that it contains. */
  readonly containers: boolean;
  /** Which children's evidence counts: none where every rule is about the index. An image without an index is always asked. */
  readonly platforms: readonly Platform[] | 'all' | 'none';
  /** Whether the platform of a manifest without an index (in its config) decides anything. */
  readonly ownPlatform: boolean;
  /** Predicate types that any rule names, or that are an alias of a type it names. */
  readonly predicateTypes: readonly string[];
  /** Artifact types that any rule names. */
  readonly artifactTypes: readonly string[];
  readonly predicates: KeptPredicates;
  /** A rule is met by any signature, so that every candidate is of interest. */
  readonly anySignature: boolean;
  /**
   * Whether signatures over the bytes of a manifest can decide anything, so that those bytes must be given to the
   * verification: Sigstore's message signatures have no statement.
   */
  readonly messages: boolean;
  /** Whether the artifact's own referrers must be looked up: for some rule they can make it count. */
  readonly needsVouchers: (item: EvidenceItem) => boolean;
}

/** What has to be looked at, to judge by a policy. */
export function planEvidence(policy: Policy): EvidencePlan {
  const { rules } = policy;
  const predicateTypes = unique(rules.flatMap(({ wanted }) => wantedPredicates(wanted)));
  const artifactTypes = unique(rules.flatMap(({ wanted }) => (wanted.kind === 'artifact-type' ? wanted.types : [])));
  const anySignature = rules.some(({ wanted }) => wanted.kind === 'any-signature');
  const mayVouch = rules.some((rule) => rule.referrer !== undefined || wantsPlainArtifact(rule));
  return {
    trusts: new Set(rules.flatMap((rule) => trustsOf(rule, policy))),
    index: rules.some(({ on }) => on !== 'each-platform'),
    containers: rules.some(({ on }) => on === 'either'),
    platforms: chosenPlatforms(rules),
    ownPlatform: rules.some(({ on, platforms }) => on !== 'index' && platforms !== 'all'),
    predicateTypes,
    artifactTypes,
    predicates: keptPredicates(policy),
    anySignature,
    messages: anySignature || mayVouch || rules.some(({ signed }) => signed && artifactTypes.some(isSignatureType)),
    needsVouchers: (item) => rules.some((rule) => needsVouchers(rule, item)),
  };
}

function trustsOf(rule: Rule, policy: Policy): string[] {
  const entries = [...(wantedSigners(rule, policy)?.of ?? []), ...(rule.referrer?.signedBy.of ?? [])];
  return entries.map(({ trust }) => trust);
}

function keptPredicates(policy: Policy): KeptPredicates {
  const asking = policy.rules.filter(({ where, maxAge }) => where !== undefined || maxAge !== undefined);
  const asksAnybodys = asking.some(
    (rule) => rule.where !== undefined && (wantedSigners(rule, policy) === undefined || wantsPlainArtifact(rule)),
  );
  if (asksAnybodys) return 'all';
  return asking.length > 0 ? 'of-verified' : 'none';
}

function wantsPlainArtifact({ signed, wanted }: Rule): boolean {
  return signed && wanted.kind === 'artifact-type' && !wanted.types.every(isSignatureType);
}

function chosenPlatforms(rules: readonly Rule[]): EvidencePlan['platforms'] {
  const asking = rules.filter(({ on }) => on !== 'index');
  if (asking.length === 0) return 'none';
  if (asking.some(({ platforms }) => platforms === 'all')) return 'all';
  return asking.flatMap(({ platforms }) => (platforms === 'all' ? [] : platforms));
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
