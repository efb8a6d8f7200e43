import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A key and its self-signed certificate, both PEM. */
export interface SelfSigned {
  readonly key: string;
  readonly cert: string;
}

/**
 * A self-signed certificate for `names` (DNS names and IPv4 addresses), valid from yesterday for ten days. Written
 * out as DER by hand (RFC 5280 §4.1), so that tests need no openssl.
 */
export function buildSelfSigned(names: readonly string[] = ['localhost', '127.0.0.1']): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const body = buildTbsCertificate(publicKey, names);
  const signature = sign('sha256', body, privateKey);
  const certificate = sequence(body, ECDSA_WITH_SHA256, bitString(signature));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${wrap(certificate.toString('base64'))}\n-----END CERTIFICATE-----\n`,
  };
}

function buildTbsCertificate(publicKey: KeyObject, names: readonly string[]): Buffer {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const serial = createHash('sha256').update(spki).digest().subarray(0, 8);
  const name = sequence(set(sequence(objectId(0x55, 0x04, 0x03), utf8('test of oci-referrers')))); // CN
  const day = 24 * 3_600_000;
  return sequence(
    explicit(0, integer(Buffer.of(2))), // v3
    integer(Buffer.concat([Buffer.of(0x40), serial])),
    ECDSA_WITH_SHA256,
    name,
    sequence(utcTime(new Date(Date.now() - day)), utcTime(new Date(Date.now() + 9 * day))),
    name,
    spki,
    explicit(3, sequence(basicConstraints(), subjectAltName(names))),
  );
}

/** A certificate that is its own authority must say that it is one. */
function basicConstraints(): Buffer {
  const critical = der(0x01, Buffer.of(0xff));
  return sequence(objectId(0x55, 0x1d, 0x13), critical, octets(sequence(der(0x01, Buffer.of(0xff)))));
}

function subjectAltName(names: readonly string[]): Buffer {
  const entries = names.map((name) => {
    const address = /^\d+\.\d+\.\d+\.\d+$/.test(name);
    return address ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name, 'ascii'));
  });
  return sequence(objectId(0x55, 0x1d, 0x11), octets(sequence(...entries)));
}

const ECDSA_WITH_SHA256 = sequence(objectId(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));

function der(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.of(tag), derLength(content.length), content]);
}

function derLength(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  if (length < 0x100) return Buffer.of(0x81, length);
  return Buffer.of(0x82, length >> 8, length & 0xff);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function set(...parts: readonly Buffer[]): Buffer {
  return der(0x31, Buffer.concat(parts));
}

function objectId(...bytes: readonly number[]): Buffer {
  return der(0x06, Buffer.from(bytes));
}

function integer(bytes: Buffer): Buffer {
  return der(0x02, bytes);
}

function octets(bytes: Buffer): Buffer {
  return der(0x04, bytes);
}

function bitString(bytes: Buffer): Buffer {
  return der(0x03, Buffer.concat([Buffer.of(0), bytes]));
}

function utf8(text: string): Buffer {
  return der(0x0c, Buffer.from(text));
}

function explicit(tag: number, content: Buffer): Buffer {
  return der(0xa0 | tag, content);
}

function utcTime(at: Date): Buffer {
  const text = at.toISOString().replaceAll(/[-:T]/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${text}Z`));
}

function wrap(base64: string): string {
  return base64.replaceAll(/.{64}/g, '$&\n').trimEnd();
}
