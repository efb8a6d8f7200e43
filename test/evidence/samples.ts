import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../../src/oci/digest.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/evidence');

/** A digest to be the subject of, and another one. */
export const SUBJECT = digestOf('the manifest');
export const OTHER_SUBJECT = digestOf('another manifest');
export const PREDICATE_TYPE = 'https://slsa.dev/provenance/v1';

export type Json = Record<string, unknown>;

export function fixture(name: string): Uint8Array {
  return readFileSync(join(FIXTURES, name));
}

export function bytesOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
}

export function hexOf(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1);
}

export function base64(value: unknown): string {
  return Buffer.from(bytesOf(value)).toString('base64');
}

function base64url(value: unknown): string {
  return Buffer.from(bytesOf(value)).toString('base64url');
}

export function statement(extra: Json = {}): Json {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'ghcr.io/acme/app', digest: { sha256: hexOf(SUBJECT) } }],
    predicateType: PREDICATE_TYPE,
    predicate: {},
    ...extra,
  };
}

export function envelope(extra: Json = {}): Json {
  return {
    payloadType: 'application/vnd.in-toto+json',
    payload: base64(statement()),
    signatures: [{ sig: 'c2ln', keyid: '' }],
    ...extra,
  };
}

export function bundle(extra: Json = {}): Json {
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { certificate: { rawBytes: 'AA==' }, tlogEntries: [] },
    dsseEnvelope: envelope(),
    ...extra,
  };
}

export function messageBundle(messageDigest: unknown): Json {
  return bundle({ dsseEnvelope: undefined, messageSignature: { messageDigest, signature: 'c2ln' } });
}

export function simplesigning(digest: unknown = SUBJECT): Json {
  return {
    critical: {
      identity: { 'docker-reference': 'ghcr.io/acme/app' },
      image: { 'docker-manifest-digest': digest },
      type: 'cosign container image signature',
    },
    optional: null,
  };
}

/** The certificates of the fixture, leaf first, in DER. */
export function certificateChain(): readonly Buffer[] {
  const pem = Buffer.from(fixture('notation-chain.pem')).toString('latin1');
  return pem
    .split(/(?<=-----END CERTIFICATE-----\n)/)
    .filter((part) => part.includes('BEGIN'))
    .map((part) => new X509Certificate(part).raw);
}

const NOTATION_PAYLOAD = 'application/vnd.cncf.notary.payload.v1+json';

function targetArtifact(): Json {
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  return { targetArtifact: { mediaType, digest: SUBJECT, size: 528 } };
}

export function notationJws(extra: Json = {}): Json {
  const scheme = 'io.cncf.notary.signingScheme';
  return {
    payload: base64url(targetArtifact()),
    protected: base64url({ alg: 'ES256', crit: [scheme], cty: NOTATION_PAYLOAD, [scheme]: 'notary.x509' }),
    header: { x5c: certificateChain().map((der) => der.toString('base64')) },
    signature: 'c2ln',
    ...extra,
  };
}

export interface CoseOptions {
  readonly contentType?: string;
  readonly chain?: unknown;
  readonly trailing?: Uint8Array;
}

export function notationCose(options: CoseOptions = {}): Uint8Array {
  const { contentType = NOTATION_PAYLOAD, chain = [...certificateChain()], trailing = new Uint8Array() } = options;
  const protectedHeader = encodeCbor(
    new Map<unknown, unknown>([
      [1, -7],
      [3, contentType],
    ]),
  );
  const unprotectedHeader = new Map([[33, chain]]);
  const parts = [protectedHeader, unprotectedHeader, bytesOf(targetArtifact()), Buffer.alloc(64, 1)];
  return Buffer.concat([Buffer.from([0xd2]), encodeCbor(parts), trailing]);
}

/** Just the CBOR that the samples need, RFC 8949 §3. */
export function encodeCbor(value: unknown): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.byteLength), value]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(encodeCbor)]);
  const entries = [...(value as Map<unknown, unknown>)];
  return Buffer.concat([head(5, entries.length), ...entries.flat().map(encodeCbor)]);
}

function head(major: number, argument: number): Buffer {
  if (argument < 24) return Buffer.from([(major << 5) | argument]);
  if (argument < 0x100) return Buffer.from([(major << 5) | 24, argument]);
  if (argument < 0x10000) return Buffer.from([(major << 5) | 25, argument >> 8, argument & 0xff]);
  const wide = Buffer.alloc(5, (major << 5) | 26);
  wide.writeUInt32BE(argument, 1);
  return wide;
}
