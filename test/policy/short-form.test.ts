import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import { buildShortPolicy } from '../../src/policy/short-form.ts';
import type { ShortFormInputs } from '../../src/policy/short-form-inputs.ts';
import { matchesPattern } from '../../src/policy/text-matcher.ts';

const SLSA = 'https://slsa.dev/provenance/v1';
const SPDX = 'application/spdx+json';
const WORKFLOW = 'acme/app/.github/workflows/release.yml';
const ACTIONS = { kind: 'exact', text: 'https://token.actions.githubusercontent.com' };
const signed = { require: [SLSA], signerWorkflow: WORKFLOW } as const;

/** Inputs, the error's code and its whole text. */
const REFUSED: readonly (readonly [ShortFormInputs, string, string])[] = [
  [{}, 'input-conflict', 'nothing is required: require and require-unsigned are empty'],
  [
    { require: [], requireUnsigned: [], signerRepo: 'acme/app' },
    'input-conflict',
    'nothing is required: require and require-unsigned are empty',
  ],
  [
    { require: [SLSA] },
    'input-conflict',
    'require needs to know who signs: none of signer-workflow, signer-repo, certificate-identity, key is set',
  ],
  [
    { require: [SLSA], sourceRef: 'refs/heads/main' },
    'input-conflict',
    'require needs to know who signs: none of signer-workflow, signer-repo, certificate-identity, key is set',
  ],
  [
    { require: [SLSA], signerWorkflow: '' },
    'input-conflict',
    'require needs to know who signs: none of signer-workflow, signer-repo, certificate-identity, key is set',
  ],
  [
    { require: [SLSA], certificateIdentity: 'a@b.example' },
    'input-conflict',
    'certificate-identity needs certificate-oidc-issuer, which is not set',
  ],
  [{ ...signed, signerRepo: 'acme/app' }, 'input-conflict', 'signer-workflow and signer-repo cannot be given together'],
  [
    { ...signed, certificateIdentity: 'a', certificateOidcIssuer: 'b' },
    'input-conflict',
    'signer-workflow and certificate-identity cannot be given together',
  ],
  [{ ...signed, key: 'k.pub' }, 'input-conflict', 'signer-workflow and key cannot be given together'],
  [
    { require: [SLSA], key: 'k.pub', sourceRef: 'refs/heads/main' },
    'input-conflict',
    'key and source-ref cannot be given together: a key has no certificate',
  ],
  [
    { require: [SLSA], key: 'k.pub', certificateOidcIssuer: 'x' },
    'input-conflict',
    'key and certificate-oidc-issuer cannot be given together: a key has no certificate',
  ],
  [
    { require: [SLSA], key: 'k.pub', denySelfHostedRunners: true },
    'input-conflict',
    'key and deny-self-hosted-runners cannot be given together: a key has no certificate',
  ],
  [
    { require: [SLSA], key: 'k.pub', trustedRoot: 'r.json' },
    'input-conflict',
    'key and trusted-root cannot be given together: a key has no certificate',
  ],
  [{ requireUnsigned: [SPDX], signerRepo: 'acme/app' }, 'input-conflict', 'signer-repo needs require, which is empty'],
  [{ requireUnsigned: [SPDX], trustedRoot: 'github' }, 'input-conflict', 'trusted-root needs require, which is empty'],
  [
    { requireUnsigned: [SPDX], maxAge: '3d' },
    'input-conflict',
    'max-age counts from a verified time, which what require-unsigned asks for has not',
  ],
  [{ ...signed, requireUnsigned: [SLSA] }, 'input-conflict', `"${SLSA}" stands in require and in require-unsigned`],
  [{ ...signed, require: ['sbom'] }, 'input-invalid', 'require: "sbom" is neither a predicate type nor a media type'],
  [
    { ...signed, require: ['https://slsa.dev/*'] },
    'input-invalid',
    'require: "https://slsa.dev/*" is neither a predicate type nor a media type',
  ],
  [
    { requireUnsigned: ['application'] },
    'input-invalid',
    'require-unsigned: "application" is neither a predicate type nor a media type',
  ],
  [
    { ...signed, trustedRoot: 'public_good' },
    'input-invalid',
    'trusted-root: expected public-good, github or a file, got "public_good"',
  ],
  [{ ...signed, maxAge: '30' }, 'input-invalid', 'max-age: expected a duration such as 30d, 12h, 90m or 1w, got "30"'],
  [
    { ...signed, signerWorkflow: 'release.yml' },
    'input-invalid',
    'signer-workflow: expected owner/name/.github/workflows/file.yml, without a host and without @ref; got "release.yml"',
  ],
  [
    { ...signed, signerWorkflow: `${WORKFLOW}@main` },
    'input-invalid',
    `signer-workflow: expected a whole ref after @, such as @refs/heads/main; got "${WORKFLOW}@main"`,
  ],
  [
    { ...signed, signerWorkflow: `${WORKFLOW}@` },
    'input-invalid',
    `signer-workflow: expected a whole ref after @, such as @refs/heads/main; got "${WORKFLOW}@"`,
  ],
  [
    { ...signed, signerWorkflow: `${WORKFLOW}@refs/heads/main@v2` },
    'input-invalid',
    `signer-workflow: expected a whole ref after @, such as @refs/heads/main; got "${WORKFLOW}@refs/heads/main@v2"`,
  ],
  [
    { require: [SLSA], signerRepo: 'acme' },
    'input-invalid',
    'signer-repo: expected owner/name, without a host; got "acme"',
  ],
  [{ ...signed, sourceRepo: 'acme' }, 'input-invalid', 'source-repo: expected owner/name, without a host; got "acme"'],
  [
    { ...signed, sourceRef: 'main' },
    'input-invalid',
    'source-ref: expected a whole ref such as refs/heads/main or refs/tags/v*; got "main"',
  ],
  [
    { ...signed, sourceDigest: 'c0ffee1' },
    'input-invalid',
    'source-digest: expected a whole commit, 40 (or 64) hexadecimal digits in lower case; got "c0ffee1"',
  ],
  [
    { ...signed, signerDigest: `sha1:${'c0'.repeat(20)}` },
    'input-invalid',
    `signer-digest: expected a whole commit, 40 (or 64) hexadecimal digits in lower case; got "sha1:${'c0'.repeat(20)}"`,
  ],
  [
    { require: [SLSA], key: 'k.pub', sourceDigest: 'c0'.repeat(20) },
    'input-conflict',
    'key and source-digest cannot be given together: a key has no certificate',
  ],
  [
    { requireUnsigned: [SPDX], signerDigest: 'c0'.repeat(20) },
    'input-conflict',
    'signer-digest needs require, which is empty',
  ],
  [
    { require: [SLSA], sourceDigest: 'c0'.repeat(20) },
    'input-conflict',
    'require needs to know who signs: none of signer-workflow, signer-repo, certificate-identity, key is set',
  ],
  [
    { ...signed, trustedRoot: 'r.json', refreshTrustedRoot: true },
    'input-conflict',
    'refresh-trusted-root: the file of trusted-root cannot be fetched',
  ],
  [{ ...signed, platforms: ['linux'] }, 'platform-invalid', 'platform "linux" is not os/architecture[/variant]'],
];

