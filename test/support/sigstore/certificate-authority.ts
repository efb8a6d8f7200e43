import type { KeyObject, webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

const DAY = 24 * 3_600_000;
const ECDSA_SHA256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Everything in a world is valid from some 400 days ago, so that evidence can be made with an old date. */
export const VALID_FROM = new Date(Math.floor(Date.now() / DAY) * DAY - 400 * DAY);
const VALID_TO = new Date(VALID_FROM.getTime() + 800 * DAY);

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export interface CertificateSpec {
  readonly subject: string;
  readonly serialNumber: string;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Extension[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

/** A root that signs leaf certificates itself. */
export interface CertificateAuthority {
  readonly keys: KeyPair;
  readonly name: string;
  /** DER of the self-signed root. */
  readonly root: Buffer;
  issue(spec: CertificateSpec): Promise<Buffer>;
}

export async function createAuthority(name: string, keys: KeyPair): Promise<CertificateAuthority> {
  const signingKey = toCryptoKey(keys.privateKey, 'sign');
  const publicKey = toCryptoKey(keys.publicKey, 'verify');
  const dates = { notBefore: VALID_FROM, notAfter: VALID_TO, signingAlgorithm: ECDSA_SHA256 };
  const root = await X509CertificateGenerator.createSelfSigned({
    ...dates,
    serialNumber: '01',
    name,
    keys: { privateKey: signingKey, publicKey },
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.cRLSign | KeyUsageFlags.keyCertSign, true),
      await SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return {
    keys,
    name,
    root: Buffer.from(root.rawData),
    issue: async (spec) => {
      const leafKey = toCryptoKey(spec.publicKey, 'verify');
      const leaf = await X509CertificateGenerator.create({
        ...dates,
        ...(spec.notBefore && { notBefore: spec.notBefore }),
        ...(spec.notAfter && { notAfter: spec.notAfter }),
        serialNumber: spec.serialNumber,
        subject: spec.subject,
        issuer: name,
        publicKey: leafKey,
        signingKey,
        extensions: [
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          await SubjectKeyIdentifierExtension.create(leafKey),
          await AuthorityKeyIdentifierExtension.create(publicKey),
          ...spec.extensions,
        ],
      });
      return Buffer.from(leaf.rawData);
    },
  };
}

export function codeSigningUsage(): Extension {
  return new ExtendedKeyUsageExtension([ExtendedKeyUsage.codeSigning]);
}

export function timeStampingUsage(): Extension {
  return new ExtendedKeyUsageExtension([ExtendedKeyUsage.timeStamping], true);
}

function toCryptoKey(key: KeyObject, usage: 'sign' | 'verify'): webcrypto.CryptoKey {
  return key.toCryptoKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [usage]);
}
