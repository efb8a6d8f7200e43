import { RULE_LEVELS } from '../../policy/policy.ts';
import { REFERRER_SOURCES } from '../../referrers/types.ts';
import { commonOptions } from '../common-options.ts';
import { defineCommand, defineOptions, type ParsedOptions } from '../option-spec.ts';
import { VERIFY_MODES } from './result.ts';

/** Where evidence may be looked for; what is on the user's disk is named by `bundles`. */
const EVIDENCE_PLACES = [...REFERRER_SOURCES, 'github'] as const;

/** What says which images are judged by what; reports have that behind them. The rules' inputs are refused by run.ts. */
const NOT_WITH_REPORTS = ['image', 'subject-name', 'subject-digest', 'images-file', 'policy', 'bundles'] as const;

/** None has a default here: the runner hands defaults on as if they had been given, and a policy file excludes them. */
const ruleOptions = defineOptions({
  require: {
    kind: 'lines',
    group: 'policy',
    placeholder: 'TYPE',
    example: 'https://slsa.dev/provenance/v1',
    help: 'What must be there and signed, one a line: a predicate type (a URL), or a media type such as `application/spdx+json`, which is met by a verified statement about such a document, or by the document with a verified signature on it.',
  },
  'require-unsigned': {
    kind: 'lines',
    group: 'policy',
    placeholder: 'TYPE',
    example: 'application/spdx+json',
    help: 'What must be there and of the right shape, one a line; nobody needs to have signed it.',
  },
  'signer-workflow': {
    kind: 'string',
    group: 'policy',
    placeholder: 'WORKFLOW',
    example: 'acme/app/.github/workflows/release.yml',
    help: 'The GitHub workflow that must have signed, `owner/name/path`: the certified one, reusable or not. Anybody may call a reusable workflow: name the caller, too, with `source-repo`. `*` does not cross `/`.',
  },
  'signer-repo': {
    kind: 'string',
    group: 'policy',
    placeholder: 'OWNER/NAME',
    example: 'acme/app',
    help: 'The repository whose workflow must have signed.',
  },
  'source-repo': {
    kind: 'string',
    group: 'policy',
    placeholder: 'OWNER/NAME',
    example: 'acme/app',
    help: 'The repository that the signing workflow must have run for: of a reusable workflow the caller.',
  },
  'source-ref': {
    kind: 'string',
    group: 'policy',
    placeholder: 'REF',
    example: 'refs/tags/v*',
    help: 'The git ref that the signing workflow must have run for. `*` does not cross `/`.',
  },
  'source-digest': {
    kind: 'string',
    group: 'policy',
    placeholder: 'COMMIT',
    example: 'c7cb6a1a4e9a1e1f0f9d0f6a9a3b8b5d2f1e0c4d',
    help: 'The commit that the signing workflow must have run for, whole, such as `github.sha`: so that an image of another build does not pass for this one.',
  },
  'signer-digest': {
    kind: 'string',
    group: 'policy',
    placeholder: 'COMMIT',
    example: '7d1f5b0f3e2c4a6988b7c6d5e4f3a2b1c0d9e8f7',
    help: 'The commit of the workflow file that must have signed, whole: of a reusable workflow the commit that callers are to pin.',
  },
  'certificate-identity': {
    kind: 'string',
    group: 'policy',
    placeholder: 'IDENTITY',
    example: 'release@acme.example',
    help: 'The identity that the certificate must name (its subject alternative name); needs `certificate-oidc-issuer`.',
    requires: ['certificate-oidc-issuer'],
  },
  'certificate-oidc-issuer': {
    kind: 'string',
    group: 'policy',
    placeholder: 'URL',
    example: 'https://accounts.google.com',
    help: 'Who must have vouched for the identity. With `signer-workflow` or `signer-repo` the default is GitHub Actions.',
  },
  key: {
    kind: 'string',
    group: 'policy',
    placeholder: 'FILE',
    example: 'keys/cosign.pub',
    help: 'A public key (PEM, a file or its text) that must have signed, in place of an identity.',
  },
  'trusted-root': {
    kind: 'string',
    group: 'policy',
    placeholder: 'ROOT',
    example: 'trusted_root.jsonl',
    help: 'Which certificate authorities and logs to trust: `public-good` (the default: Sigstore, embedded, no network), `github` (for private repositories, fetched), or a `trusted_root.json` or `.jsonl` file.',
  },
  'deny-self-hosted-runners': {
    kind: 'boolean',
    default: false,
    group: 'policy',
    help: 'What was signed on a self-hosted runner does not count.',
  },
  'max-age': {
    kind: 'string',
    group: 'policy',
    placeholder: 'AGE',
    example: '30d',
    help: 'How old a signature may be (`12h`, `30d`), from the smallest time that is proved.',
  },
  on: {
    kind: 'enum',
    values: RULE_LEVELS,
    group: 'policy',
    help: 'What the evidence must be about: `index`, `each-platform`, or `either` (the default: per platform, its own or that of the index that contains it).',
  },
  platforms: {
    kind: 'lines',
    commas: true,
    group: 'policy',
    placeholder: 'PLATFORM',
    example: 'linux/amd64',
    help: 'Which platforms of an index are asked, such as `linux/amd64,linux/arm64`. Default: all.',
  },
});