const SLIPS: readonly (readonly [line: string, meant: string | undefined])[] = [
  ['spdxx', SPDX],
  ['SPDX', SPDX],
  ['sbom', SPDX],
  ['sbom:spd', SPDX],
  ['sbom:cyclonedx', 'application/vnd.cyclonedx+json'],
  ['cyclondx', 'application/vnd.cyclonedx+json'],
  ['slsa-provenance', SLSA],
  ['provenence', SLSA],
  ['opnvex', 'application/vnd.openvex+json'],
  ['completely-else', undefined],
];

describe('a line of require that is no type', () => {
  for (const [line, meant] of SLIPS) {
    it(`${line} names ${meant ?? 'no other'}`, () => {
      const hint = meant === undefined ? /^Expected a URL/ : `Did you mean ${meant}?`;
      assert.throws(() => buildShortPolicy({ ...signed, require: [line] }), { code: 'input-invalid', hint });
    });
  }

  it('is not what only looks like a short name: any other URI is a predicate type', () => {
    const lines = ['urn:acme:review', 'acme:review', 'https://sbom.example/v1', 'https:spdx/v1'];
    const named = ['urn:sbom:acme:v1', 'urn:provenance:acme', 'acme:sbom', 'urn:sbom', 'sbom:acme:v1'];
    for (const line of [...lines, ...named])
      assert.equal(buildShortPolicy({ ...signed, require: [line] }).rules[0]?.wanted.kind, 'predicate-type');
  });
});

