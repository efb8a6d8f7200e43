import { type Digest, digestOf } from '../../../oci/digest.ts';
import { ANNOTATION_CREATED, SIGSTORE_BUNDLE_V03 } from '../../../oci/media-types.ts';
import type { Artifact } from '../../../referrers/artifact.ts';

const ANNOTATION_CONTENT = 'dev.sigstore.bundle.content';
export const ANNOTATION_PREDICATE_TYPE = 'dev.sigstore.bundle.predicateType';

/** A bundle that was made just now, as cosign v3 and actions/attest attach it. */
export function bundleArtifact(bundle: Uint8Array, predicateType: string, created: string): Artifact {
  const digest: Digest = digestOf(bundle);
  return {
    artifactType: SIGSTORE_BUNDLE_V03,
    layers: [
      {
        descriptor: { mediaType: SIGSTORE_BUNDLE_V03, digest, size: bundle.byteLength },
        open: async function* open() {
          yield bundle;
        },
      },
    ],
    annotations: {
      [ANNOTATION_CONTENT]: 'dsse-envelope',
      [ANNOTATION_PREDICATE_TYPE]: predicateType,
      [ANNOTATION_CREATED]: created,
    },
    fresh: true,
  };
}
