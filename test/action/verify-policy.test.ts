import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { type FakeGithub, type FakeGithubOptions, startGithub } from '../support/github-api.ts';
import { makeTrustedKey } from '../support/judging.ts';
import { makeNotationWorld } from '../support/notation/notation-world.ts';
import { runStep, type StepRun } from '../support/runner-harness.ts';
import { pushSampleIndex, type SampleIndex, type SampleTarget } from '../support/sample-image.ts';
import { emailIdentity, githubIdentity } from '../support/sigstore/identity.ts';
import { type MadeBundle, makeKeyBundle, makeKeylessBundle } from '../support/sigstore/make-bundle.ts';
import { makeStatement } from '../support/sigstore/make-statement.ts';
import { pushBundle } from '../support/sigstore/push-signed.ts';
import { type SigstoreWorld, startSigstoreWorld } from '../support/sigstore/sigstore-world.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';

const SPDX_FILE = 'application/spdx+json';
const REVIEW = 'https://example.com/review/v1';
const key = makeTrustedKey();
const PEM = key.trust.key.export({ type: 'spki', format: 'pem' }).toString();

const corp = makeNotationWorld();
const CORP_ROOT = corp.ca.root.certificate.toString();
const TSA_ROOT = corp.tsa.root.certificate.toString();

/** The long form: presence, provenance by identity and condition, two of two reviewers, a signed SBOM, a waiver. */
const POLICY = `version: 1
trust:
  sigstore: { root: trusted_root.json }
  release-key: { key: keys/cosign.pub, log: none }
  corp: { notation: { ca: [certs/corp-root.pem], tsa: [certs/tsa.pem], level: strict } }
rules:
  - name: SBOM on every platform
    on: each-platform
    artifact-type: [${SPDX_FILE}, application/vnd.cyclonedx+json]
    signed: false
  - name: SLSA provenance from our release workflow
    predicate-type: https://slsa.dev/provenance/v1
    signed-by:
      any-of:
        - { trust: sigstore, github: { repository: acme/app, workflow: .github/workflows/release.yml, ref: "refs/tags/v*" } }
        - { trust: release-key }
    max-age: 30d
    where: predicate.buildDefinition.externalParameters.workflow.ref.startsWith("refs/tags/")
  - name: two reviewers
    predicate-type: ${REVIEW}
    signed-by:
      at-least: 2
      of:
        - { trust: sigstore, identity: "first-reviewer@acme.example", issuer: "https://accounts.example" }
        - { trust: sigstore, identity: "second-reviewer@acme.example", issuer: "https://accounts.example" }
        - { trust: corp, identity: ["C=US, O=Acme"] }
  - name: the SBOM is itself signed
    on: each-platform
    artifact-type: ${SPDX_FILE}
    referrer: { signed-by: { trust: release-key } }
waivers:
  - { rule: two reviewers, image: "*/acme/legacy*", until: 2099-01-31, reason: "being retired" }
`;

let registry: EmbeddedRegistry;
let world: SigstoreWorld;
let workspace: TempDir;
before(async () => {
  [registry, world, workspace] = await Promise.all([startEmbeddedRegistry(), startSigstoreWorld(), makeTempDir()]);
  await mkdir(join(workspace.path, 'keys'));
  await writeFile(join(workspace.path, 'trusted_root.json'), world.trustedRootJson);
  await writeFile(join(workspace.path, 'keys/cosign.pub'), PEM);
  await mkdir(join(workspace.path, 'certs'));
  await writeFile(join(workspace.path, 'certs/corp-root.pem'), CORP_ROOT);
  await writeFile(join(workspace.path, 'certs/tsa.pem'), TSA_ROOT);
  await writeFile(join(workspace.path, 'referrers.yml'), POLICY);
});
after(() => Promise.all([registry.close(), world.close(), workspace.remove()]));

function verify(inputs: Record<string, string>, env: Record<string, string> = {}): Promise<StepRun> {
  const files = { workspace: workspace.path, runnerTemp: join(workspace.path, 'temp') };
  return runStep('verify', { with: { retries: '0', ...inputs }, ...files, env });
}

function spdxOf(name: string): MadeBundle {
  const text = JSON.stringify({
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name,
    documentNamespace: `https://acme.example/${name}`,
    creationInfo: { created: '2026-11-22T00:00:00Z', creators: ['Tool: test'] },
    packages: [{ SPDXID: 'SPDXRef-a', name: 'a', downloadLocation: 'NOASSERTION' }],
  });
  const bytes = new TextEncoder().encode(text);
  return { json: {}, bytes, mediaType: SPDX_FILE, content: 'dsse-envelope', predicateType: undefined };
}

async function sign(target: SampleTarget, subject: Descriptor, predicateType: string, identity: object): Promise<void> {
  const statement = makeStatement({ subject: subject.digest, predicateType });
  await pushBundle(target, subject, await makeKeylessBundle(world, { statement, identity: { ...identity } }));
}

