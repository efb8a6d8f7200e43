import { createPublicKey, type KeyObject } from 'node:crypto';
import { CodedError } from '../../errors/coded-error.ts';
import { type Digest, digestOf } from '../../oci/digest.ts';

const PUBLIC_PEM = /^-----BEGIN PUBLIC KEY-----\r?\n[A-Za-z0-9+/=\r\n]+-----END PUBLIC KEY-----$/;
const KEY_TYPES = ['ec', 'rsa', 'ed25519'];
const CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];
/** NIST SP 800-57: less is not fit to be trusted. */
const MIN_RSA_BITS = 2048;

/**
 * A PEM with one public key (SubjectPublicKeyInfo, RFC 7468 §13), as `cosign generate-key-pair` and
 * `openssl pkey -pubout` write it: ECDSA P-256, P-384, P-521, RSA of 2048 bits or more, Ed25519. `what` names it in
 * messages. Throws `key-invalid`; nothing of the content is shown, for it may be the private key.
 */
export function parsePublicKey(pem: string, what: string): KeyObject {
  const text = pem.trim();
  if (text.includes('PRIVATE KEY')) {
    throw new CodedError('key-invalid', `${what} is a private key`, {
      hint: 'A verifier needs the public key only (cosign.pub). Change the private key if it was published.',
    });
  }
  if (!PUBLIC_PEM.test(text)) {
    throw new CodedError('key-invalid', `${what} is not one public key in PEM`, {
      hint: 'Expected "-----BEGIN PUBLIC KEY-----" and nothing besides that one key; `openssl pkey -pubout` writes it.',
    });
  }
  return checkKey(readPem(text, what), what);
}

/** `sha256:<hex>` of the key's SubjectPublicKeyInfo in DER: what cosign's hints and our reports name a key by. */
export function fingerprintOf(key: KeyObject): Digest {
  return digestOf(key.export({ format: 'der', type: 'spki' }));
}

function readPem(text: string, what: string): KeyObject {
  try {
    return createPublicKey(text);
  } catch (cause) {
    throw new CodedError('key-invalid', `${what} cannot be read as a public key`, { cause });
  }
}

function checkKey(key: KeyObject, what: string): KeyObject {
  const type = key.asymmetricKeyType ?? 'unknown';
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  if (!KEY_TYPES.includes(type) || (type === 'ec' && !CURVES.includes(namedCurve ?? ''))) {
    const kind = type === 'ec' ? `on the curve ${namedCurve ?? 'unknown'}` : `of type ${type}`;
    throw new CodedError('key-invalid', `${what} is a key ${kind}, which is not supported`, {
      hint: 'Supported are ECDSA on P-256, P-384 and P-521, RSA and Ed25519.',
    });
  }
  if (type === 'rsa' && (modulusLength ?? 0) < MIN_RSA_BITS) {
    throw new CodedError(
      'key-invalid',
      `${what} is an RSA key of ${modulusLength} bits, and ${MIN_RSA_BITS} is the least`,
    );
  }
  return key;
}
