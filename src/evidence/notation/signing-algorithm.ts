import { constants, type KeyObject, type SigningOptions } from 'node:crypto';
import { NotationFault } from './notation-fault.ts';

/** How the Notary Project signs with a key. */
export interface SigningAlgorithm {
  /** RFC 7518 §3.1. */
  readonly jws: string;
  /** RFC 9053 §2.1, RFC 8230 §5. */
  readonly cose: number;
  readonly hash: 'sha256' | 'sha384' | 'sha512';
  /** For node:crypto. */
  readonly options: SigningOptions;
}

const PSS: SigningOptions = {
  padding: constants.RSA_PKCS1_PSS_PADDING,
  saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
};
const ECDSA: SigningOptions = { dsaEncoding: 'ieee-p1363' };

/** signature-specification.md "Algorithm Selection": the key alone decides. */
const ALGORITHMS: ReadonlyMap<string, SigningAlgorithm> = new Map([
  ['RSA 2048', { jws: 'PS256', cose: -37, hash: 'sha256', options: PSS }],
  ['RSA 3072', { jws: 'PS384', cose: -38, hash: 'sha384', options: PSS }],
  ['RSA 4096', { jws: 'PS512', cose: -39, hash: 'sha512', options: PSS }],
  ['EC prime256v1', { jws: 'ES256', cose: -7, hash: 'sha256', options: ECDSA }],
  ['EC secp384r1', { jws: 'ES384', cose: -35, hash: 'sha384', options: ECDSA }],
  ['EC secp521r1', { jws: 'ES512', cose: -36, hash: 'sha512', options: ECDSA }],
]);
const COSE_NAMES = new Map([...ALGORITHMS.values()].map(({ cose, jws }) => [cose, jws]));

/** The algorithm that the signer's key asks for. Throws a fault for a key that the specification does not have. */
export function algorithmOfKey(key: KeyObject): SigningAlgorithm {
  const name = describeKey(key);
  const algorithm = ALGORITHMS.get(name);
  if (algorithm !== undefined) return algorithm;
  const known = 'RSA 2048, 3072, 4096, P-256, P-384 and P-521';
  throw new NotationFault(
    `the key of the signer's certificate is ${name}; the Notary Project has ${known}`,
    'unsupported',
  );
}

/** `RSA 2048`, `EC prime256v1`, `ed25519`. */
function describeKey({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): string {
  if (type === 'rsa') return `RSA ${details?.modulusLength}`;
  if (type === 'ec') return `EC ${details?.namedCurve}`;
  return type ?? 'of no known kind';
}

/** A COSE algorithm by the name that JWS has for it; one that JWS lacks by its number. */
export function coseAlgorithmName(label: unknown): string {
  return (typeof label === 'number' ? COSE_NAMES.get(label) : undefined) ?? `COSE ${String(label)}`;
}
