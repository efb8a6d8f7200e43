import { defineOptions } from '../../option-spec.ts';

const SIGN_MODES = ['none', 'keyless', 'key'] as const;
const SIGSTORE_INSTANCES = ['auto', 'public-good', 'github'] as const;

/** What makes attach sign, too. */
export const signOptions = defineOptions({
  sign: {
    kind: 'enum',
    values: SIGN_MODES,
    default: 'none',
    group: 'sign',
    permission: 'id-token: write',
    help: 'Attach a signed statement beside each file, as a Sigstore bundle: `keyless` with the identity of the workflow run (needs `permissions: id-token: write`), or with a `key`. The file is its predicate, the image its subject. What is signed already is attached as it is.',
  },
  'predicate-type': {
    kind: 'string',
    group: 'sign',
    placeholder: 'URI',
    example: 'https://in-toto.io/attestation/test-result/v0.1',
    help: "The statement's predicate type. SPDX, CycloneDX, OpenVEX, SARIF and in-toto statements have theirs by themselves.",
    conflictsWith: ['sign-by-digest'],
  },
  'sign-by-digest': {
    kind: 'boolean',
    default: false,
    group: 'sign',
    help: "Sign the digest of the attached artifact in place of the file's content, and attach the signature to that artifact: for files that are too large for a statement, or are no JSON.",
  },
  'sigstore-instance': {
    kind: 'enum',
    values: SIGSTORE_INSTANCES,
    default: 'auto',
    group: 'sign',
    help: "Where `sign: keyless` signs: `public-good`, which publishes the repository's name for ever, or `github`, which publishes nothing. `auto` takes the first for public repositories and the second for all others.",
  },
  'signing-config': {
    kind: 'string',
    group: 'sign',
    placeholder: 'FILE',
    example: 'signing_config.json',
    help: "The services of a Sigstore of one's own (`signing_config.json`); with `sign: key` the log and the timestamp authority that witness the signature, where there would be none.",
  },
  'trusted-root': {
    kind: 'string',
    group: 'sign',
    placeholder: 'FILE',
    example: 'trusted_root.json',
    help: 'The trusted root that goes with `signing-config`: by it `if-exists: skip` knows what is signed already. The public one is embedded, that of GitHub is fetched.',
  },
  'signing-key': {
    kind: 'string',
    group: 'sign',
    placeholder: 'PEM',
    secret: true,
    env: 'OCI_REFERRERS_SIGNING_KEY',
    help: 'The private key of `sign: key` as PEM text: ECDSA, RSA or Ed25519, as openssl writes it.',
    conflictsWith: ['signing-key-file'],
  },
  'signing-key-file': {
    kind: 'string',
    group: 'sign',
    placeholder: 'FILE',
    help: 'The private key of `sign: key` as a file.',
  },
  'signing-key-password': {
    kind: 'string',
    group: 'sign',
    placeholder: 'PASSWORD',
    secret: true,
    env: 'OCI_REFERRERS_SIGNING_KEY_PASSWORD',
    help: 'The password of an encrypted signing key.',
  },
});
