import type { Bundle } from '@sigstore/bundle';
import { hasCode } from '../../errors/coded-error.ts';
import { computableAlgorithm } from '../../oci/digest.ts';
import { parseStrictJsonObject } from '../../oci/strict-json.ts';
import { brokenEvidence, isBroken } from '../broken-evidence.ts';
import { parseStatement } from '../parse-statement.ts';
import type {
  BrokenEvidence,
  EvidenceDocument,
  SignedClaim,
  SignedEvidence,
  SignedFormat,
} from '../signed-evidence.ts';
import { MAX_BUNDLE_BYTES } from './check-bundle-shape.ts';
import { readBundle } from './read-bundle.ts';
import { envelopeOf, messageDigestOf, type SigstoreSignature } from './sigstore-signature.ts';
import { verifySignature } from './verify-signature.ts';

// in-toto attestation spec v1 "Envelope": the generic type, and one for each predicate
const IN_TOTO_PAYLOAD = /^application\/vnd\.in-toto(?:\.[A-Za-z0-9._-]+)?\+json$/;

/** A Sigstore bundle, v0.1 to v0.3, with an envelope or a message signature. */
export function openBundle({ bytes, what }: EvidenceDocument): SignedEvidence | BrokenEvidence {
  if (bytes.byteLength > MAX_BUNDLE_BYTES) {
    return brokenEvidence(
      'unsupported',
      `${what} has ${bytes.byteLength} bytes, and bundles are read up to ${MAX_BUNDLE_BYTES}`,
    );
  }
  try {
    const bundle = readBundle(parseStrictJsonObject(bytes, { what }), what);
    return isBroken(bundle) ? bundle : openSignature({ bundle }, 'sigstore-bundle', what);
  } catch (error) {
    if (hasCode(error, 'json-invalid')) return brokenEvidence('invalid', error.message);
    throw error;
  }
}

/** What is in the terms of a bundle, as evidence. `claim`: what it is over, where the bundle does not say it. */
export function openSignature(
  signature: SigstoreSignature,
  format: SignedFormat,
  what: string,
  claim: SignedClaim | BrokenEvidence = readClaim(signature.bundle, what),
): SignedEvidence | BrokenEvidence {
  if (isBroken(claim)) return claim;
  return {
    signed: true,
    format,
    claim,
    envelope: envelopeOf(signature.bundle),
    verify: async (trust, options) => verifySignature(signature, trust, options),
  };
}

/** From the decoded payload, which is what the signature is over: the same bytes are verified and read. */
function readClaim({ content }: Bundle, what: string): SignedClaim | BrokenEvidence {
  if (content.$case === 'messageSignature') {
    const digest = messageDigestOf(content)?.digest;
    return {
      kind: 'message',
      digest: digest !== undefined && computableAlgorithm(digest) !== undefined ? digest : undefined,
    };
  }
  const { payloadType, payload } = content.dsseEnvelope;
  if (!IN_TOTO_PAYLOAD.test(payloadType)) {
    const shown = JSON.stringify(payloadType.slice(0, 120));
    return brokenEvidence('unsupported', `the envelope of ${what} holds ${shown}, no in-toto statement`);
  }
  try {
    return { kind: 'statement', statement: parseStatement(payload, `the payload of ${what}`), payload };
  } catch (error) {
    if (hasCode(error, 'json-invalid')) return brokenEvidence('invalid', error.message);
    throw error;
  }
}
