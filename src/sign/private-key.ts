import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { CodedError } from '../errors/coded-error.ts';
import { fingerprintOf, parsePublicKey } from '../evidence/keys/public-key.ts';
import type { Digest } from '../oci/digest.ts';

/** A key to sign with, and how others name it. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly publicPem: string;
  /** base64(sha256(SPKI)): `verificationMaterial.publicKey.hint`, as cosign writes it. */
  readonly hint: string;
  readonly fingerprint: Digest;
  /** undefined: Ed25519 signs the message itself. */
  readonly hash: 'sha256' | 'sha384' | 'sha512' | undefined;
}

/**
 * A PEM with one private key: PKCS#8, SEC 1 or PKCS#1, with `password` also encrypted. ECDSA on P-256, P-384 and P-521
 * signs with the hash of its size, RSA (PKCS#1 v1.5) with SHA-256 (protobuf-specs PublicKeyDetails). `what` names it in
 * messages; nothing of it is shown. Throws `key-invalid`.
 */
export function parseSigningKey(pem: string, what: string, password: string | undefined): SigningKey {
  const text = pem.trim();
  if (/-----BEGIN ENCRYPTED (?:COSIGN|SIGSTORE) PRIVATE KEY-----/.test(text)) throw cosignKey(what);
  if (!text.includes('PRIVATE KEY-----')) {
    throw invalid(
      what,
      'is no private key in PEM',
      'Expected -----BEGIN PRIVATE KEY-----; `openssl genpkey` writes it.',
    );
  }
  const privateKey = readKey(text, what, password);
  const publicKey = createPublicKey(privateKey);
  const publicPem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
  parsePublicKey(publicPem, what); // what no verifier of ours takes is not signed with
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  return {
    privateKey,
    publicKey,
    publicPem,
    hint: createHash('sha256').update(spki).digest('base64'),
    fingerprint: fingerprintOf(publicKey),
    hash: hashOf(privateKey),
  };
}

function readKey(text: string, what: string, password: string | undefined): KeyObject {
  const encrypted = text.includes('BEGIN ENCRYPTED') || text.includes('Proc-Type: 4,ENCRYPTED');
  if (encrypted && password === undefined) {
    throw invalid(what, 'is encrypted', 'Set signing-key-password.');
  }
  try {
    return createPrivateKey({ key: text, ...(encrypted && { passphrase: password }) });
  } catch (cause) {
    const why = encrypted ? 'cannot be decrypted with signing-key-password' : 'cannot be read as a private key';
    throw invalid(what, why, undefined, cause);
  }
}

function hashOf(key: KeyObject): SigningKey['hash'] {
  if (key.asymmetricKeyType === 'ed25519') return undefined;
  switch (key.asymmetricKeyDetails?.namedCurve) {
    case 'secp384r1':
      return 'sha384';
    case 'secp521r1':
      return 'sha512';
    default:
      return 'sha256';
  }
}

function cosignKey(what: string): CodedError {
  return invalid(
    what,
    "is encrypted in cosign's own form, which is not read here",
    'Make a key with `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`; `cosign import-key-pair` takes it, too.',
  );
}

function invalid(what: string, why: string, hint?: string, cause?: unknown): CodedError {
  return new CodedError('key-invalid', `${what} ${why}`, { hint, cause });
}
