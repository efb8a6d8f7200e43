import type { ASN1Obj } from '@sigstore/core';
import { at } from './certificate-fields.ts';
import { attributeName, type NameAttribute } from './distinguished-name.ts';

/** X.680 tags of the strings that names may have (RFC 5280 §4.1.2.4), and how their bytes are read. */
const CHARSETS: ReadonlyMap<number, string> = new Map([
  [12, 'utf-8'],
  [18, 'latin1'], // NumericString
  [19, 'latin1'], // PrintableString
  [20, 'latin1'], // TeletexString
  [22, 'latin1'], // IA5String
  [26, 'latin1'], // VisibleString
  [30, 'utf-16be'], // BMPString
]);

/** A certificate's Name -> its attributes in the order of the certificate; those of a multi-valued RDN one by one. */
export function readSubjectName(name: ASN1Obj): readonly NameAttribute[] {
  return name.subs
    .flatMap((rdn) => rdn.subs)
    .map((pair) => ({
      type: attributeName(at(pair, 0).toOID()),
      value: readText(at(pair, 1)),
    }));
}

/** A value that is no text is told as RFC 4514 §2.4 does: `#` and its DER in hex, which no text in a policy matches. */
function readText(value: ASN1Obj): string {
  const charset = value.tag.isUniversal() ? CHARSETS.get(value.tag.number) : undefined;
  const hex = `#${value.toDER().toString('hex')}`;
  if (charset === undefined) return hex;
  if (charset === 'latin1') return value.value.toString('latin1');
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(value.value);
  } catch {
    return hex; // not in the charset that its tag says
  }
}