describe('the short form', () => {
  it('asks of every platform where `all` stands among them', () => {
    const inputs = { requireUnsigned: [SPDX], platforms: ['linux/amd64', 'all'] };
    assert.deepEqual(
      buildShortPolicy(inputs).rules.map(({ platforms }) => platforms),
      ['all'],
    );
  });

  it('makes a rule of each line: a predicate type, a media type, what need not be signed', () => {
    const policy = buildShortPolicy({
      require: [SLSA, SPDX, SLSA],
      requireUnsigned: ['application/vnd.cyclonedx+json'],
      signerWorkflow: WORKFLOW,
      maxAge: '30d',
      on: 'each-platform',
      platforms: ['linux/amd64'],
    });
    assert.equal(policy.origin, 'inputs');
    assert.deepEqual(
      [...policy.trust.values()].map(({ name, kind }) => [name, kind]),
      [['sigstore', 'sigstore']],
    );
    const shared = { on: 'each-platform', platforms: [{ os: 'linux', architecture: 'amd64' }] } as const;
    const [slsa, spdx, cyclonedx, none] = policy.rules;
    assert.equal(none, undefined);
    const signedBy = {
      atLeast: 1,
      of: [{ trust: 'sigstore', issuer: ACTIONS, github: { signerWorkflow: { kind: 'exact', text: WORKFLOW } } }],
    };
    assert.partialDeepStrictEqual(slsa, {
      ...shared,
      name: SLSA,
      signed: true,
      maxAge: 2_592_000,
      wanted: { kind: 'predicate-type', types: [SLSA] },
      signedBy,
    });
    assert.partialDeepStrictEqual(spdx, {
      ...shared,
      name: SPDX,
      signed: true,
      wanted: { kind: 'artifact-type', types: [SPDX] },
      signedBy,
    });
    assert.partialDeepStrictEqual(cyclonedx, { ...shared, signed: false, wanted: { kind: 'artifact-type' } });
    assert.ok(cyclonedx !== undefined && !('signedBy' in cyclonedx) && !('maxAge' in cyclonedx));
    assert.equal(slsa?.signedBy?.of[0]?.identity, undefined);
  });

  it('trusts the public-good root unless another is named, and none where nothing is to be signed', () => {
    const rootOf = (trustedRoot?: string): unknown =>
      buildShortPolicy({ ...signed, trustedRoot }).trust.get('sigstore');
    assert.partialDeepStrictEqual(rootOf(), { root: 'public-good', refresh: false });
    assert.partialDeepStrictEqual(rootOf('github'), { root: 'github' });
    assert.partialDeepStrictEqual(rootOf('roots.jsonl'), { root: { kind: 'file', path: 'roots.jsonl' } });
    assert.partialDeepStrictEqual(rootOf('{"mediaType": "x"}'), { root: { kind: 'inline' } });
    assert.partialDeepStrictEqual(buildShortPolicy({ ...signed, refreshTrustedRoot: true }).trust.get('sigstore'), {
      refresh: true,
    });
    assert.equal(buildShortPolicy({ requireUnsigned: [SPDX] }).trust.size, 0);
  });

  for (const [given, path, identity] of [
    [WORKFLOW, WORKFLOW, undefined],
    [`github.com/${WORKFLOW}`, WORKFLOW, undefined],
    [`https://github.com/${WORKFLOW}`, WORKFLOW, undefined],
    [`${WORKFLOW}@refs/heads/main`, WORKFLOW, `https://github.com/${WORKFLOW}@refs/heads/main`],
    [`https://github.com/${WORKFLOW}@refs/tags/v1`, WORKFLOW, `https://github.com/${WORKFLOW}@refs/tags/v1`],
  ] as const) {
    it(`takes signer-workflow ${given}`, () => {
      const signer = buildShortPolicy({ require: [SLSA], signerWorkflow: given }).rules[0]?.signedBy?.of[0];
      assert.deepEqual(signer?.github, { signerWorkflow: { kind: 'exact', text: path } });
      assert.deepEqual(signer?.identity?.text, identity);
      assert.deepEqual(signer?.issuer, ACTIONS);
    });
  }

  it('pins the commit that was built, and that of the workflow file', () => {
    const digests = { sourceDigest: 'c0'.repeat(20), signerDigest: '5e'.repeat(32) };
    const signer = buildShortPolicy({ ...signed, ...digests }).rules[0]?.signedBy?.of[0];
    assert.partialDeepStrictEqual(signer?.github, { commit: digests.sourceDigest, signerCommit: digests.signerDigest });
  });

  it('takes a repository with what narrows it down', () => {
    const policy = buildShortPolicy({
      require: [SLSA],
      signerRepo: 'github.com/acme/app',
      sourceRepo: 'acme/caller',
      sourceRef: 'refs/tags/v*',
      denySelfHostedRunners: true,
    });
    const signer = policy.rules[0]?.signedBy?.of[0];
    assert.deepEqual(signer?.github, {
      signerRepository: { kind: 'exact', text: 'acme/app' },
      repository: { kind: 'exact', text: 'acme/caller' },
      ref: { kind: 'glob', text: 'refs/tags/v*' },
      runner: 'github-hosted',
    });
  });

  it('takes an identity with its issuer, or with none said so', () => {
    const policy = buildShortPolicy({
      require: [SLSA],
      certificateIdentity: '*@acme.example',
      certificateOidcIssuer: 'https://accounts.example',
    });
    const signer = policy.rules[0]?.signedBy?.of[0];
    assert.ok(signer?.identity !== undefined && matchesPattern(signer.identity, 'a@acme.example'));
    assert.deepEqual(signer.issuer, { kind: 'exact', text: 'https://accounts.example' });
    assert.equal(signer.github, undefined);
    const none = buildShortPolicy({ require: [SLSA], certificateIdentity: 'x', certificateOidcIssuer: 'none' });
    assert.equal(none.rules[0]?.signedBy?.of[0]?.issuer, 'none');
  });

  it('takes a key as a file or as its text', () => {
    const file = buildShortPolicy({ require: [SLSA], key: 'keys/cosign.pub', maxAge: '1w' });
    assert.partialDeepStrictEqual(file.trust.get('key'), {
      kind: 'key',
      log: 'none',
      key: { kind: 'file', path: 'keys/cosign.pub' },
    });
    const signer = file.rules[0]?.signedBy?.of[0];
    assert.deepEqual(signer, { trust: 'key', at: { file: 'inputs' } });
    const inline = buildShortPolicy({
      require: [SLSA],
      key: '-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----',
    });
    assert.partialDeepStrictEqual(inline.trust.get('key'), { key: { kind: 'inline' } });
  });

  for (const [inputs, code, message] of REFUSED) {
    it(`is refused: ${message} (${JSON.stringify(inputs).slice(0, 80)})`, () => {
      assert.throws(
        () => buildShortPolicy(inputs),
        (thrown) => {
          assert.ok(thrown instanceof CodedError);
          assert.equal(thrown.message, message);
          assert.equal(thrown.code, code);
          return true;
        },
      );
    });
  }

  it('speaks of the inputs as the shell does', () => {
    assert.throws(() => buildShortPolicy({ require: [SLSA], certificateIdentity: 'a' }, (name) => `--${name}`), {
      message: '--certificate-identity needs --certificate-oidc-issuer, which is not set',
    });
  });
});
