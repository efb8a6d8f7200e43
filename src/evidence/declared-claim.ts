import { COSIGN_SIMPLESIGNING, DSSE_ENVELOPE, IN_TOTO, NOTATION_SIGNATURE } from '../oci/media-types.ts';
import type { Detection, SubjectClaim } from './detection.ts';
import { SIGSTORE_BUNDLE_PREFIX } from './formats/sigstore-bundle.ts';

// cosign's signature of a payload in the layer (cosign specs/SIGNATURE_SPEC.md with OCI 1.1)
const COSIGN_SIGNATURE = 'application/vnd.dev.cosign.artifact.sig.v1+json';
const CLAIMING_TYPES = [DSSE_ENVELOPE, IN_TOTO, NOTATION_SIGNATURE, COSIGN_SIMPLESIGNING, COSIGN_SIGNATURE];
const CLAIMING_KINDS: readonly Detection['kind'][] = [
  'sigstore-bundle',
  'dsse',
  'in-toto',
  'notation-jws',
  'notation-cose',
  'simplesigning',
];

/**
 * What a document says it is about, where `types` are what its user says it is: one that is declared to be a statement
 * or a signature, and cannot be read as any, claims what cannot be read.
 */
export function claimOfDeclared(detection: Detection, types: readonly (string | undefined)[]): SubjectClaim {
  if (detection.claim.kind !== 'none' || CLAIMING_KINDS.includes(detection.kind)) return detection.claim;
  const declared = types.find((type) => type !== undefined && namesSubjects(type));
  if (declared === undefined) return detection.claim;
  const why = detection.kind === 'unknown' ? detection.reason : `its content is ${detection.kind}`;
  return { kind: 'unreadable', reason: `it is declared as ${declared}, but ${why}` };
}

/** Whether documents of a media type name the subject that they are about. */
function namesSubjects(type: string): boolean {
  const lowered = type.toLowerCase();
  return (
    CLAIMING_TYPES.includes(lowered) ||
    lowered.startsWith(SIGSTORE_BUNDLE_PREFIX) ||
    /^application\/vnd\.in-toto\..+\+json$/.test(lowered)
  );
}
