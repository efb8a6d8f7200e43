import type { ASN1Obj } from '@sigstore/core';

/**
 * Extensions that this software does what they ask for, or that ask for nothing where no certificate policy is set
 * (RFC 5280 §4.2.1): names and key ids, usages, basic constraints, policies.
 */
const UNDERSTOOD: readonly string[] = [
  '2.5.29.14',
  '2.5.29.15',
  '2.5.29.17',
  '2.5.29.18',
  '2.5.29.19',
  '2.5.29.32',
  '2.5.29.35',
  '2.5.29.37',
];
/** To be critical (§4.2.1.10); older authorities did not mark it, and meant it all the same. */
const NAME_CONSTRAINTS = '2.5.29.30';

/**
 * The OID of an extension for which a certificate must be refused: critical and not understood (RFC 5280 §4.2), or
 * limiting whom its holder may certify. undefined: there is none. Throws what the library throws for what is no
 * certificate.
 */
export function findNotUnderstood(certificate: ASN1Obj): string | undefined {
  const holder = certificate.subs[0]?.subs.find(({ tag }) => tag.isContextSpecific(3));
  for (const { subs } of holder?.subs[0]?.subs ?? []) {
    const oid = subs[0]?.toOID() ?? 'without an OID';
    const isCritical = subs.length === 3 && subs[1]?.toBoolean() === true;
    if (oid === NAME_CONSTRAINTS || (isCritical && !UNDERSTOOD.includes(oid))) return oid;
  }
  return undefined;
}
