/** Just enough of a DER writer (ITU-T X.690) for certificates and timestamp tokens whose every field a test can choose. */
export function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.of(tag), derLength(body.length), body]);
}

function derLength(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  if (length < 0x100) return Buffer.of(0x81, length);
  if (length < 0x10000) return Buffer.of(0x82, length >> 8, length & 0xff);
  return Buffer.of(0x83, length >> 16, (length >> 8) & 0xff, length & 0xff);
}

export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return der(0x30, ...parts);
}

/** SET OF in the order that DER asks for. */
export function setOf(...parts: readonly Uint8Array[]): Buffer {
  return der(0x31, ...[...parts].sort((a, b) => Buffer.compare(a, b)));
}

export function explicit(tag: number, ...content: readonly Uint8Array[]): Buffer {
  return der(0xa0 | tag, ...content);
}

/** `1.2.840.113549` -> OBJECT IDENTIFIER. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(arc: number): number[] {
  const septets = [arc & 0x7f];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) septets.unshift((rest & 0x7f) | 0x80);
  return septets;
}

/** A small number, or big-endian bytes of a positive one. */
export function integer(value: number | Uint8Array): Buffer {
  const bytes = typeof value === 'number' ? Buffer.of(value) : Buffer.from(value);
  return der(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

export function octets(bytes: Uint8Array): Buffer {
  return der(0x04, bytes);
}

export function bitString(bytes: Uint8Array, unused = 0): Buffer {
  return der(0x03, Buffer.of(unused), bytes);
}

export function boolean(value: boolean): Buffer {
  return der(0x01, Buffer.of(value ? 0xff : 0));
}

export function utf8(text: string): Buffer {
  return der(0x0c, Buffer.from(text));
}

export function printable(text: string): Buffer {
  return der(0x13, Buffer.from(text, 'ascii'));
}

/** `YYYYMMDDHHMMSSZ`; of years before 2050 as UTCTime where X.509 asks for it (RFC 5280 §4.1.2.5). */
export function x509Time(at: Date): Buffer {
  return at.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(digitsOf(at).slice(2))) : generalizedTime(at);
}

export function generalizedTime(at: Date): Buffer {
  return der(0x18, Buffer.from(digitsOf(at)));
}

function digitsOf(at: Date): string {
  return `${at.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`;
}