/** An image that meets the policy, but for the rules that are left out. */
async function pushReleased(repository: string, without: readonly string[] = []): Promise<SampleIndex> {
  const target = { host: registry.host, repository };
  const index = await pushSampleIndex(target, { tag: '1' });
  for (const platform of index.platforms) {
    const sbom = spdxOf(`${repository}-${platform.platform?.architecture}`);
    const plain = { 'dev.sigstore.bundle.content': undefined, 'dev.sigstore.bundle.predicateType': undefined };
    const digest = await pushBundle(target, platform, sbom, { annotations: plain });
    if (without.includes('sbom signature')) continue;
    const statement = makeStatement({ subject: digest, predicateType: 'https://example.com/approved/v1' });
    const response = await fetch(`http://${registry.host}/v2/${repository}/manifests/${digest}`);
    const size = (await response.arrayBuffer()).byteLength;
    const subject = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size };
    await pushBundle(target, subject, await makeKeyBundle({ statement, privateKey: key.privateKey }));
  }
  await sign(target, index.descriptor, 'https://slsa.dev/provenance/v1', githubIdentity());
  await sign(target, index.descriptor, REVIEW, emailIdentity('first-reviewer@acme.example'));
  if (!without.includes('second review')) {
    await sign(target, index.descriptor, REVIEW, emailIdentity('second-reviewer@acme.example'));
  }
  return index;
}

describe('the Action verify, policy file', () => {
  test('passes an image that meets every rule', async () => {
    const index = await pushReleased('acme/app');
    const step = await verify({ image: `${registry.host}/acme/app:1`, policy: 'referrers.yml' });
    assert.equal(step.exitCode, 0, step.stdout + step.stderr);
    assert.equal(step.outputs['reference'], `${registry.host}/acme/app@${index.descriptor.digest}`);
    assert.deepEqual(step.messages('error'), []);
  });

  test('fails where one reviewer has signed, on the line of the rule; and is waived for what is retired, loudly', async () => {
    await pushReleased('acme/half', ['second review']);
    const step = await verify({ image: `${registry.host}/acme/half:1`, policy: 'referrers.yml' });
    assert.equal(step.exitCode, 1, step.stdout + step.stderr);
    const line = POLICY.split('\n').findIndex((text) => text.includes('two reviewers')) + 1;
    const errors = step.commands.filter(({ name }) => name === 'error');
    assert.ok(errors.length > 0);
    for (const { properties } of errors) {
      assert.deepEqual([properties['file'], properties['line']], ['referrers.yml', String(line)]);
    }
    const missing = JSON.parse(step.outputs['missing'] ?? '') as { readonly rule: string }[];
    assert.deepEqual([...new Set(missing.map(({ rule }) => rule))], ['two reviewers']);

    await pushReleased('acme/legacy-app', ['second review']);
    const waived = await verify({ image: `${registry.host}/acme/legacy-app:1`, policy: 'referrers.yml' });
    assert.equal(waived.exitCode, 0, waived.stdout);
    assert.match(waived.messages('warning').join('\n'), /being retired/);
  });

  test('does not know where a list of one platform cannot be read, and says which', async () => {
    const { platforms } = await pushReleased('acme/unread');
    const arm64 = platforms.find(({ platform }) => platform?.architecture === 'arm64')?.digest ?? '';
    registry.quirks.failure = { status: 503, match: ({ path }) => path.endsWith(`/referrers/${arm64}`) };
    try {
      const step = await verify({ image: `${registry.host}/acme/unread:1`, policy: 'referrers.yml' });
      assert.equal(step.exitCode, 3, step.stdout + step.stderr);
      assert.equal(step.outputs['verdict'], 'unknown');
      const missing = JSON.parse(step.outputs['missing'] ?? '') as {
        readonly rule: string;
        readonly platform: string;
      }[];
      assert.deepEqual(
        missing.map(({ rule }) => rule),
        ['SBOM on every platform', 'the SBOM is itself signed'],
      );
      assert.match(step.summary, /could not be looked at/);
    } finally {
      registry.quirks.failure = undefined;
    }
  });

  test('fails where the SBOM has no signature of its own', async () => {
    await pushReleased('acme/unsigned-sbom', ['sbom signature']);
    const step = await verify({ image: `${registry.host}/acme/unsigned-sbom:1`, policy: 'referrers.yml' });
    assert.equal(step.exitCode, 1, step.stdout);
    assert.match(step.messages('error').join('\n'), /SBOM is itself signed|unsigned-sbom/);
  });

  test('shows every error of a policy on its own line, and asks nothing', async () => {
    const text = POLICY.replace('on: each-platform', 'on: each-platfrm').replace('at-least: 2', 'at-least: 7');
    await writeFile(join(workspace.path, 'wrong.yml'), text);
    const step = await verify({ image: '127.0.0.1:1/acme/app:1', policy: 'wrong.yml' });
    assert.equal(step.exitCode, 2, step.stdout);
    const lines = step.commands.filter(({ name }) => name === 'error').map(({ properties }) => properties['line']);
    const lineOf = (part: string): string => String(text.split('\n').findIndex((one) => one.includes(part)) + 1);
    assert.deepEqual(lines.toSorted(), [lineOf('each-platfrm'), lineOf('at-least: 7')].toSorted());
  });
});

