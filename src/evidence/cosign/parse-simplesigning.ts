import { CodedError } from '../../errors/coded-error.ts';
import { isDigest } from '../../oci/digest.ts';
import { isJsonObject, parseStrictJsonObject } from '../../oci/strict-json.ts';
import type { SignedClaim } from '../signed-evidence.ts';

const TYPE = 'cosign container image signature';

/**
 * The payload of cosign's signature of an image (sigstore/cosign specs/SIGNATURE_SPEC.md "Payload"): the digest of a
 * manifest. `docker-reference` is a name that anybody may write, and is not looked at. Annotations are those under
 * `optional` that are text. Throws `json-invalid`.
 */
export function parseSimplesigning(bytes: Uint8Array, what: string): Extract<SignedClaim, { kind: 'manifest-digest' }> {
  const { critical, optional } = parseStrictJsonObject(bytes, { what });
  if (!isJsonObject(critical) || critical['type'] !== TYPE) throw invalid(what, `its critical.type is not "${TYPE}"`);
  const { image } = critical;
  const digest = isJsonObject(image) ? image['docker-manifest-digest'] : undefined;
  if (typeof digest !== 'string' || !isDigest(digest)) {
    throw invalid(what, 'its critical.image.docker-manifest-digest is no digest');
  }
  const entries = Object.entries(isJsonObject(optional) ? optional : {});
  const annotations = entries.flatMap(([key, value]) => (typeof value === 'string' ? [[key, value] as const] : []));
  return { kind: 'manifest-digest', digest, annotations: Object.fromEntries(annotations) };
}

function invalid(what: string, why: string): CodedError {
  return new CodedError('json-invalid', `${what} is no payload of a cosign signature: ${why}`);
}
