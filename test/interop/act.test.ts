/** The examples as a runner runs them: nektos/act on this machine, real registries, the built `dist`. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import type { ActRun } from '../support/act/act-log.ts';
import { type ActProject, makeActProject } from '../support/act/act-project.ts';
import { findAct } from '../support/act/find-act.ts';
import { type DockerRegistry, skipWithoutDockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { list } from '../support/list-run.ts';
import { pushSampleIndex, type SampleIndex } from '../support/sample-image.ts';
import { githubIdentity } from '../support/sigstore/identity.ts';
import { makeKeylessBundle } from '../support/sigstore/make-bundle.ts';
import { makeStatement } from '../support/sigstore/make-statement.ts';
import { type OidcService, startOidcService } from '../support/sigstore/oidc-service.ts';
import { signingConfigOf } from '../support/sigstore/signing-config.ts';
import { type SigstoreWorld, startSigstoreWorld } from '../support/sigstore/sigstore-world.ts';

const SPDX = 'application/spdx+json';
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const SCAN = 'application/vnd.acme.scan.v1+json';
const PULL_REQUEST = {
  pull_request: { number: 7, base: { ref: 'main', sha: '0'.repeat(40) }, head: { ref: 'change' } },
};
const program = await findAct();
const skip = 'refused' in program ? program.refused : false;
const act = 'path' in program ? program.path : '';

function assertSuccess(run: ActRun): void {
  assert.equal(run.exitCode, 0, run.text);
  assert.ok(run.jobs.length > 0, run.text);
  assert.deepEqual([...new Set(run.jobs)], ['success']);
}

/** What is listed at an image and its platforms, of one type. */
async function listed(image: string, type: string, platforms: string): Promise<readonly string[]> {
  const { rows } = await list({ image, 'artifact-type': type, platforms });
  return rows.map(({ descriptor }) => descriptor.digest);
}

