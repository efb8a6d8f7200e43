import {
  type CertificateSpec,
  CODE_SIGNING,
  type Issued,
  issueCertificate,
  type KeyKind,
  makeKeyPair,
  TIME_STAMPING,
} from './certificates.ts';

/** A signer's certificate, an intermediate and a root. */
export interface NotationChain {
  readonly leaf: Issued;
  readonly intermediate: Issued;
  readonly root: Issued;
  /** Leaf first, as an envelope has it. */
  readonly certificates: readonly Issued[];
}

export interface ChainOptions {
  readonly purpose?: 'sign' | 'timestamp';
  /** Of the leaf; the authorities have P-256. Default p-256. */
  readonly key?: KeyKind;
  /** Of the leaf; default C=US, ST=WA, O=Acme, CN=release. */
  readonly subject?: CertificateSpec['subject'];
  /** Organisation of the authorities; default Acme. */
  readonly organisation?: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Changes to one certificate. */
  readonly leaf?: Partial<CertificateSpec>;
  readonly intermediate?: Partial<CertificateSpec>;
  readonly root?: Partial<CertificateSpec>;
}

/** A chain as the Notary Project asks for it (signature-specification.md "Certificate Requirements"), with the changes. */
export function makeNotationChain(options: ChainOptions): NotationChain {
  const { notBefore, notAfter, organisation = 'Acme' } = options;
  const validity = { notBefore, notAfter };
  const root = issueCertificate({
    subject: [
      ['C', 'US'],
      ['O', organisation],
      ['CN', 'root'],
    ],
    keys: makeKeyPair('p-256'),
    ...validity,
    basicConstraints: { ca: true },
    keyUsage: { bits: ['keyCertSign', 'cRLSign'] },
    ...options.root,
  });
  const intermediate = issueCertificate({
    subject: [
      ['C', 'US'],
      ['O', organisation],
      ['CN', 'issuing'],
    ],
    keys: makeKeyPair('p-256'),
    issuer: root,
    ...validity,
    basicConstraints: { ca: true, pathLength: 0 },
    keyUsage: { bits: ['keyCertSign', 'cRLSign'] },
    ...options.intermediate,
  });
  const timestamps = options.purpose === 'timestamp';
  const leaf = issueCertificate({
    subject: options.subject ?? [
      ['C', 'US'],
      ['ST', 'WA'],
      ['O', organisation],
      ['CN', 'release'],
    ],
    keys: makeKeyPair(options.key ?? 'p-256'),
    issuer: intermediate,
    ...validity,
    keyUsage: { bits: ['digitalSignature'] },
    extendedKeyUsage: { oids: [timestamps ? TIME_STAMPING : CODE_SIGNING], critical: timestamps },
    ...options.leaf,
  });
  return { leaf, intermediate, root, certificates: [leaf, intermediate, root] };
}
