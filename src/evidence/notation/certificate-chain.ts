import { X509Certificate } from 'node:crypto';
import {
  type Certificate,
  readProfile,
  requireAuthority,
  requireSigningLeaf,
  requireStrongSignature,
} from './certificate-profile.ts';
import { faultOf, NotationFault } from './notation-fault.ts';

/** Public chains have three or four. */
const MAX_CHAIN = 10;

/** DER of a chain, in the order of the envelope -> certificates. Throws a fault. */
export function readChain(ders: readonly Uint8Array[]): readonly X509Certificate[] {
  if (ders.length === 0) throw new NotationFault('its certificate chain is empty');
  if (ders.length > MAX_CHAIN) {
    throw new NotationFault(`its chain has ${ders.length} certificates, more than ${MAX_CHAIN}`);
  }
  return ders.map((der, position) => readCertificate(der, `certificate ${position + 1} of its chain cannot be read`));
}

/** DER, and nothing else around it: X509Certificate would take PEM as well, and bytes that follow. */
export function readCertificate(der: Uint8Array, what: string): X509Certificate {
  try {
    const certificate = new X509Certificate(der);
    if (Buffer.compare(certificate.raw, der) === 0) return certificate;
  } catch (thrown) {
    throw faultOf(thrown, what);
  }
  throw new NotationFault(`${what}: it is not one certificate in DER`);
}

/**
 * That a chain is one, leaf first, each certificate issued by the next, the last by itself, and each fit for what it is
 * there for (signature-specification.md "Certificate Requirements"). Whether anybody trusts its root, and when it was
 * valid, is asked elsewhere. Throws a fault.
 */
export function requireSigningChain(
  certificates: readonly X509Certificate[],
): readonly [Certificate, ...Certificate[]] {
  const [leaf, ...authorities] = certificates.map(readProfile);
  if (leaf === undefined) throw new NotationFault('its certificate chain is empty');
  requireSigningLeaf(leaf);
  const chain = [leaf, ...authorities] as const;
  chain.forEach(requireStrongSignature);
  authorities.forEach(requireAuthority);
  for (const [position, certificate] of chain.entries()) {
    const issuer = chain[position + 1] ?? certificate;
    if (issuer !== certificate && isIssuedBy(certificate, certificate)) {
      throw new NotationFault(`its chain has ${certificate.title}, which is a root, before its end`);
    }
    if (!isIssuedBy(certificate, issuer)) throw new NotationFault(describeBreak(certificate, issuer));
  }
  return chain;
}

/**
 * By name and by signature. Not by Node's checkIssued: it is false for a signer's certificate that is its own root,
 * which the specification allows without the right to sign certificates.
 */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  if (Buffer.compare(certificate.fields.issuer, issuer.fields.subject) !== 0) return false;
  return certificate.x509.verify(issuer.x509.publicKey);
}

function describeBreak(certificate: Certificate, issuer: Certificate): string {
  if (certificate === issuer)
    return `its chain ends with ${certificate.title}, which is no root: it did not issue itself`;
  return `the certificate ${certificate.title} was not issued by the next of its chain, ${issuer.title}`;
}
