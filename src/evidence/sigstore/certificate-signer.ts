import { X509Certificate } from 'node:crypto';
import { ASN1Obj } from '@sigstore/core';
import type { Signer as LibrarySigner } from '@sigstore/verify';
import { digestOf } from '../../oci/digest.ts';
import { findNotUnderstood } from '../not-understood.ts';
import type { CertificateSigner } from '../signer.ts';
import { readCertificateExtensions } from './certificate-extensions.ts';

const CODE_SIGNING = '1.3.6.1.5.5.7.3.3'; // id-kp-codeSigning, RFC 5280 §4.2.1.12

/**
 * Who the holder of a certificate is, after the library verified its chain. The library does not look at the extended
 * key usage: under a user's own authority a certificate for TLS would sign images.
 */
export function buildCertificateSigner(
  der: Uint8Array,
  { identity }: LibrarySigner,
): CertificateSigner | { readonly reason: string } {
  const certificate = readCertificate(der);
  if (certificate === undefined) return { reason: 'its certificate is not exactly one certificate in DER' };
  if (!(certificate.keyUsage ?? []).includes(CODE_SIGNING)) {
    return { reason: 'its certificate is not one for code signing (extended key usage)' };
  }
  const oid = findNotUnderstood(ASN1Obj.parseBuffer(Buffer.from(der)));
  if (oid !== undefined) return { reason: `its certificate has the extension ${oid}, which is not understood here` };
  const extensions = readCertificateExtensions(identity?.oids ?? []);
  if ('reason' in extensions) return extensions;
  return {
    kind: 'certificate',
    identity: extensions.identity,
    issuer: extensions.issuer,
    extensions: extensions.fulcio,
    fingerprint: digestOf(der),
    validity: { notBefore: certificate.validFromDate, notAfter: certificate.validToDate },
  };
}

function readCertificate(der: Uint8Array): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(der);
    return certificate.raw.equals(der) ? certificate : undefined;
  } catch {
    return undefined; // OpenSSL reads it as nothing, whatever the library read
  }
}
