import { hasCode } from '../../errors/coded-error.ts';
import { digestOf, encodedOf } from '../../oci/digest.ts';
import { parseStrictJsonObject } from '../../oci/strict-json.ts';
import { brokenEvidence, isBroken } from '../broken-evidence.ts';
import type { BrokenEvidence, EvidenceDocument, SignedClaim, SignedEvidence } from '../signed-evidence.ts';
import { MAX_BUNDLE_BYTES } from '../sigstore/check-bundle-shape.ts';
import { openSignature } from '../sigstore/open-bundle.ts';
import { readCosignAnnotation } from './annotations.ts';
import { bundleFromAnnotations } from './bundle-from-annotations.ts';
import { parseSimplesigning } from './parse-simplesigning.ts';

/** cosign's payload of a signature; it names one digest. */
const MAX_PAYLOAD_BYTES = 1024 * 1024;

/** A layer of a `.sig` tag: the payload that cosign v2 signs, with the signature in the layer's annotations. */
export function openCosignSignature(document: EvidenceDocument): SignedEvidence | BrokenEvidence {
  const { bytes, what, annotations } = document;
  if (bytes.byteLength > MAX_PAYLOAD_BYTES)
    return brokenEvidence('unsupported', `${what} has ${bytes.byteLength} bytes`);
  const signature = readCosignAnnotation(annotations, 'signature');
  if ('reason' in signature) return brokenEvidence('invalid', `${what}: ${signature.reason}`);
  if (signature.text === undefined) {
    return brokenEvidence(
      'invalid',
      `${what} is the payload of a cosign signature, and its layer has no signature annotation`,
    );
  }
  const claim = readPayload(bytes, what);
  if (isBroken(claim)) return claim;
  const digest = Buffer.from(encodedOf(digestOf(bytes)), 'hex').toString('base64');
  const bundle = bundleFromAnnotations(document, {
    messageSignature: { messageDigest: { algorithm: 'SHA2_256', digest }, signature: signature.text },
  });
  return isBroken(bundle) ? bundle : openSignature({ bundle, message: bytes }, 'cosign-signature', what, claim);
}

/** A layer of an `.att` tag, or any DSSE envelope: what proves it, besides the signature, is in the annotations. */
export function openEnvelope(document: EvidenceDocument): SignedEvidence | BrokenEvidence {
  const { bytes, what } = document;
  if (bytes.byteLength > MAX_BUNDLE_BYTES) {
    return brokenEvidence(
      'unsupported',
      `${what} has ${bytes.byteLength} bytes, and envelopes are read up to ${MAX_BUNDLE_BYTES}`,
    );
  }
  try {
    const { payloadType, payload, signatures } = parseStrictJsonObject(bytes, { what });
    const bundle = bundleFromAnnotations(document, { dsseEnvelope: { payloadType, payload, signatures } });
    return isBroken(bundle) ? bundle : openSignature({ bundle }, 'cosign-attestation', what);
  } catch (error) {
    if (hasCode(error, 'json-invalid')) return brokenEvidence('invalid', error.message);
    throw error;
  }
}

function readPayload(bytes: Uint8Array, what: string): SignedClaim | BrokenEvidence {
  try {
    return parseSimplesigning(bytes, what);
  } catch (error) {
    if (hasCode(error, 'json-invalid')) return brokenEvidence('invalid', error.message);
    throw error;
  }
}
