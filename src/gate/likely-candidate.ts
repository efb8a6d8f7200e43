import { IN_TOTO, NOTATION_SIGNATURE } from '../oci/media-types.ts';
import { planEvidence } from '../policy/plan-evidence.ts';
import type { Policy } from '../policy/policy.ts';
import type { FoundCandidate } from './gather-candidates.ts';

/** Where tools write the predicate type of what is inside: cosign v3 and actions/attest; BuildKit and others. */
const PREDICATE_ANNOTATIONS = ['dev.sigstore.bundle.predicateType', 'in-toto.io/predicate-type'];

/**
 * Whether the hints of a list let a candidate be worth reading first. Nothing more: what they rule out is read, too,
 * before anybody says that something is missing.
 */
export function isLikelyCandidate(policy: Policy): (found: FoundCandidate) => boolean {
  const { predicateTypes, artifactTypes, anySignature } = planEvidence(policy);
  const acceptsUnsigned = policy.rules.some(({ signed }) => !signed);
  return ({ candidate: { listed, sources } }) => {
    const { artifactType, annotations = {} } = listed ?? {};
    // BuildKit's are not signed; who asks for signatures reads them only to say so
    if (sources.every((source) => source === 'in-index')) return acceptsUnsigned;
    if (artifactType === undefined) return true; // nobody says what it is
    if (artifactTypes.includes(artifactType)) return true;
    if (!mayBeEnvelope(artifactType)) return false;
    const predicateType = PREDICATE_ANNOTATIONS.map((key) => annotations[key]).find((value) => value !== undefined);
    return predicateType === undefined || anySignature || predicateTypes.includes(predicateType);
  };
}

function mayBeEnvelope(artifactType: string): boolean {
  return (
    artifactType.startsWith('application/vnd.dev.sigstore.bundle') ||
    artifactType.startsWith('application/vnd.dev.cosign.') ||
    artifactType.startsWith('application/vnd.dsse.') ||
    [IN_TOTO, NOTATION_SIGNATURE].includes(artifactType)
  );
}
