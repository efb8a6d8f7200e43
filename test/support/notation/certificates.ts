import { generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';
import {
  bitString,
  boolean,
  explicit,
  integer,
  octets,
  oid,
  printable,
  sequence,
  setOf,
  utf8,
  x509Time,
} from './der.ts';

export const KEY_KINDS = ['rsa-2048', 'rsa-3072', 'rsa-4096', 'p-256', 'p-384', 'p-521'] as const;
/** The last two are none that the Notary Project knows. */
export type KeyKind = (typeof KEY_KINDS)[number] | 'rsa-1024' | 'ed25519';

export interface KeyPair {
  readonly kind: KeyKind;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** X.520 attribute types by the names that distinguished names use. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  SERIALNUMBER: '2.5.4.5',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  O: '2.5.4.10',
  OU: '2.5.4.11',
};
/** RFC 5280 §4.2.1.3, bit positions. */
const KEY_USAGES = {
  digitalSignature: 0,
  nonRepudiation: 1,
  keyEncipherment: 2,
  dataEncipherment: 3,
  keyAgreement: 4,
  keyCertSign: 5,
  cRLSign: 6,
} as const;
export type KeyUsage = keyof typeof KEY_USAGES;

export const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
export const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
export const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

/** What of a certificate tests choose. An extension that is undefined is left out. */
export interface CertificateSpec {
  /** In this order; `[['C', 'US'], ['O', 'Acme']]`. A type may be a dotted OID. */
  readonly subject: readonly (readonly [type: string, value: string])[];
  readonly keys: KeyPair;
  /** Undefined: signed by itself. */
  readonly issuer?: Issued | undefined;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly basicConstraints?:
    | { readonly ca: boolean; readonly pathLength?: number; readonly critical?: boolean }
    | undefined;
  readonly keyUsage?: { readonly bits: readonly KeyUsage[]; readonly critical?: boolean } | undefined;
  readonly extendedKeyUsage?: { readonly oids: readonly string[]; readonly critical?: boolean } | undefined;
  /** An extension of any kind. */
  readonly other?: { readonly oid: string; readonly critical: boolean; readonly value: Buffer } | undefined;
  /** The extensions stand there a second time, which RFC 5280 §4.2 forbids. Default false. */
  readonly extensionsTwice?: boolean | undefined;
  /** Of the issuer's signature; default sha256. */
  readonly hash?: 'sha1' | 'sha256' | 'sha384' | 'sha512' | undefined;
}

export interface Issued {
  readonly spec: CertificateSpec;
  readonly certificate: X509Certificate;
  readonly der: Buffer;
  readonly pem: string;
  readonly keys: KeyPair;
  /** DER of its subject. */
  readonly name: Buffer;
  readonly serial: Buffer;
}

export function makeKeyPair(kind: KeyKind): KeyPair {
  const [family, size] = kind.split('-');
  if (family === 'rsa') return { kind, ...generateKeyPairSync('rsa', { modulusLength: Number(size) }) };
  if (family === 'p') return { kind, ...generateKeyPairSync('ec', { namedCurve: `P-${size}` }) };
  return { kind, ...generateKeyPairSync('ed25519') };
}

/** RFC 5280 §4.1. */
export function issueCertificate(spec: CertificateSpec): Issued {
  const signer = spec.issuer?.keys ?? spec.keys;
  const hash = spec.hash ?? 'sha256';
  const algorithm = signatureAlgorithm(signer.kind, hash);
  const name = encodeName(spec.subject);
  const serial = Buffer.concat([Buffer.of(0x40), randomBytes(9)]);
  const once = encodeExtensions(spec);
  const extensions = spec.extensionsTwice === true ? [...once, ...once] : once;
  const body = sequence(
    explicit(0, integer(2)), // v3
    integer(serial),
    algorithm,
    spec.issuer?.name ?? name,
    sequence(x509Time(spec.notBefore), x509Time(spec.notAfter)),
    name,
    spec.keys.publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length === 0 ? [] : [explicit(3, sequence(...extensions))]),
  );
  const der = sequence(
    body,
    algorithm,
    bitString(sign(signer.kind === 'ed25519' ? null : hash, body, signer.privateKey)),
  );
  const certificate = new X509Certificate(der);
  return { spec, certificate, der, pem: certificate.toString(), keys: spec.keys, name, serial };
}

/** AlgorithmIdentifier of PKCS #1 v1.5 or ECDSA with the hash. */
export function signatureAlgorithm(kind: KeyKind, hash: string): Buffer {
  if (kind === 'ed25519') return sequence(oid('1.3.101.112'));
  const rsa = { sha1: 5, sha256: 11, sha384: 12, sha512: 13 }[hash];
  const ecdsa = { sha1: '1', sha256: '3.2', sha384: '3.3', sha512: '3.4' }[hash];
  return kind.startsWith('rsa')
    ? sequence(oid(`1.2.840.113549.1.1.${rsa}`), Buffer.of(5, 0))
    : sequence(oid(`1.2.840.10045.4.${ecdsa}`));
}

function encodeName(subject: CertificateSpec['subject']): Buffer {
  const parts = subject.map(([type, value]) => {
    const text = type === 'C' ? printable(value) : utf8(value);
    return setOf(sequence(oid(ATTRIBUTES[type] ?? type), text));
  });
  return sequence(...parts);
}

function encodeExtensions({ basicConstraints, keyUsage, extendedKeyUsage, other }: CertificateSpec): Buffer[] {
  const extensions: Buffer[] = [];
  if (other !== undefined) extensions.push(extension(other.oid, other.critical, other.value));
  if (basicConstraints !== undefined) {
    const { ca, pathLength, critical = true } = basicConstraints;
    const fields = [...(ca ? [boolean(true)] : []), ...(pathLength === undefined ? [] : [integer(pathLength)])];
    extensions.push(extension('2.5.29.19', critical, sequence(...fields)));
  }
  if (keyUsage !== undefined) {
    extensions.push(extension('2.5.29.15', keyUsage.critical ?? true, encodeKeyUsage(keyUsage.bits)));
  }
  if (extendedKeyUsage !== undefined) {
    const { oids, critical = false } = extendedKeyUsage;
    extensions.push(extension('2.5.29.37', critical, sequence(...oids.map(oid))));
  }
  return extensions;
}

function encodeKeyUsage(bits: readonly KeyUsage[]): Buffer {
  const byte = bits.reduce((sum, bit) => sum | (0x80 >> KEY_USAGES[bit]), 0);
  const unused = bits.length === 0 ? 0 : 7 - Math.max(...bits.map((bit) => KEY_USAGES[bit]));
  return bitString(Buffer.of(byte), unused);
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value));
}