describe('examples, as act runs them', { skip }, () => {
  let registry: EmbeddedRegistry;
  let project: ActProject;
  let world: SigstoreWorld;
  let oidc: OidcService;
  let app: string;
  before(async () => {
    const identity = githubIdentity();
    [registry, world, oidc] = await Promise.all([
      startEmbeddedRegistry({ quirks: { referrersApi: false } }), // as ghcr.io
      startSigstoreWorld(),
      startOidcService(identity),
    ]);
    app = `${registry.host}/acme/app`;
    project = await makeActProject(act, registry.host);
    await project.write('trusted_root.json', world.trustedRootJson);
    await project.write('signing_config.json', signingConfigOf(world));
    await project.write('scripts/deploy.sh', '#!/bin/sh\necho "deployed $1"\n');
  });
  after(async () => {
    await Promise.all([registry.close(), world.close(), oidc.close()]);
    await project[Symbol.asyncDispose]();
  });

  const gate = (): Promise<ActRun> =>
    project.run({ workflow: 'gate.yml', event: 'push', with: { 'trusted-root': 'trusted_root.json' } });

  it('gate.yml stops a deployment where nothing is attached, and says what is missing', async () => {
    await pushSampleIndex({ host: registry.host, repository: 'acme/app' }, { tag: '1.4' });
    const run = await gate();
    assert.equal(run.exitCode, 1, run.text);
    assert.deepEqual(run.outputs('gate', 'verdict'), ['fail']);
    const missing = JSON.parse(run.outputs('gate', 'missing')[0] ?? '[]') as { readonly column: string }[];
    assert.deepEqual([...new Set(missing.map(({ column }) => column))].sort(), ['linux/amd64', 'linux/arm64']);
    assert.match(run.summaries.join('\n'), /slsa\.dev\/provenance\/v1/);
    assert.ok(!run.text.includes('deployed'), 'the next job ran');
  });

  it('release.yml attaches a signed SBOM and the provenance to what it pushed', async () => {
    const { descriptor } = await pushSampleIndex({ host: registry.host, repository: 'acme/app' }, { tag: '1.4' });
    const statement = makeStatement({ subject: descriptor.digest });
    const { bytes } = await makeKeylessBundle(world, { statement, identity: githubIdentity() });
    await project.write('provenance.sigstore.json', Buffer.from(bytes).toString('utf8'));
    const run = await project.run({
      workflow: 'release.yml',
      event: 'push',
      payload: { ref: 'refs/tags/v1.4.0' },
      with: { 'signing-config': 'signing_config.json', 'trusted-root': 'trusted_root.json' },
      env: oidc.env,
    });
    assertSuccess(run);
    assert.equal((await listed(`${app}:v1.4.0`, SPDX, 'index')).length, 1);
    assert.equal((await listed(`${app}:v1.4.0`, BUNDLE, 'index')).length, 2);
  });

  it('gate.yml lets it through then, and deploys the digest that was judged', async () => {
    const run = await gate();
    assertSuccess(run);
    assert.deepEqual(run.outputs('gate', 'verdict'), ['pass']);
    const [reference = ''] = run.outputs('gate', 'reference');
    assert.match(reference, /^127\.0\.0\.1:\d+\/acme\/app@sha256:[0-9a-f]{64}$/);
    assert.ok(run.text.includes(`deployed ${reference}`), run.text);
  });

  it('gate.yml judges a pull request by the public root, to which a Sigstore of our own is nobody', async () => {
    const run = await project.run({ workflow: 'gate.yml', event: 'pull_request', payload: PULL_REQUEST });
    assert.equal(run.exitCode, 1, run.text);
    assert.deepEqual(run.outputs('gate', 'verdict'), ['fail']);
    assert.match(run.summaries.join('\n'), /unknown-root-material/);
    assert.ok(!run.text.includes('deployed'), 'the next job ran');
  });

  it('per-platform.yml attaches one SBOM to each platform', async () => {
    const spdx = '{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","dataLicense":"CC0-1.0","packages":[]}';
    const each = 'for arch in amd64 arm64; do';
    await project.write(
      'scripts/make-sboms.sh',
      `#!/bin/sh\n${each} echo '${spdx}' >sbom-linux-$arch.spdx.json; done\n`,
    );
    assertSuccess(await project.run({ workflow: 'per-platform.yml', event: 'push' }));
    assert.equal((await listed(`${app}:latest`, SPDX, 'linux/amd64,linux/arm64')).length, 2);
  });

  it('download.yml lists the newest SBOM of each platform and keeps the files', async () => {
    const run = await project.run({ workflow: 'download.yml', event: 'schedule' });
    assertSuccess(run);
    assert.deepEqual(run.outputs('refs', 'count'), ['3'], 'of the index and of each platform');
    assert.equal((await readdir(join(project.uploaded, 'sboms'), { recursive: true })).length > 2, true);
  });

  it('layout.yml attaches to a layout on disk', async () => {
    await project.write('sbom.spdx.json', '{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","packages":[]}');
    await project.write('reports/scan.sarif', '{"version":"2.1.0","runs":[]}');
    const run = await project.run({ workflow: 'layout.yml', event: 'workflow_dispatch' });
    assertSuccess(run);
    assert.ok(run.text.includes('✓ attached'), run.text);
  });

  it('the post step lists again what a later step of the job overwrote', async () => {
    const image = await pushSampleIndex({ host: registry.host, repository: 'acme/app' }, { tag: 'post', name: 'post' });
    const tag = image.descriptor.digest.replace(':', '-');
    const empty = '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}';
    const overwrite = `fetch("${registry.url}/v2/acme/app/manifests/${tag}", ${JSON.stringify({
      method: 'PUT',
      headers: { 'content-type': 'application/vnd.oci.image.index.v1+json' },
      body: empty,
    })}).then(({ status }) => { if (status !== 201) process.exit(1) })`;
    await project.write('overwrite.mjs', overwrite);
    await project.write('report.json', '{"findings":0}');
    const attach = {
      uses: 'OWNER/oci-referrers/attach@v1',
      with: { image: `${app}:post`, files: 'report.json', 'artifact-type': SCAN },
    };
    const steps = [{ uses: 'actions/checkout@v5' }, attach, { run: 'node overwrite.mjs' }];
    const job = { 'runs-on': 'ubuntu-latest', steps };
    const run = await project.run({
      workflow: { on: 'workflow_dispatch', jobs: { attach: job } } as never,
      event: 'workflow_dispatch',
    });
    assertSuccess(run);
    const post = run.steps.filter(({ stage, step }) => stage === 'Post' && step.startsWith('OWNER/'));
    assert.deepEqual(
      post.map(({ result }) => result),
      ['success'],
    );
    assert.deepEqual(run.titles('warning'), ['fallback-entry-restored']);
    assert.equal((await listed(`${app}:post`, SCAN, 'index')).length, 1);
  });
});

const noRegistry = skipWithoutDockerRegistry();

describe('matrix.yml, as act runs it', { skip: skip === false ? noRegistry : skip }, () => {
  let registry: DockerRegistry;
  let image: SampleIndex;
  before(async () => {
    registry = await startDockerRegistry();
    image = await pushSampleIndex({ host: registry.host, repository: 'acme/app' }, { tag: '1.4' });
  });
  after(() => registry.close());

  it('sixteen jobs attach at the same time to a registry without the API, and all are listed', async () => {
    await using project = await makeActProject(act, registry.host);
    await project.write('scripts/scan.sh', '#!/bin/sh\necho "{\\"shard\\":$1}"\n');
    const inputs = { digest: image.descriptor.digest };
    const run = await project.run({ workflow: 'matrix.yml', event: 'workflow_dispatch', payload: { inputs } });
    assertSuccess(run);
    assert.equal(run.jobs.length, 16);
    const { rows } = await list({ image: `${registry.host}/acme/app:1.4`, 'artifact-type': SCAN, platforms: 'index' });
    const shards = rows
      .map(({ descriptor }) => Number(descriptor.annotations?.['com.acme.scan.shard']))
      .sort((a, b) => a - b);
    assert.deepEqual(
      shards,
      [...Array(16).keys()].map((i) => i + 1),
    );
  });
});