/** The inputs of the short form: a policy file says all of this itself. */
export const RULE_INPUTS = [...Object.keys(ruleOptions), 'refresh-trusted-root'] as const;

export const verifyOptions = defineOptions({
  ...commonOptions,
  'images-file': {
    kind: 'string',
    group: 'what',
    placeholder: 'FILE',
    example: 'images.txt',
    help: 'A file that names images, one a line as in `image`; `#` begins a comment. It lies in the workspace or in RUNNER_TEMP.',
  },
  shard: {
    kind: 'string',
    group: 'what',
    placeholder: 'PART',
    example: '2/8',
    help: 'Verify a part of the images only: `2/8` is the second of eight, so that the jobs of a matrix share a long list; `reports` joins what they say.',
  },
  reports: {
    kind: 'lines',
    group: 'what',
    placeholder: 'FILE',
    example: 'reports/*.json',
    help: 'In place of images: the reports of all shards (their output `report-path`), joined into one verdict. Nothing is asked of a registry.',
    conflictsWith: [...NOT_WITH_REPORTS, 'shard', 'baseline'],
  },
  baseline: {
    kind: 'string',
    group: 'what',
    placeholder: 'IMAGE',
    example: 'ghcr.io/acme/app:1.3',
    help: 'An earlier image to compare with: which platforms, types and signers it had that are missing now is said, and changes no verdict.',
  },
  policy: {
    kind: 'string',
    group: 'policy',
    placeholder: 'FILE',
    example: '.github/referrers.yml',
    help: 'The policy file; in place of the inputs from `require` to `platforms`. On a pull request it is read at the base, see `policy-ref`.',
  },
  ...ruleOptions,
  'refresh-trusted-root': {
    kind: 'boolean',
    default: false,
    group: 'policy',
    help: 'Fetch the public-good root by TUF instead of taking the embedded one.',
  },
  'policy-ref': {
    kind: 'string',
    group: 'policy',
    placeholder: 'REF',
    example: 'refs/heads/main',
    help: 'The git ref at which the policy, and every file that it names, is read through the API. Default: on a pull request, and in a merge queue, the base branch, on `issue_comment` and `workflow_run` the default branch, so that a change does not bring its own judge; otherwise the workspace.',
  },
  'policy-sha256': {
    kind: 'string',
    group: 'policy',
    placeholder: 'HEX',
    example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    help: 'The SHA-256 of the policy file. Then every file that it names must be pinned with `sha256`, or be written in it.',
    requires: ['policy'],
  },
  sources: {
    kind: 'lines',
    commas: true,
    values: EVIDENCE_PLACES,
    default: REFERRER_SOURCES,
    group: 'how',
    placeholder: 'SOURCE',
    help: "Where to look: `api` (the referrers API), `tag-schema` (the fallback tag), `in-index` (BuildKit attestations inside the index), `cosign-tags` (`.sig`, `.att`, `.sbom`), and `github` (GitHub's attestations API).",
  },
  bundles: {
    kind: 'lines',
    group: 'how',
    placeholder: 'FILE',
    example: 'attestation.sigstore.json',
    help: 'Files with Sigstore bundles (JSON, or JSON lines) that count besides what is found, one a line; each for the images that it is about.',
  },
  'attestation-repository': {
    kind: 'string',
    group: 'how',
    placeholder: 'OWNER/NAME',
    example: 'acme/app',
    help: 'The repository that `sources: github` asks; needs that source. Default: the one that a rule names, else that of the workflow run.',
  },
  mode: {
    kind: 'enum',
    values: VERIFY_MODES,
    default: 'enforce',
    group: 'output',
    help: '`enforce` ends with 1 for `fail` and 3 for `unknown`; `warn` reports the same and ends with 0.',
  },
  'missing-platforms': {
    kind: 'enum',
    values: ['unknown', 'skip'],
    default: 'unknown',
    group: 'how',
    help: 'What to make of a platform that the index names and the registry lacks: the verdict is `unknown`, or it is left out, with a notice.',
  },
  comment: {
    kind: 'boolean',
    default: false,
    group: 'output',
    permission: 'pull-requests: write',
    help: 'Write the result as a comment to the pull request, updated in place.',
  },
  'comment-key': {
    kind: 'string',
    group: 'output',
    placeholder: 'KEY',
    help: 'What tells the comment from others of this tool. Default: the workflow, the job, its place in a matrix, the step, and the repository of the images: a comment for each gate, changed with every push.',
  },
  'matrix-job': {
    kind: 'string',
    group: 'output',
    placeholder: 'N/TOTAL',
    example: '0/4',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of the workflow language
    actionDefault: '${{ strategy.job-index }}/${{ strategy.job-total }}',
    help: 'Which job of a matrix this is: so each has a comment and a check run of its own, whatever image it gets. Nothing to set in a step.',
  },
  check: {
    kind: 'boolean',
    default: false,
    group: 'output',
    permission: 'checks: write',
    help: 'Write the result as a check run with the matrix, to the head of the pull request or to the commit of the run.',
  },
  cache: {
    kind: 'boolean',
    default: false,
    group: 'how',
    help: "Keep documents between runs in GitHub's cache, by their digest; they are hashed again when they are used, and what an image has is asked of its registry all the same. In workflows only; nothing is saved on `pull_request*`, `issue_comment` and `workflow_run`.",
  },
  download: {
    kind: 'string',
    group: 'output',
    placeholder: 'DIR',
    example: 'evidence',
    help: 'Write the documents that images passed by into this folder, the bytes that were judged: `DIR/<subject>/<document>/`, with the signed statement as `statement.json`; `DIR/evidence.json` lists them. Nothing is written of an image that did not pass.',
  },
  'sarif-path': {
    kind: 'string',
    group: 'output',
    placeholder: 'FILE',
    example: 'verify.sarif',
    help: "A file for the result as SARIF 2.1.0, for `github/codeql-action/upload-sarif`: what is not met, on the policy's lines.",
  },
});

export type VerifyOptions = ParsedOptions<typeof verifyOptions>;

export const verifyCommand = defineCommand({
  name: 'verify',
  summary: 'Let an image through, or stop it and say why: its attestations and signatures against a policy.',
  options: verifyOptions,
  positionals: ['image'],
  outputs: {
    verdict: { help: '`pass`, `fail` or `unknown`, over all images.' },
    digest: { help: 'The digest that was judged, if there is one image; use it downstream in place of the tag.' },
    reference: { help: 'The same as `name@digest`; of several images one a line.' },
    'report-path': { help: 'The whole report as JSON, always written.' },
    'evidence-path': {
      help: 'The `evidence.json` of `download`: a row for each document that images passed by. Empty without `download`.',
    },
    missing: { help: 'What is missing, as JSON: image, platform, rule and why.' },
  },
  examples: [
    'oci-referrers verify ghcr.io/acme/app:1.4 --require https://slsa.dev/provenance/v1 --signer-workflow acme/app/.github/workflows/release.yml',
    'oci-referrers verify ghcr.io/acme/app:1.4 --require-unsigned application/spdx+json',
    'oci-referrers verify ghcr.io/acme/app:1.4 --policy .github/referrers.yml --format json',
  ],
});
