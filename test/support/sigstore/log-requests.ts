import { X509Certificate } from 'node:crypto';
import type { Json, SigningParty } from './bundle-parts.ts';
import type { LogVersion } from './transparency-log.ts';

export interface EnvelopeJson {
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly { readonly sig: string }[];
}

/** What a client sends to log an envelope: rekor's `dsse` 0.0.1, rekor-tiles' DSSERequestV002. */
export function dsseRequest(log: LogVersion, envelope: EnvelopeJson, party: SigningParty): Json {
  if (log === 'v2') return { dsseRequestV002: { envelope, verifiers: [verifierV2(party)] } };
  const verifiers = [Buffer.from(party.verifier).toString('base64')];
  return {
    apiVersion: '0.0.1',
    kind: 'dsse',
    spec: { proposedContent: { envelope: JSON.stringify(envelope), verifiers } },
  };
}

export interface SignedDigest {
  readonly digest: Buffer;
  readonly signature: Buffer;
  readonly party: SigningParty;
}

/** What a client sends to log a signature over bytes: rekor's `hashedrekord` 0.0.1, rekor-tiles' HashedRekordRequestV002. */
export function hashedRekordRequest(log: LogVersion, { digest, signature, party }: SignedDigest): Json {
  const content = signature.toString('base64');
  if (log === 'v2') {
    const request = { digest: digest.toString('base64'), signature: { content, verifier: verifierV2(party) } };
    return { hashedRekordRequestV002: request };
  }
  return {
    apiVersion: '0.0.1',
    kind: 'hashedrekord',
    spec: {
      data: { hash: { algorithm: 'sha256', value: digest.toString('hex') } },
      signature: { content, publicKey: { content: Buffer.from(party.verifier).toString('base64') } },
    },
  };
}

function verifierV2(party: SigningParty): Json {
  const keyDetails = 'PKIX_ECDSA_P256_SHA_256';
  if (party.certificates.length === 0) {
    const rawBytes = Buffer.from(party.verifier.replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64').toString('base64');
    return { keyDetails, publicKey: { rawBytes } };
  }
  const rawBytes = new X509Certificate(party.verifier).raw.toString('base64');
  return { keyDetails, x509Certificate: { rawBytes } };
}
