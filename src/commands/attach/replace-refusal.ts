import type { EvidenceKind } from '../../evidence/detection.ts';
import { SIGSTORE_BUNDLE_PREFIX } from '../../evidence/formats/sigstore-bundle.ts';
import { COSIGN_SIMPLESIGNING, DSSE_ENVELOPE, NOTATION_SIGNATURE } from '../../oci/media-types.ts';
import type { PlannedArtifact } from './plan-artifacts.ts';

const SIGNED_KINDS: readonly EvidenceKind[] = [
  'sigstore-bundle',
  'dsse',
  'notation-jws',
  'notation-cose',
  'simplesigning',
];
const SIGNED_TYPES = [DSSE_ENVELOPE, NOTATION_SIGNATURE, COSIGN_SIMPLESIGNING];
const SIGNED_PREFIXES = [SIGSTORE_BUNDLE_PREFIX, 'application/vnd.dev.cosign.'];

/**
 * Why `if-exists: replace` may not be used for an artifact, for a message; undefined where it may. A signature or a
 * bundle is evidence of its own moment and signer: a newer one of the same type does not make the older one void.
 */
export function replaceRefusal({ artifactType, layers }: PlannedArtifact): string | undefined {
  const isSignedType =
    SIGNED_TYPES.includes(artifactType) || SIGNED_PREFIXES.some((prefix) => artifactType.startsWith(prefix));
  if (isSignedType) return `${artifactType} is a type of signatures`;
  const signed = layers.find(({ detection }) => detection.kind !== 'unknown' && SIGNED_KINDS.includes(detection.kind));
  return signed === undefined ? undefined : `${JSON.stringify(signed.file.shownPath)} is signed`;
}
