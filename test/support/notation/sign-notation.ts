import { constants, sign } from 'node:crypto';
import { encode, Token, Type } from 'cborg';
import type { Issued } from './certificates.ts';
import type { NotationWorld } from './notation-world.ts';
import { makeTimestampToken, type TimestampSpec } from './timestamp.ts';

const CONTENT_TYPE = 'application/vnd.cncf.notary.payload.v1+json';
const PREFIX = 'io.cncf.notary.';
export const SIGNING_SCHEME = `${PREFIX}signingScheme`;
export const SIGNING_TIME = `${PREFIX}signingTime`;
export const AUTHENTIC_SIGNING_TIME = `${PREFIX}authenticSigningTime`;
export const EXPIRY = `${PREFIX}expiry`;
export const VERIFICATION_PLUGIN = `${PREFIX}verificationPlugin`;
const TIMESTAMP = `${PREFIX}timestampSignature`;

const JWS_ALGORITHMS = {
  'rsa-2048': 'PS256',
  'rsa-3072': 'PS384',
  'rsa-4096': 'PS512',
  'p-256': 'ES256',
  'p-384': 'ES384',
  'p-521': 'ES512',
  'rsa-1024': 'PS256',
  ed25519: 'EdDSA',
} as const;
/** RFC 8230 §5, RFC 9053 §2.1. */
const COSE_ALGORITHMS = { PS256: -37, PS384: -38, PS512: -39, ES256: -7, ES384: -35, ES512: -36, EdDSA: -8 } as const;

/** What is signed: a descriptor, with annotations as user metadata. */
export interface NotationTarget {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface SignNotationOptions {
  readonly world: NotationWorld;
  readonly target: NotationTarget;
  /** Default notary.x509, signed by world.ca; the other by world.authority. */
  readonly scheme?: 'notary.x509' | 'notary.x509.signingAuthority';
  /** Leaf first; the first one's key signs. Default: the chain of the scheme. */
  readonly chain?: readonly Issued[];
  /** Default: the world's now. */
  readonly signingTime?: Date;
  readonly expiry?: Date;
  /** A countersignature by world.tsa at signingTime, with changes. Default none. */
  readonly timestamp?: true | Partial<TimestampSpec>;
  /** Signed headers to be added or, where undefined, left out. COSE: labels as text (`'1'` the algorithm). */
  readonly headers?: Readonly<Record<string, unknown>>;
  /** Default: the scheme, and of the others those that must be critical. */
  readonly critical?: readonly (string | number)[];
  /** Instead of the JSON of the target. */
  readonly payload?: string;
}

/** A Notary Project signature as JWS (signature-envelope-jws.md). */
export function signNotationJws(options: SignNotationOptions): Buffer {
  const chain = chainOf(options);
  const headers = {
    alg: JWS_ALGORITHMS[leafOf(chain).keys.kind],
    crit: criticalOf(options),
    cty: CONTENT_TYPE,
    ...Object.fromEntries(
      [...attributesOf(options)].map(([name, at]) => [name, at instanceof Date ? rfc3339(at) : at]),
    ),
    ...options.headers,
  };
  const protectedText = base64url(JSON.stringify(headers));
  const payload = base64url(payloadOf(options));
  const signature = signBytes(Buffer.from(`${protectedText}.${payload}`), leafOf(chain));
  const token = timestampOf(options, signature);
  const header = {
    x5c: chain.map(({ der }) => der.toString('base64')),
    [`${PREFIX}signingAgent`]: 'test/1.0.0',
    ...(token !== undefined && { [TIMESTAMP]: token.toString('base64') }),
  };
  return Buffer.from(JSON.stringify({ payload, protected: protectedText, header, signature: base64url(signature) }));
}

/** The same as COSE_Sign1 (signature-envelope-cose.md; RFC 9052 §4.2). */
export function signNotationCose(options: SignNotationOptions): Buffer {
  const chain = chainOf(options);
  const headers = new Map<number | string, unknown>([
    [1, COSE_ALGORITHMS[JWS_ALGORITHMS[leafOf(chain).keys.kind]]],
    [2, criticalOf(options)],
    [3, CONTENT_TYPE],
    ...[...attributesOf(options)].map(([name, at]) => [name, at instanceof Date ? epochTime(at) : at] as const),
  ]);
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    const label = /^-?\d+$/.test(name) ? Number(name) : name;
    if (value === undefined) headers.delete(label);
    else headers.set(label, value);
  }
  const protectedBytes = Buffer.from(encode(headers, { typeEncoders: ENCODERS }));
  const payload = Buffer.from(payloadOf(options));
  const toBeSigned = encode(['Signature1', protectedBytes, Buffer.alloc(0), payload]);
  const signature = signBytes(Buffer.from(toBeSigned), leafOf(chain));
  const token = timestampOf(options, signature);
  const unprotectedHeader = new Map<number | string, unknown>([
    [33, chain.length === 1 ? leafOf(chain).der : chain.map(({ der }) => der)],
    [`${PREFIX}signingAgent`, 'test/1.0.0'],
    ...(token === undefined ? [] : ([[TIMESTAMP, token]] as const)),
  ]);
  const parts = [protectedBytes, unprotectedHeader, payload, signature];
  return Buffer.concat([Buffer.of(0xd2), encode(parts, { typeEncoders: ENCODERS })]);
}

