import type { Detection, EvidenceKind } from '../../evidence/detection.ts';
import { signedTypeOf } from '../../referrers/replace-rule.ts';
import type { PlannedArtifact } from './plan-artifacts.ts';

const SIGNED_KINDS: readonly EvidenceKind[] = [
  'sigstore-bundle',
  'dsse',
  'notation-jws',
  'notation-cose',
  'simplesigning',
];

/** Whether a document of this kind bears a signature. */
export function isSignedKind(kind: Detection['kind']): boolean {
  return kind !== 'unknown' && SIGNED_KINDS.includes(kind);
}

/**
 * Why `if-exists: replace` may not be used for an artifact, for a message; undefined where it may. By type the rule is
 * that of every attach; here a file's content counts, too, whatever its type is said to be.
 */
export function replaceRefusal({ artifactType, layers }: PlannedArtifact): string | undefined {
  const signed = layers.find(({ detection }) => isSignedKind(detection.kind));
  if (signed !== undefined && signedTypeOf(artifactType, []) === undefined)
    return `${JSON.stringify(signed.file.shownPath)} is signed`;
  const type = signedTypeOf(
    artifactType,
    layers.map(({ mediaType }) => mediaType),
  );
  return type === undefined ? undefined : `${type} is a type of signatures`;
}
