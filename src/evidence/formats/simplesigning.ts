import { COSIGN_SIMPLESIGNING } from '../../oci/media-types.ts';
import { isJsonObject } from '../../oci/strict-json.ts';
import { buildEvidence } from '../detection.ts';
import { claimOfDigest } from '../subject-claim.ts';
import type { JsonFormat } from './json-format.ts';

const TYPE = 'cosign container image signature';

/**
 * The payload that cosign v2 signs (cosign specs/SIGNATURE_SPEC.md). The payload alone is no signature, so its
 * artifact type is not that of a cosign signature: cosign would take it for one and fail on it.
 */
export const simplesigning: JsonFormat = {
  title: 'cosign simplesigning payload',
  clue: TYPE,
  claimClues: [TYPE],
  recognise(json) {
    const { critical } = json;
    if (!isJsonObject(critical) || critical['type'] !== TYPE) return undefined;
    const image = isJsonObject(critical['image']) ? critical['image'] : {};
    return buildEvidence({
      kind: 'simplesigning',
      artifactType: COSIGN_SIMPLESIGNING,
      claim: claimOfDigest(image['docker-manifest-digest'], 'critical.image.docker-manifest-digest'),
    });
  },
};