/** A date in a COSE header: tag 1, seconds since 1970 (RFC 8949 §3.4.2). */
export class EpochTime {
  readonly seconds: number;
  constructor(seconds: number) {
    this.seconds = seconds;
  }
}
const ENCODERS = {
  Object: (value: unknown) =>
    value instanceof EpochTime ? [new Token(Type.tag, 1), new Token(Type.uint, value.seconds)] : null,
};

function epochTime(at: Date): EpochTime {
  return new EpochTime(Math.floor(at.getTime() / 1000));
}

function chainOf({ world, scheme, chain }: SignNotationOptions): readonly Issued[] {
  return chain ?? (scheme === 'notary.x509.signingAuthority' ? world.authority : world.ca).certificates;
}

function leafOf(chain: readonly Issued[]): Issued {
  const [leaf] = chain;
  if (leaf === undefined) throw new Error('a chain has a leaf');
  return leaf;
}

function attributesOf(options: SignNotationOptions): Map<string, string | Date> {
  const { scheme = 'notary.x509', expiry, world } = options;
  const time = options.signingTime ?? world.now;
  return new Map<string, string | Date>([
    [SIGNING_SCHEME, scheme],
    [scheme === 'notary.x509' ? SIGNING_TIME : AUTHENTIC_SIGNING_TIME, time],
    ...(expiry === undefined ? [] : ([[EXPIRY, expiry]] as const)),
  ]);
}

function criticalOf(options: SignNotationOptions): readonly (string | number)[] {
  if (options.critical !== undefined) return options.critical;
  return [...attributesOf(options).keys()].filter((name) => name !== SIGNING_TIME);
}

function payloadOf({ payload, target }: SignNotationOptions): string {
  return payload ?? JSON.stringify({ targetArtifact: target });
}

function signBytes(bytes: Buffer, { keys }: Issued): Buffer {
  const hash = `sha${JWS_ALGORITHMS[keys.kind].slice(2)}`;
  if (keys.kind === 'ed25519') return sign(null, bytes, keys.privateKey);
  if (!keys.kind.startsWith('rsa')) return sign(hash, bytes, { key: keys.privateKey, dsaEncoding: 'ieee-p1363' });
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  return sign(hash, bytes, { key: keys.privateKey, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST });
}

function timestampOf({ world, timestamp, signingTime }: SignNotationOptions, signature: Buffer): Buffer | undefined {
  if (timestamp === undefined) return undefined;
  const { leaf, intermediate } = world.tsa;
  const defaults: TimestampSpec = {
    over: signature,
    time: signingTime ?? world.now,
    signer: leaf,
    others: [intermediate],
  };
  return makeTimestampToken(timestamp === true ? defaults : { ...defaults, ...timestamp });
}

function rfc3339(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, 'Z');
}

function base64url(bytes: Buffer | string): string {
  return Buffer.from(bytes).toString('base64url');
}
