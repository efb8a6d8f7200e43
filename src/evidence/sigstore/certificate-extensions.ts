import { ASN1Obj } from '@sigstore/core';
import type { ObjectIdentifierValuePair } from '@sigstore/verify';

const FULCIO = '1.3.6.1.4.1.57264.1.';
const SUBJECT_ALT_NAME = '2.5.29.17';
const LAST_RAW = 6; // .1 to .6 hold the text itself, from .8 on it is a DER UTF8String
const NOT_TEXT = 7; // an OtherName in the SAN, no extension
const LAST_KNOWN = 22;
const UTF8_STRING = 0x0c;
const EMAIL = 0x01;
const URI = 0x06;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export interface CertificateExtensions {
  readonly identity: string | undefined;
  readonly issuer: string | undefined;
  /** Fulcio's, by the last arc. */
  readonly fulcio: Readonly<Record<string, string>>;
}

/**
 * What a verified certificate says of its holder (sigstore/fulcio docs/oid-info.md). `reason`: it may not be read as
 * anybody's, because two readers could find two things in it.
 */
export function readCertificateExtensions(
  oids: readonly ObjectIdentifierValuePair[],
): CertificateExtensions | { readonly reason: string } {
  const values = new Map<string, Buffer>();
  for (const { oid, value } of oids) {
    const name = (oid?.id ?? []).join('.');
    if (values.has(name)) return { reason: `its certificate has the extension ${name} twice` }; // RFC 5280 §4.2
    values.set(name, value);
  }
  const fulcio: [string, string][] = [];
  for (const [name, value] of values) {
    const arc = name.startsWith(FULCIO) ? name.slice(FULCIO.length) : undefined;
    if (arc === undefined || !/^[1-9]\d*$/.test(arc) || Number(arc) === NOT_TEXT) continue;
    const text = Number(arc) <= LAST_RAW ? readUtf8(value) : readUtf8String(value);
    if (text !== undefined) fulcio.push([arc, text]);
    else if (Number(arc) <= LAST_KNOWN) return { reason: `its certificate's extension ${name} is no text` };
  }
  const texts = Object.fromEntries(fulcio);
  const san = values.get(SUBJECT_ALT_NAME);
  return {
    identity: san === undefined ? undefined : readIdentity(san),
    issuer: texts['8'] ?? texts['1'],
    fulcio: texts,
  };
}

/**
 * The one URI or e-mail address. None where there are several names or one of another kind: Fulcio writes exactly one,
 * and to choose among several would be to guess whom a policy means.
 */
function readIdentity(san: Buffer): string | undefined {
  const names = parseAsn1(san)?.subs ?? [];
  const [name] = names;
  if (name === undefined || names.length > 1) return undefined;
  if (!name.tag.isContextSpecific(EMAIL) && !name.tag.isContextSpecific(URI)) return undefined;
  const text = name.value.toString('latin1');
  return /^[\x21-\x7e]+$/.test(text) ? text : undefined; // IA5String, RFC 5280 §4.2.1.6
}

function readUtf8String(der: Buffer): string | undefined {
  const value = parseAsn1(der);
  if (value === undefined || !value.tag.isUniversal() || value.tag.number !== UTF8_STRING) return undefined;
  return value.toDER().byteLength === der.byteLength ? readUtf8(value.value) : undefined;
}

function readUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined; // fatal: it is not UTF-8
  }
}

function parseAsn1(der: Buffer): ASN1Obj | undefined {
  try {
    return ASN1Obj.parseBuffer(der as Buffer<ArrayBuffer>);
  } catch {
    return undefined; // it is no ASN.1
  }
}
