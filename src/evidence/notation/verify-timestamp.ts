import { createHash, verify, type X509Certificate } from 'node:crypto';
import type { ASN1Obj } from '@sigstore/core';
import { at, hashOfAlgorithm } from './certificate-fields.ts';
import { type Certificate, readProfile } from './certificate-profile.ts';
import { faultOf, NotationFault } from './notation-fault.ts';
import { requireTimestampChain } from './timestamp-chain.ts';
import type { TimestampInfo } from './timestamp-info.ts';
import { parseTimestampToken, type TimestampToken, TST_INFO } from './timestamp-token.ts';

const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';
const RSA_ENCRYPTION = '1.2.840.113549.1.1.1';
const RSASSA_PSS = '1.2.840.113549.1.1.10';

/**
 * Proves that an authority of the trust store saw `signature` at the time that it gives back: imprint, signed
 * attributes, signature, the signer named in the attributes, its chain at that time. By the steps of RFC 5652 §5.6 with
 * node:crypto: @sigstore/core's RFC3161Timestamp takes SHA-256 for every RSA signature, and some authorities use
 * SHA-512. Throws a fault.
 */
export function verifyTimestamp(
  token: Uint8Array,
  signature: Uint8Array,
  store: readonly X509Certificate[],
): TimestampInfo {
  try {
    return verifyToken(parseTimestampToken(token), signature, store);
  } catch (thrown) {
    throw faultOf(thrown, 'the timestamp cannot be verified');
  }
}

function verifyToken(token: TimestampToken, signature: Uint8Array, store: readonly X509Certificate[]): TimestampInfo {
  const { info, certificates } = token;
  if (!digest(info.imprint.hash, signature).equals(info.imprint.digest)) {
    throw new NotationFault('the timestamp is of another signature');
  }
  requireSignedContent(token);
  const known = [...certificates, ...store].map(readProfile);
  const signer = findSigner(token, known);
  if (!isSignedBy(token, signer)) throw new NotationFault('the signature of the timestamp is wrong');
  requireTimestampChain(signer, known, store, info.time);
  return info;
}

/** RFC 5652 §11.1, §11.2: the attributes say what is signed. */
function requireSignedContent({ attributes, hash, content }: TimestampToken): void {
  if (attributes.get(CONTENT_TYPE)?.toOID() !== TST_INFO) {
    throw new NotationFault('the signed attributes of the timestamp are not about a TSTInfo');
  }
  const said = attributes.get(MESSAGE_DIGEST)?.value;
  if (said === undefined || !digest(hash, content).equals(said)) {
    throw new NotationFault('the time in the timestamp is not the one that was signed');
  }
}

/** RFC 3161 §2.4.2 asks for the attribute; RFC 5816 for the newer form where the hash is not SHA-1. */
function findSigner({ attributes, signer }: TimestampToken, known: readonly Certificate[]): Certificate {
  const newer = attributes.get(SIGNING_CERTIFICATE_V2);
  const older = attributes.get(SIGNING_CERTIFICATE);
  const named = newer ?? older;
  if (named === undefined) throw new NotationFault('the timestamp does not say whose it is (signing-certificate)');
  const id = at(at(named, 0), 0); // the first is the signer's
  const { hash, value } = newer === undefined ? { hash: 'sha1', value: at(id, 0).value } : readEssCertIdV2(id);
  const found = known.find(({ x509 }) => digest(hash, x509.raw).equals(value));
  if (found === undefined) throw new NotationFault("the timestamp's signer is not among its certificates");
  const { issuer, serial } = found.fields;
  if (signer !== undefined && !(issuer.equals(signer.issuer) && serial.equals(signer.serial))) {
    throw new NotationFault('the timestamp names two different signers');
  }
  return found;
}

/** ESSCertIDv2, RFC 5035 §4: the hash's algorithm is left out where it is SHA-256. */
function readEssCertIdV2(id: ASN1Obj): { readonly hash: string; readonly value: Buffer } {
  const first = at(id, 0);
  if (first.tag.isOctetString()) return { hash: 'sha256', value: first.value };
  const hash = hashOfAlgorithm(first);
  if (hash === undefined) throw new NotationFault("the timestamp's signer is hashed with none of SHA-2");
  return { hash, value: at(id, 1).value };
}

function isSignedBy(token: TimestampToken, { x509 }: Certificate): boolean {
  const id = at(token.signatureAlgorithm, 0).toOID();
  if (id === RSASSA_PSS) throw new NotationFault('the timestamp is signed with RSASSA-PSS', 'unsupported');
  // PKCS #1 may leave the hash to the other field, RFC 5652 §5.3
  const hash = id === RSA_ENCRYPTION ? token.hash : hashOfAlgorithm(token.signatureAlgorithm);
  if (hash === undefined) throw new NotationFault(`the timestamp is signed with ${id}`, 'unsupported');
  return verify(hash, token.signedAttributes, x509.publicKey, token.signature);
}

function digest(hash: string, bytes: Uint8Array): Buffer {
  return createHash(hash).update(bytes).digest();
}
