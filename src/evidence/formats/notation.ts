import { createHash, X509Certificate } from 'node:crypto';
import { hasCode } from '../../errors/coded-error.ts';
import { NOTATION_SIGNATURE } from '../../oci/media-types.ts';
import { isJsonObject, parseStrictJsonObject } from '../../oci/strict-json.ts';
import { buildEvidence, type Evidence, type NearMiss, nearMiss, type SubjectClaim } from '../detection.ts';
import { claimOfDigest } from '../subject-claim.ts';

/** Content type of what Notation signs (notaryproject/specifications signature-specification.md "Payload"). */
export const NOTATION_PAYLOAD_TYPE = 'application/vnd.cncf.notary.payload.v1+json';
/** JSON array of the SHA-256 of each certificate, leaf first. notation passes over signatures without it. */
export const ANNOTATION_THUMBPRINTS = 'io.cncf.notary.x509chain.thumbprint#S256';

export interface NotationParts {
  readonly kind: 'notation-jws' | 'notation-cose';
  readonly mediaType: string;
  /** DER, leaf first. */
  readonly chain: readonly Uint8Array[];
  /** undefined: it could not be decoded. */
  readonly payload: Uint8Array | undefined;
}

/** What is the same for both envelopes of the Notary Project: signature-specification.md "Storage". */
export function notationEvidence({ kind, mediaType, chain, payload }: NotationParts): Evidence | NearMiss {
  if (chain.length === 0) return nearMiss('its certificate chain is empty');
  const bad = chain.findIndex((der) => !isCertificate(der));
  if (bad >= 0) return nearMiss(`certificate ${bad + 1} of its chain is not an X.509 certificate`);
  const thumbprints = chain.map((der) => createHash('sha256').update(der).digest('hex'));
  return buildEvidence({
    kind,
    artifactType: NOTATION_SIGNATURE,
    mediaType,
    annotations: { [ANNOTATION_THUMBPRINTS]: JSON.stringify(thumbprints) },
    claim: claimOfPayload(payload),
  });
}

function isCertificate(der: Uint8Array): boolean {
  try {
    // PEM text is taken as well, but is not what it holds
    return new X509Certificate(der).raw.byteLength === der.byteLength;
  } catch {
    return false; // the caller says which one it was
  }
}

function claimOfPayload(payload: Uint8Array | undefined): SubjectClaim {
  if (payload === undefined) return { kind: 'unreadable', reason: 'the payload is not base64url' };
  try {
    const { targetArtifact } = parseStrictJsonObject(payload, { what: 'the payload' });
    if (!isJsonObject(targetArtifact)) return { kind: 'unreadable', reason: 'the payload has no targetArtifact' };
    return claimOfDigest(targetArtifact['digest'], 'targetArtifact.digest');
  } catch (error) {
    if (hasCode(error, 'json-invalid')) return { kind: 'unreadable', reason: error.message };
    throw error;
  }
}
