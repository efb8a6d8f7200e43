import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { type Claims, unsignedToken } from './identity.ts';
import type { SigstoreWorld } from './sigstore-world.ts';
import type { LogVersion } from './transparency-log.ts';

export type Json = Readonly<Record<string, unknown>>;
export type BundleVersion = '0.1' | '0.2' | '0.3';

/** Who signs: a certificate of the world's Fulcio over a key that is thrown away, or a key. */
export type SignWith = { readonly identity: Claims } | { readonly privateKey: KeyObject };

/** Which evidence of time goes with it. */
export interface WitnessOptions {
  /** Keyless: default `v1` in a world with logs; key: default `none`. */
  readonly rekor?: LogVersion | 'none';
  /** Keyless: default unless Rekor v1 gives the time; key: default none. */
  readonly tsa?: boolean;
  /** When it is signed, default now; no earlier than some 400 days ago. */
  readonly at?: Date;
  /** Default `0.3`. */
  readonly version?: BundleVersion;
}

/** A key with what a bundle says of it. */
export interface SigningParty {
  readonly privateKey: KeyObject;
  /** PEM of the leaf certificate or the public key: what a log calls the verifier. */
  readonly verifier: string;
  /** PEM, leaf first; none for a key. */
  readonly certificates: readonly string[];
  /** Of the bundle's `verificationMaterial`. */
  readonly material: (version: BundleVersion) => Json;
}

export async function openParty(
  world: SigstoreWorld | undefined,
  who: SignWith,
  at: Date | undefined,
): Promise<SigningParty> {
  if ('privateKey' in who) return keyParty(who.privateKey);
  if (world === undefined) throw new Error('a keyless signature needs a world');
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
  const certificates = await world.fulcio.issue({ token: unsignedToken(who.identity), publicKey: pem }, at);
  const leaf = new X509Certificate(certificates[0] ?? '');
  const rawBytes = leaf.raw.toString('base64');
  return {
    privateKey,
    verifier: leaf.toString(),
    certificates: certificates.map((one) => new X509Certificate(one).toString()),
    material: (version) =>
      version === '0.3' ? { certificate: { rawBytes } } : { x509CertificateChain: { certificates: [{ rawBytes }] } },
  };
}

function keyParty(privateKey: KeyObject): SigningParty {
  const publicKey = createPublicKey(privateKey);
  const hint = createHash('sha256')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('base64');
  return {
    privateKey,
    verifier: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    certificates: [],
    material: () => ({ publicKey: { hint } }),
  };
}

/** As cosign signs: Ed25519 over the message, ECDSA with the hash of its curve's size, RSA PKCS#1 v1.5 with SHA-256. */
export function signBytes(data: Uint8Array, key: KeyObject, hash = hashOf(key)): Buffer {
  return sign(hash, data, key);
}

function hashOf(key: KeyObject): string | undefined {
  if (key.asymmetricKeyType === 'ed25519') return undefined;
  const curve = key.asymmetricKeyDetails?.namedCurve;
  return curve === 'secp384r1' ? 'sha384' : curve === 'secp521r1' ? 'sha512' : 'sha256';
}

/** `timestampVerificationData` of a bundle, and the token itself. */
export async function stampOf(
  world: SigstoreWorld | undefined,
  signature: Uint8Array,
  wanted: boolean,
  at: Date | undefined,
): Promise<{ readonly inBundle: Json; readonly token: Buffer | undefined }> {
  if (!wanted) return { inBundle: { rfc3161Timestamps: [] }, token: undefined };
  if (world === undefined) throw new Error('a time stamp needs a world');
  const token = await world.tsa.stamp(signature, at);
  return { inBundle: { rfc3161Timestamps: [{ signedTimestamp: token.toString('base64') }] }, token };
}

/** The witnesses of a signature by default: what a verifier of the world's profile asks for. */
export function witnessesFor(
  world: SigstoreWorld | undefined,
  who: SignWith,
  options: WitnessOptions,
): { readonly rekor: LogVersion | 'none'; readonly tsa: boolean } {
  if ('privateKey' in who) return { rekor: options.rekor ?? 'none', tsa: options.tsa ?? false };
  const rekor = options.rekor ?? (world?.logs.v1 === undefined ? 'none' : 'v1');
  return { rekor, tsa: options.tsa ?? rekor !== 'v1' };
}

export function mediaTypeOf(version: BundleVersion): string {
  return version === '0.3'
    ? 'application/vnd.dev.sigstore.bundle.v0.3+json'
    : `application/vnd.dev.sigstore.bundle+json;version=${version}`;
}
