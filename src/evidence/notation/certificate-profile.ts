import type { KeyObject, X509Certificate } from 'node:crypto';
import { type CertificateFields, readCertificateFields } from './certificate-fields.ts';
import { formatDistinguishedName } from './distinguished-name.ts';
import { NotationFault } from './notation-fault.ts';
import { readSubjectName } from './subject-name.ts';

/** A certificate with what was read of it. */
export interface Certificate {
  readonly x509: X509Certificate;
  readonly fields: CertificateFields;
  /** `"C=US, O=Acme"`, for messages. */
  readonly title: string;
}

/** RFC 5280 §4.2.1.3. */
const BIT = { digitalSignature: 0, nonRepudiation: 1, keyCertSign: 5 } as const;
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
/** signature-specification.md "Leaf Certificates": any, server, client, e-mail, timestamps. */
const NOT_FOR_SIGNING = ['2.5.29.37.0', '1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.4', TIME_STAMPING];

export function readProfile(x509: X509Certificate): Certificate {
  const fields = readCertificateFields(x509);
  const name = formatDistinguishedName(readSubjectName(fields.subjectName));
  return { x509, fields, title: `"${name}"` };
}

/** signature-specification.md "Leaf Certificates", for signing. Throws a fault. */
export function requireSigningLeaf(leaf: Certificate): void {
  requireLeaf(leaf);
  const purposes = leaf.fields.extendedKeyUsage?.oids;
  if (purposes === undefined) return;
  if (!purposes.includes(CODE_SIGNING)) throw fault(leaf, 'is not for code signing');
  const other = purposes.find((purpose) => NOT_FOR_SIGNING.includes(purpose));
  if (other !== undefined) throw fault(leaf, `is for another purpose, too (${other})`);
}

/** The same for timestamps; RFC 3161 §2.3: that purpose alone, and marked critical. Throws a fault. */
export function requireTimestampLeaf(leaf: Certificate): void {
  requireLeaf(leaf);
  const usage = leaf.fields.extendedKeyUsage;
  if (usage === undefined || !usage.oids.includes(TIME_STAMPING)) throw fault(leaf, 'is not for timestamps');
  if (usage.oids.length !== 1) throw fault(leaf, 'is for other purposes besides timestamps');
  if (!usage.critical) throw fault(leaf, 'does not mark its purpose, timestamps, as critical');
}

/**
 * signature-specification.md "Root and Intermediate CA Certificates". `below`: how many authorities stand between it
 * and the leaf. Throws a fault.
 */
export function requireAuthority(authority: Certificate, below: number): void {
  const { basicConstraints, keyUsage } = authority.fields;
  if (basicConstraints?.ca !== true) throw fault(authority, 'is no certificate authority (basicConstraints)');
  if (!basicConstraints.critical) throw fault(authority, 'does not mark basicConstraints as critical');
  if (keyUsage === undefined || !keyUsage.bits.includes(BIT.keyCertSign)) {
    throw fault(authority, 'may not sign certificates (keyUsage)');
  }
  if (!keyUsage.critical) throw fault(authority, 'does not mark keyUsage as critical');
  const { pathLength } = basicConstraints;
  if (pathLength !== undefined && pathLength < below) {
    throw fault(authority, `allows ${pathLength} authorities below it, and there are ${below} (pathLenConstraint)`);
  }
}

/** "Other requirements": no SHA-1, which here means SHA-2. Throws a fault. */
export function requireStrongSignature(certificate: Certificate): void {
  if (certificate.fields.signatureHash === undefined) throw fault(certificate, 'is not signed with a hash of SHA-2');
}

function requireLeaf(leaf: Certificate): void {
  const { basicConstraints, keyUsage } = leaf.fields;
  if (basicConstraints?.ca === true) throw fault(leaf, 'is a certificate authority, no signer');
  if (keyUsage === undefined || !keyUsage.bits.includes(BIT.digitalSignature)) {
    throw fault(leaf, 'may not sign (keyUsage)');
  }
  if (!keyUsage.critical) throw fault(leaf, 'does not mark keyUsage as critical');
  const other = keyUsage.bits.find((bit) => bit !== BIT.digitalSignature && bit !== BIT.nonRepudiation);
  if (other !== undefined) throw fault(leaf, `may do more than sign (keyUsage bit ${other})`);
  if (isShort(leaf.x509.publicKey)) throw fault(leaf, 'has a key that is too short');
}

/** "Key Length". */
function isShort({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  if (asymmetricKeyType === 'rsa') return (asymmetricKeyDetails?.modulusLength ?? 0) < 2048;
  return asymmetricKeyType === 'ec' && !/256|384|521/.test(asymmetricKeyDetails?.namedCurve ?? '');
}

function fault({ title }: Certificate, what: string): NotationFault {
  return new NotationFault(`the certificate ${title} ${what}`);
}
