import { defineCommand, defineOptions, type ParsedOptions } from '../option-spec.ts';

export const verifyBundleOptions = defineOptions({
  'file-or-digest': {
    kind: 'string',
    group: 'what',
    placeholder: 'FILE_OR_DIGEST',
    help: 'What was signed: a file, or `sha256:HEX` where the bundle holds an attestation.',
  },
  bundle: { kind: 'string', group: 'what', placeholder: 'FILE', help: 'The Sigstore bundle.' },
  'certificate-identity': {
    kind: 'string',
    group: 'how',
    placeholder: 'IDENTITY',
    help: 'Who signed: the name in the certificate, exactly.',
    requires: ['certificate-oidc-issuer'],
    conflictsWith: ['key'],
  },
  'certificate-oidc-issuer': {
    kind: 'string',
    group: 'how',
    placeholder: 'URL',
    help: 'Who said so: the issuer in the certificate, exactly.',
    requires: ['certificate-identity'],
    conflictsWith: ['key'],
  },
  key: { kind: 'string', group: 'how', placeholder: 'PEM', help: 'A file with the public key that must have signed.' },
  'trusted-root': {
    kind: 'string',
    group: 'how',
    placeholder: 'FILE',
    help: 'A trusted_root.json. Default: that of the public-good instance, as embedded.',
  },
  staging: {
    kind: 'boolean',
    default: false,
    group: 'how',
    help: 'The bundle is of the staging instance, whose root is not embedded: goes with `trusted-root`.',
  },
});

export type VerifyBundleOptions = ParsedOptions<typeof verifyBundleOptions>;

/** The CLI protocol of sigstore-conformance (docs/cli_protocol.md there), for its suite and for ours. */
export const verifyBundleCommand = defineCommand({
  name: 'verify-bundle',
  summary: 'Verify one Sigstore bundle, as the conformance suite of Sigstore asks for it.',
  options: verifyBundleOptions,
  positionals: ['file-or-digest'],
  examples: [
    'oci-referrers verify-bundle --bundle a.sigstore.json --certificate-identity me@acme.example --certificate-oidc-issuer https://accounts.example a.txt',
    'oci-referrers verify-bundle --bundle a.sigstore.json --key cosign.pub a.txt',
  ],
});
