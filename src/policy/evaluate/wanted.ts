import type { SignedFormat } from '../../evidence/signed-evidence.ts';
import { COSIGN_SIMPLESIGNING, DSSE_ENVELOPE, IN_TOTO, NOTATION_SIGNATURE } from '../../oci/media-types.ts';
import type { EvidenceContent, EvidenceItem } from '../evidence-item.ts';
import type { Rule, Wanted } from '../policy.ts';
import { mediaTypesOfPredicate, predicateAliases } from '../predicate-alias.ts';

export type SignedContent = Extract<EvidenceContent, { readonly kind: 'signed' }>;

const FORMATS: ReadonlyMap<string, readonly SignedFormat[]> = new Map([
  [COSIGN_SIMPLESIGNING, ['cosign-signature']],
  ['application/vnd.dev.cosign.artifact.sig.v1+json', ['cosign-signature']],
  [DSSE_ENVELOPE, ['cosign-attestation']],
  [IN_TOTO, ['cosign-attestation']],
  ['application/vnd.dev.cosign.artifact.att.v1+json', ['cosign-attestation']],
  [NOTATION_SIGNATURE, ['notation-jws', 'notation-cose']],
]);

/** What may be inside an artifact whose type says "signature" or "envelope"; none for any other type. */
function formatsOf(artifactType: string): readonly SignedFormat[] {
  if (/^application\/vnd\.dev\.sigstore\.bundle[.+]/.test(artifactType)) return ['sigstore-bundle'];
  return FORMATS.get(artifactType) ?? [];
}

/** Whether artifacts of this type are signatures or envelopes themselves. */
export function isSignatureType(artifactType: string): boolean {
  return formatsOf(artifactType).length > 0;
}

/** The predicate types of statements that are what a rule wants. */
export function wantedPredicates(wanted: Wanted): readonly string[] {
  switch (wanted.kind) {
    case 'predicate-type':
      return wanted.types;
    case 'artifact-type':
      return wanted.types.flatMap(predicateAliases);
    case 'any-signature':
      return [];
  }
}

/**
 * Whether signed content, once verified, is what a rule wants by itself: a statement of the predicate; or an artifact
 * whose type says "signature" and which is one. The type of any other artifact is not under the signature inside it:
 * who can push could give the label of an SBOM to any envelope of the right signer.
 */
export function isWantedSignature(wanted: Wanted, item: EvidenceItem, content: SignedContent): boolean {
  const { claim, format } = content;
  if (wanted.kind === 'any-signature') return true;
  if (claim.kind === 'statement' && wantedPredicates(wanted).includes(claim.statement.predicateType)) return true;
  if (wanted.kind !== 'artifact-type' || !wanted.types.includes(item.artifactType)) return false;
  return formatsOf(item.artifactType).includes(format);
}

/**
 * Why signed content that a rule wants for its predicate is not fit to be counted. A rule that takes it for a signature,
 * whatever it says, does not ask.
 */
export function malformedPredicate(wanted: Wanted, { claim, malformed }: SignedContent): string | undefined {
  if (claim.kind !== 'statement' || !wantedPredicates(wanted).includes(claim.statement.predicateType)) return undefined;
  return malformed;
}

/** Whether an artifact is there that is what a rule wants, whoever made it: by its type, its content, its statement. */
export function isWantedArtifact(wanted: Wanted, item: EvidenceItem): boolean {
  const { content } = item;
  if (content.kind === 'signed' && isWantedSignature(wanted, item, content)) return true;
  if (wanted.kind === 'any-signature') return false;
  const statement = content.kind === 'unsigned' ? content.statement : undefined;
  if (statement !== undefined && wantedPredicates(wanted).includes(statement.predicateType)) return true;
  if (wanted.kind === 'predicate-type') return false;
  if (wanted.types.includes(item.artifactType)) {
    return content.kind !== 'signed' || predicateAliases(item.artifactType).length === 0;
  }
  return content.kind === 'unsigned' && content.contentType !== undefined && wanted.types.includes(content.contentType);
}

/** Whether it is the plain document of a wanted predicate: never enough, since that asks for a statement. */
export function isPlainForm(wanted: Wanted, { content }: EvidenceItem): boolean {
  if (wanted.kind !== 'predicate-type' || content.kind !== 'unsigned' || content.contentType === undefined)
    return false;
  return wanted.types.flatMap(mediaTypesOfPredicate).includes(content.contentType);
}

/**
 * Whether the artifact's own signatures can make it count, so that somebody has to look for them: an artifact of a
 * wanted type under a rule that asks for signatures, and anything wanted under `referrer`.
 */
export function needsVouchers(rule: Rule, item: EvidenceItem): boolean {
  if (item.referrer === undefined || !isWhole(item, rule.wanted) || !isBound(item)) return false;
  if (!isWantedArtifact(rule.wanted, item)) return false;
  return rule.referrer !== undefined || isVouchedType(rule, item);
}

/** Whether a signature on the artifact makes it signed evidence: its label is then under that signature. */
export function isVouchedType({ signed, wanted }: Rule, { artifactType }: EvidenceItem): boolean {
  return (
    signed && wanted.kind === 'artifact-type' && wanted.types.includes(artifactType) && !isSignatureType(artifactType)
  );
}

/** Read, of the right shape, and about nothing else. */
function isWhole({ content }: EvidenceItem, wanted: Wanted): boolean {
  if (content.kind === 'broken' || content.kind === 'unread' || content.wrongSubject !== undefined) return false;
  return (content.kind === 'signed' ? malformedPredicate(wanted, content) : content.malformed) === undefined;
}

/**
 * Whether the artifact itself says what it is about, so that who signs the artifact signs that too: its manifest has
 * the subject, or it is a statement about it. The name of a tag and a place in an index are nobody's word.
 */
export function isBound({ sources, content }: EvidenceItem): boolean {
  if (sources.includes('api') || sources.includes('tag-schema')) return true;
  return content.kind === 'unsigned' && content.statement !== undefined && content.wrongSubject === undefined;
}