describe('the Action verify on a pull request', () => {
  async function onPullRequest(
    t: TestContext,
    github: FakeGithubOptions,
  ): Promise<{ readonly github: FakeGithub; readonly env: Record<string, string> }> {
    const fake = await startGithub(t, { commits: { 'acme/app heads/main': 'c'.repeat(40) }, ...github });
    const path = join(workspace.path, 'event.json');
    const base = { ref: 'main', repo: { full_name: 'acme/app' } };
    await writeFile(path, JSON.stringify({ pull_request: { number: 7, base } }));
    const env = {
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_EVENT_PATH: path,
      GITHUB_REPOSITORY: 'acme/app',
      GITHUB_WORKFLOW: 'Gate',
      GITHUB_JOB: 'verify',
      GITHUB_API_URL: fake.url.href,
    };
    return { github: fake, env };
  }

  const BASE = {
    'acme/app heads/main referrers.yml': POLICY,
    'acme/app heads/main keys/cosign.pub': PEM,
    'acme/app heads/main certs/corp-root.pem': CORP_ROOT,
    'acme/app heads/main certs/tsa.pem': TSA_ROOT,
  };

  test('writes one comment, updates it in the next run, and one of its own for another image', async (t) => {
    const files = { ...BASE, 'acme/app heads/main trusted_root.json': world.trustedRootJson };
    const { github, env } = await onPullRequest(t, { files });
    await pushReleased('acme/commented', ['second review']);
    const inputs = { policy: 'referrers.yml', comment: 'true', 'github-token': 'ghs_token' };
    const image = `${registry.host}/acme/commented:1`;
    const first = await verify({ image, ...inputs }, env);
    assert.equal(first.exitCode, 1, first.stdout);
    assert.equal(github.comments.length, 1, first.stdout);
    assert.match(github.comments[0]?.body ?? '', /two reviewers/);
    // what a later push builds has another tag, or is named by another digest
    await verify({ image: `${registry.host}/acme/commented@${first.outputs['digest']}`, ...inputs }, env);
    assert.equal(github.comments.length, 1);
    await verify({ image, ...inputs, 'matrix-job': '1/2' }, env);
    assert.equal(github.comments.length, 2);
    await pushReleased('acme/other');
    await verify({ image: `${registry.host}/acme/other:1`, ...inputs }, env);
    assert.equal(github.comments.length, 3);
  });

  test("a fork's token cannot comment: a warning, and the verdict stands", async (t) => {
    const files = { ...BASE, 'acme/app heads/main trusted_root.json': world.trustedRootJson };
    const { github, env } = await onPullRequest(t, {
      files,
      answer: ({ method }) =>
        method === 'POST' ? { status: 403, body: { message: 'Resource not accessible by integration' } } : undefined,
    });
    await pushReleased('acme/fork');
    const image = `${registry.host}/acme/fork:1`;
    const step = await verify({ image, policy: 'referrers.yml', comment: 'true', 'github-token': 'ghs_token' }, env);
    assert.equal(step.exitCode, 0, step.stdout);
    assert.equal(step.outputs['verdict'], 'pass');
    assert.match(step.messages('warning').join('\n'), /comment was not written/);
    assert.equal(github.comments.length, 0);
  });

  test('writes no comment where the event is about no pull request, and warns of nothing', async (t) => {
    const { github, env } = await onPullRequest(t, { files: BASE });
    await pushReleased('acme/pushed');
    const image = `${registry.host}/acme/pushed:1`;
    const inputs = { 'require-unsigned': 'application/spdx+json', comment: 'true', 'github-token': 'ghs_token' };
    const step = await verify({ image, ...inputs }, { ...env, GITHUB_EVENT_NAME: 'push' });
    assert.equal(step.exitCode, 0, step.stdout);
    assert.doesNotMatch(step.messages('warning').join('\n'), /comment/);
    assert.match(step.stdout, /No comment is written: the event "push" is about no pull request/);
    assert.equal(github.comments.length, 0);
  });

  test('a policy that the base does not have: unknown, with the errors of the proposal, outputs set; 0 under warn', async (t) => {
    const { env } = await onPullRequest(t, {});
    await writeFile(join(workspace.path, 'proposed.yml'), POLICY.replace('on: each-platform', 'on: each-platfrm'));
    const inputs = { image: `${registry.host}/acme/app:1`, policy: 'proposed.yml', 'github-token': 'ghs_token' };
    const step = await verify(inputs, env);
    assert.equal(step.exitCode, 3, step.stdout);
    assert.equal(step.outputs['verdict'], 'unknown');
    const titles = step.commands.filter(({ name }) => name === 'error').map(({ properties }) => properties['title']);
    assert.deepEqual(titles.toSorted(), ['policy-invalid', 'policy-not-on-base']);
    const report = JSON.parse(await readFile(step.outputs['report-path'] ?? '', 'utf8')) as {
      readonly verdict: string;
    };
    assert.equal(report.verdict, 'unknown');
    const warned = await verify({ ...inputs, mode: 'warn' }, env);
    assert.deepEqual([warned.exitCode, warned.outputs['verdict']], [0, 'unknown']);
  });
});
