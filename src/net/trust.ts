import { CodedError } from '../errors/coded-error.ts';
import type { HttpClientOptions } from './types.ts';

/** What is believed of a server's certificate. The shape of node:tls options. */
export interface Trust {
  readonly ca?: readonly string[];
  readonly rejectUnauthorized?: false;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/**
 * The roots of Node (with those of NODE_EXTRA_CA_CERTS) and, besides them, the certificates of `ca`. Naming a `ca`
 * replaces Node's defaults, so they are named too. Throws `ca-file-invalid`, before anything is sent.
 */
export function buildTrust(options: Pick<HttpClientOptions, 'ca' | 'insecure'>): Trust {
  if (options.insecure === true) return { rejectUnauthorized: false };
  if (options.ca === undefined || options.ca === '') return {};
  const certificates = parseCertificates(options.ca);
  // Asked for here, not imported: most runs name no certificate and need not pay for these modules at start.
  const tls = process.getBuiltinModule('node:tls');
  return { ca: [...tls.getCACertificates('default'), ...certificates] };
}

/** Node passes over what it cannot read in a PEM file without a word, and a handshake would fail for no visible cause. */
function parseCertificates(pem: string): string[] {
  const certificates = pem.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) {
    throw new CodedError(
      'ca-file-invalid',
      'no certificate found: expected at least one PEM block "BEGIN CERTIFICATE"',
      {
        hint: '`ca-file` is a PEM file; `openssl x509 -inform der -in FILE` turns a DER file into one.',
      },
    );
  }
  const { X509Certificate } = process.getBuiltinModule('node:crypto');
  certificates.forEach((certificate, index) => {
    try {
      new X509Certificate(certificate);
    } catch (cause) {
      const which = `certificate ${index + 1} of ${certificates.length}`;
      throw new CodedError('ca-file-invalid', `${which} cannot be read: ${String(cause)}`, { cause });
    }
  });
  return certificates;
}
