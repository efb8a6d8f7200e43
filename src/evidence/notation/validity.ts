import type { X509Certificate } from 'node:crypto';
import type { Certificate } from './certificate-profile.ts';
import { NotationFault } from './notation-fault.ts';

/** A time as far as it is known. */
export interface TimeRange {
  readonly from: Date;
  readonly to: Date;
}

/**
 * That every certificate was valid all through a range, both ends included (RFC 5280 §4.1.2.5). `when` says in the
 * message what range it is. Throws a fault.
 */
export function requireValid(chain: readonly Certificate[], { from, to }: TimeRange, when: string): void {
  for (const { x509, title } of chain) {
    const { notBefore, notAfter } = validityOf(x509);
    if (from < notBefore) {
      throw new NotationFault(`the certificate ${title} is valid from ${notBefore.toISOString()}: not yet ${when}`);
    }
    if (to > notAfter) {
      throw new NotationFault(`the certificate ${title} expired on ${notAfter.toISOString()}: no longer valid ${when}`);
    }
  }
}

export function validityOf(x509: X509Certificate): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: x509.validFromDate, notAfter: x509.validToDate };
}
