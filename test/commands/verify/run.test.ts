import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startEmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import { BOTH_REGISTRIES } from '../../support/both-registries.ts';
import { startGithub } from '../../support/github-api.ts';
import { cellsOf, makeTrustedKey } from '../../support/judging.ts';
import {
  pushSampleImage,
  pushSampleIndex,
  type pushSampleReferrer,
  type SampleTarget,
} from '../../support/sample-image.ts';
import { githubIdentity } from '../../support/sigstore/identity.ts';
import { makeKeyBundle, makeKeylessBundle } from '../../support/sigstore/make-bundle.ts';
import { makeCosignAttestation, makeCosignSignature } from '../../support/sigstore/make-cosign.ts';
import { makeStatement, SLSA_V1 } from '../../support/sigstore/make-statement.ts';
import { pushBundle, pushCosignTag } from '../../support/sigstore/push-signed.ts';
import { type SigstoreWorld, startSigstoreWorld } from '../../support/sigstore/sigstore-world.ts';
import { makeTempDir, type TempDir } from '../../support/temp-dir.ts';
import { type VerifyRun, verify } from '../../support/verify-run.ts';

const SPDX_FILE = 'application/spdx+json';
const SPDX = JSON.stringify({
  spdxVersion: 'SPDX-2.3',
  dataLicense: 'CC0-1.0',
  SPDXID: 'SPDXRef-DOCUMENT',
  name: 'app',
  documentNamespace: 'https://acme.example/app',
  creationInfo: { created: '2026-11-22T00:00:00Z', creators: ['Tool: test'] },
  packages: [{ SPDXID: 'SPDXRef-a', name: 'a', downloadLocation: 'NOASSERTION' }],
});

const key = makeTrustedKey();
const PEM = key.trust.key.export({ type: 'spki', format: 'pem' }).toString();
let world: SigstoreWorld;
let workspace: TempDir;

before(async () => {
  [world, workspace] = await Promise.all([startSigstoreWorld(), makeTempDir()]);
  await writeFile(join(workspace.path, 'trusted_root.json'), world.trustedRootJson);
  await writeFile(join(workspace.path, 'cosign.pub'), PEM);
  await writeFile(join(workspace.path, 'policy.yml'), POLICY);
});
after(() => Promise.all([world.close(), workspace.remove()]));

const POLICY = `version: 1
trust:
  sigstore: { root: trusted_root.json }
  release-key: { key: cosign.pub }
rules:
  - name: SBOM on every platform
    on: each-platform
    artifact-type: ${SPDX_FILE}
    signed: false
  - name: provenance
    predicate-type: ${SLSA_V1}
    signed-by:
      any-of:
        - { trust: sigstore, github: { repository: acme/app, workflow: .github/workflows/release.yml, ref: "refs/tags/v*" } }
        - { trust: release-key }
    where: predicate.buildDefinition.externalParameters.workflow.ref.startsWith("refs/tags/")
`;

function run(inputs: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}): Promise<VerifyRun> {
  return verify(inputs, { workspace: workspace.path, env });
}

function verdictOf({ images }: VerifyRun): string[] {
  return images.map(({ verdict, error }) => verdict?.verdict ?? error?.code ?? '');
}

