/** The workflows of the README, pasted as they stand: act on this machine, a registry without the API, the built `dist`. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import type { ActRun } from '../support/act/act-log.ts';
import { type ActProject, makeActProject, type Workflow, type WorkflowRun } from '../support/act/act-project.ts';
import { findAct } from '../support/act/find-act.ts';
import { list } from '../support/list-run.ts';
import { PROJECT_ROOT } from '../support/runner-harness.ts';
import { pushSampleIndex } from '../support/sample-image.ts';
import { githubIdentity } from '../support/sigstore/identity.ts';
import { type OidcService, startOidcService } from '../support/sigstore/oidc-service.ts';
import { signingConfigOf } from '../support/sigstore/signing-config.ts';
import { type SigstoreWorld, startSigstoreWorld } from '../support/sigstore/sigstore-world.ts';

type Job = Workflow['jobs'][string];

const SPDX = 'application/spdx+json';
const program = await findAct();
const skip = 'refused' in program ? program.refused : false;
const readme = await readFile(join(PROJECT_ROOT, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, block = '']) => block);
const ran = new Set<string>();

/** The one block that has this text, as a job: some are the steps alone. */
function jobWith(text: string): Job {
  const found = blocks.filter((block) => block.includes(text));
  assert.equal(found.length, 1, `blocks with ${text}`);
  const [block = ''] = found;
  ran.add(block);
  const value = parse(block) as Job | Job['steps'];
  return Array.isArray(value) ? { steps: [{ uses: 'actions/checkout@v5' }, ...value] } : value;
}

describe('the workflows of the README, as act runs them', { skip }, () => {
  let registry: EmbeddedRegistry;
  let project: ActProject;
  let world: SigstoreWorld;
  let oidc: OidcService;
  let image: string;
  before(async () => {
    [registry, world, oidc] = await Promise.all([
      startEmbeddedRegistry({ quirks: { referrersApi: false } }), // as ghcr.io
      startSigstoreWorld(),
      startOidcService(githubIdentity()),
    ]);
    const target = { host: registry.host, repository: 'acme/app' };
    image = `${registry.host}/acme/app:1.4`;
    project = await makeActProject('path' in program ? program.path : '', registry.host);
    await project.write('trusted_root.json', world.trustedRootJson);
    await project.write('signing_config.json', signingConfigOf(world));
    await project.write('deploy', '#!/bin/sh\necho "deployed $1"\n');
    await pushSampleIndex(target, { tag: '1.4' });
  });
  after(async () => {
    await Promise.all([registry.close(), world.close(), oidc.close()]);
    await project[Symbol.asyncDispose]();
  });

  const run = (job: Job, more: Partial<WorkflowRun> = {}): Promise<ActRun> => {
    const workflow = { on: 'push', jobs: { job: { 'runs-on': 'ubuntu-latest', ...job } } };
    return project.run({ workflow, event: 'push', ...more });
  };
  /** There is no cluster: a script of the project says in place of kubectl what it was given. */
  const gate = (): Promise<ActRun> => {
    const job = jobWith('signer-workflow:');
    const steps = job.steps.map((step) =>
      step.run === undefined
        ? step
        : { ...step, run: step.run.replace('kubectl set image deployment/app app=', './deploy ') },
    );
    return run({ ...job, steps }, { with: { 'trusted-root': 'trusted_root.json' } });
  };
  const countOf = async (platforms: string): Promise<number> =>
    (await list({ image, 'artifact-type': SPDX, platforms })).count;

  it('the gate stops what nothing is attached to', async () => {
    const stopped = await gate();
    assert.equal(stopped.exitCode, 1, stopped.text);
    assert.deepEqual(stopped.outputs('gate', 'verdict'), ['fail']);
    assert.ok(!stopped.text.includes('deployed'), 'the next step ran');
  });

  it('the release attaches an SBOM and its signature', async () => {
    const signing = { 'signing-config': 'signing_config.json', 'trusted-root': 'trusted_root.json' };
    const released = await run(jobWith('sign: keyless'), { with: signing, env: oidc.env });
    assert.equal(released.exitCode, 0, released.text);
    assert.equal(await countOf('index'), 1);
  });

  it('the gate lets that through, and deploys the digest that was judged', async () => {
    const passed = await gate();
    assert.equal(passed.exitCode, 0, passed.text);
    const [reference = ''] = passed.outputs('gate', 'reference');
    assert.match(reference, /@sha256:[0-9a-f]{64}$/);
    assert.ok(passed.text.includes(`deployed ${reference}`), passed.text);
  });

  it('a policy file judges it, too', async () => {
    const workflow = '.github/workflows/release.yml';
    const policy = {
      version: 1,
      trust: { sigstore: { root: 'trusted_root.json' } },
      rules: [
        {
          name: 'an SBOM of the release',
          'predicate-type': 'https://spdx.dev/Document/v2.3',
          'signed-by': { trust: 'sigstore', github: { repository: 'acme/app', workflow } },
        },
      ],
    };
    await project.write('.github/referrers.yml', JSON.stringify(policy)); // JSON is YAML
    const judged = await run(jobWith('policy: .github/referrers.yml'));
    assert.equal(judged.exitCode, 0, judged.text);
  });

  it('placeholders attach an SBOM to each platform', async () => {
    const spdx = { spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', dataLicense: 'CC0-1.0' };
    for (const name of ['amd64', 'arm64']) {
      await project.write(`sbom-linux-${name}.spdx.json`, JSON.stringify({ ...spdx, name }));
    }
    const attached = await run(jobWith('sbom-{os}-{arch}'));
    assert.equal(attached.exitCode, 0, attached.text);
    assert.equal(await countOf('linux/amd64,linux/arm64'), 2);
  });

  it('a listing gives the digests to the next step', async () => {
    const listed = await run(jobWith('min-count:'));
    assert.equal(listed.exitCode, 0, listed.text);
    assert.deepEqual(listed.outputs('refs', 'count'), ['3'], 'of the index and of each platform');
    const [digests = ''] = listed.outputs('refs', 'digests');
    assert.match(digests, /^(?:sha256:[0-9a-f]{64}(?:\n|$)){3}$/);
    const echoed = listed.text.split('\n').filter((line) => line.includes('"raw_output":true'));
    for (const digest of digests.split('\n'))
      assert.ok(
        echoed.some((line) => line.includes(digest)),
        listed.text,
      );
  });

  it('are all of its workflows', () => {
    assert.ok(blocks.length > 0);
    assert.deepEqual(
      blocks.filter((block) => !ran.has(block)),
      [],
    );
  });
});