describe('verify', () => {
  for (const { name, skip, start } of BOTH_REGISTRIES) {
    describe(`on ${name}`, { skip }, () => {
      let host: string;
      let close: () => Promise<void>;
      before(async () => {
        const registry = await start();
        host = registry.host;
        close = () => registry.close();
      });
      after(() => close());

      it('takes a policy through pass, fail and back: each rule on each platform', async () => {
        const target = { host, repository: 'acme/policy' };
        const index = await pushSampleIndex(target, { tag: '1' });
        const image = `${host}/acme/policy:1`;
        const inputs = { image, policy: 'policy.yml' };
        const [amd64, arm64] = index.platforms;
        assert.ok(amd64 && arm64);
        assert.equal((await run(inputs)).verdict, 'fail');

        await attachSbom(target, amd64);
        const statement = makeStatement({ subject: index.descriptor.digest });
        await pushBundle(
          target,
          index.descriptor,
          await makeKeylessBundle(world, { statement, identity: githubIdentity() }),
        );
        const half = await run(inputs);
        assert.equal(half.verdict, 'fail');
        const [first] = half.images;
        assert.ok(first?.verdict);
        assert.deepEqual(cellsOf(first.verdict, 'SBOM on every platform'), [
          'index: not-applicable',
          'linux/amd64: pass',
          'linux/arm64: fail',
        ]);
        assert.deepEqual(cellsOf(first.verdict, 'provenance'), [
          'index: not-applicable',
          'linux/amd64: pass',
          'linux/arm64: pass',
        ]);

        await attachSbom(target, arm64);
        const whole = await run(inputs);
        assert.equal(whole.verdict, 'pass', JSON.stringify(whole.images[0]?.verdict?.rules[0]?.cells));
        assert.match(whole.used?.digest ?? '', /^sha256:/);
        assert.equal(whole.used?.roots.get('sigstore')?.[0]?.label, 'trusted_root.json');
      });

      it("takes cosign v2's tags: an attestation, by a key and keyless", async () => {
        const target = { host, repository: 'acme/cosign' };
        for (const [tag, who] of [
          ['key', { privateKey: key.privateKey }],
          ['keyless', { identity: githubIdentity() }],
        ] as const) {
          const { descriptor } = await pushSampleImage(target, { tag, name: tag });
          const statement = makeStatement({ subject: descriptor.digest });
          await pushCosignTag(target, descriptor.digest, 'att', [
            await makeCosignAttestation(world, { statement, ...who }),
          ]);
          const signature = await makeCosignSignature(world, { digest: descriptor.digest, ...who });
          await pushCosignTag(target, descriptor.digest, 'sig', [signature]);
        }
        const image = `${host}/acme/cosign:key\n${host}/acme/cosign:keyless`;
        const byKey = await run({ image, require: SLSA_V1, key: 'cosign.pub' });
        assert.deepEqual(verdictOf(byKey), ['pass', 'fail']);
        const workflow = 'acme/app/.github/workflows/release.yml';
        const keyless = { require: SLSA_V1, 'signer-workflow': workflow, 'trusted-root': 'trusted_root.json' };
        assert.deepEqual(verdictOf(await run({ image, ...keyless })), ['fail', 'pass']);
        const elsewhere = await run({ image, ...keyless, sources: 'api,tag-schema,in-index' });
        assert.deepEqual(verdictOf(elsewhere), ['fail', 'fail']);
      });

      it("counts what lies in cosign's tags and what is a referrer together: neither hides the other", async () => {
        const target = { host, repository: 'acme/mixed' };
        const { descriptor } = await pushSampleImage(target, { tag: '1' });
        const review = 'https://acme.example/review/v1';
        const inTag = makeStatement({ subject: descriptor.digest, predicateType: review });
        await pushCosignTag(target, descriptor.digest, 'att', [
          await makeCosignAttestation(world, { statement: inTag, privateKey: key.privateKey }),
        ]);
        const inputs = { image: `${host}/acme/mixed:1`, key: PEM };
        assert.equal((await run({ ...inputs, require: `${review}\n${SLSA_V1}` })).verdict, 'fail');
        const statement = makeStatement({ subject: descriptor.digest });
        await pushBundle(target, descriptor, await makeKeyBundle({ statement, privateKey: key.privateKey }));
        const both = await run({ ...inputs, require: `${review}\n${SLSA_V1}` });
        assert.equal(both.verdict, 'pass');
        const sources = both.images[0]?.verdict?.rules.map(({ cells }) => cells[0]?.evidence[0]?.item.sources[0]);
        assert.equal(sources?.[0], 'cosign-tags');
        assert.notEqual(sources?.[1], 'cosign-tags');
        const one = await run({ ...inputs, require: `${review}\n${SLSA_V1}`, sources: 'api,tag-schema' });
        assert.equal(one.verdict, 'fail');
      });

      it('judges many images, of which one that is broken hides no other', async () => {
        const target = { host, repository: 'acme/many' };
        const lines: string[] = [];
        for (const tag of ['a', 'b', 'c']) {
          const { descriptor } = await pushSampleImage(target, { tag, name: tag });
          const statement = makeStatement({ subject: descriptor.digest });
          if (tag !== 'c')
            await pushBundle(target, descriptor, await makeKeyBundle({ statement, privateKey: key.privateKey }));
          lines.push(`${host}/acme/many:${tag}`);
        }
        await writeFile(
          join(workspace.path, 'images.txt'),
          `# the fleet\n${lines.join('\n')}\n${host}/acme/many:none # gone\n`,
        );
        const { verdict, images } = await run({ 'images-file': 'images.txt', require: SLSA_V1, key: PEM });
        assert.deepEqual(
          images.map(
            ({ requested, verdict: one, error }) => `${requested.split(':').at(-1)}: ${one?.verdict ?? error?.code}`,
          ),
          ['a: pass', 'b: pass', 'c: fail', 'none: manifest-unknown'],
        );
        assert.equal(verdict, 'fail');
        const withoutFailing = await run({ image: `${lines[0]}\n${host}/acme/many:none`, require: SLSA_V1, key: PEM });
        assert.equal(withoutFailing.verdict, 'unknown');
      });
    });
  }

  it('tells the build of one commit from that of another, and of a workflow file as it was pinned', async (t) => {
    const registry = await startEmbeddedRegistry();
    t.after(() => registry.close());
    const target = { host: registry.host, repository: 'acme/app' };
    const { descriptor } = await pushSampleImage(target, { tag: '1' });
    const [built, pinned, other] = ['b1'.repeat(20), 'f1'.repeat(20), '0e'.repeat(20)] as const;
    const identity = githubIdentity({ sha: built, extra: { job_workflow_sha: pinned } });
    const statement = makeStatement({ subject: descriptor.digest });
    await pushBundle(target, descriptor, await makeKeylessBundle(world, { statement, identity }));
    const inputs = {
      image: `${registry.host}/acme/app:1`,
      require: SLSA_V1,
      'signer-workflow': 'acme/app/.github/workflows/release.yml',
      'trusted-root': 'trusted_root.json',
    };
    const verdictFor = async (digests: Readonly<Record<string, string>>): Promise<string> =>
      (await run({ ...inputs, ...digests })).verdict;
    assert.equal(await verdictFor({ 'source-digest': built, 'signer-digest': pinned }), 'pass');
    assert.equal(await verdictFor({ 'source-digest': other }), 'fail');
    assert.equal(await verdictFor({ 'source-digest': pinned }), 'fail');
    assert.equal(await verdictFor({ 'signer-digest': built }), 'fail');
    const { images } = await run({ ...inputs, 'source-digest': other });
    const [rejected] = images[0]?.verdict?.rules[0]?.cells[0]?.rejected ?? [];
    assert.deepEqual(
      rejected?.mismatch?.rows.find(({ field }) => field === 'commit'),
      { field: 'commit', expected: other, found: built, matches: false },
    );
  });

  it("takes the user's bundles, each for the images that it is about", async (t) => {
    const registry = await startEmbeddedRegistry();
    t.after(() => registry.close());
    const target = { host: registry.host, repository: 'acme/app' };
    const index = await pushSampleIndex(target, { tag: '1' });
    const other = await pushSampleImage(target, { tag: '2', name: 'other' });
    const bundles = await Promise.all(
      [...index.platforms, other.descriptor].map(async ({ digest }) => {
        const { json } = await makeKeyBundle({
          statement: makeStatement({ subject: digest }),
          privateKey: key.privateKey,
        });
        return JSON.stringify(json);
      }),
    );
    await writeFile(join(workspace.path, 'attestations.jsonl'), `${bundles.join('\n')}\n`);
    const image = `${registry.host}/acme/app:1\n${registry.host}/acme/app:2`;
    const inputs = { image, require: SLSA_V1, key: PEM, bundles: 'attestations.jsonl', on: 'each-platform' };
    assert.deepEqual(verdictOf(await run(inputs)), ['pass', 'pass']);
    await writeFile(join(workspace.path, 'one.json'), bundles[2] ?? '');
    const one = await run({ ...inputs, bundles: 'one.json' });
    assert.deepEqual(verdictOf(one), ['fail', 'pass']);
    const rejected = one.images[0]?.verdict?.rules[0]?.cells.flatMap((cell) => cell.rejected.map(({ state }) => state));
    assert.deepEqual(new Set(rejected), new Set(['wrong-subject']));
  });

  it("asks GitHub's attestations API, where sources says so: what it holds, what it cannot say", async (t) => {
    const registry = await startEmbeddedRegistry();
    t.after(() => registry.close());
    const target = { host: registry.host, repository: 'acme/app' };
    const { descriptor } = await pushSampleImage(target, { tag: '1' });
    const statement = makeStatement({ subject: descriptor.digest });
    const { json } = await makeKeylessBundle(world, { statement, identity: githubIdentity() });
    const github = await startGithub(t, { attestations: { [`acme/app ${descriptor.digest}`]: [{ snappy: json }] } });
    const env = { GITHUB_API_URL: github.url.href, GITHUB_REPOSITORY: 'acme/deploy' };
    const inputs = {
      image: `${registry.host}/acme/app:1`,
      require: SLSA_V1,
      'signer-workflow': 'acme/app/.github/workflows/release.yml',
      'trusted-root': 'trusted_root.json',
      'github-token': 'ghs_x',
    };
    assert.equal((await run(inputs, env)).verdict, 'fail');
    assert.equal(github.requests.length, 0);
    // the repository is the one that the rule names
    assert.equal((await run({ ...inputs, sources: 'api,github' }, env)).verdict, 'pass');
    assert.equal((await run({ ...inputs, sources: 'github' }, env)).verdict, 'pass');
    // one that cannot be read is no "none"
    const unread = await run({ ...inputs, sources: 'github', 'attestation-repository': 'acme/secret' }, env);
    assert.equal(unread.verdict, 'unknown');
    assert.equal(unread.images[0]?.verdict?.rules[0]?.cells[0]?.gaps[0]?.source, 'github');
  });
});

/** On any registry, as attach does it; the support for bundles attaches any one file. */
async function attachSbom(target: SampleTarget, subject: Parameters<typeof pushSampleReferrer>[1]): Promise<void> {
  const bytes = new TextEncoder().encode(SPDX);
  const made = {
    json: {},
    bytes,
    mediaType: SPDX_FILE,
    content: 'dsse-envelope' as const,
    predicateType: undefined,
  };
  await pushBundle(target, subject, made, {
    annotations: { 'dev.sigstore.bundle.content': undefined, 'dev.sigstore.bundle.predicateType': undefined },
  });
}
