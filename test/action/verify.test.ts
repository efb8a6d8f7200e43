import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { runStep, type StepRun } from '../support/runner-harness.ts';
import { pushSampleImage, pushSampleIndex, type SampleTarget } from '../support/sample-image.ts';
import { githubIdentity } from '../support/sigstore/identity.ts';
import { makeKeylessBundle } from '../support/sigstore/make-bundle.ts';
import { makeStatement, SLSA_V1 } from '../support/sigstore/make-statement.ts';
import { pushBundle } from '../support/sigstore/push-signed.ts';
import { type SigstoreWorld, startSigstoreWorld } from '../support/sigstore/sigstore-world.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';

const WORKFLOW = 'acme/app/.github/workflows/release.yml';

let registry: EmbeddedRegistry;
let world: SigstoreWorld;
let workspace: TempDir;
let count = 0;

before(async () => {
  [registry, world, workspace] = await Promise.all([startEmbeddedRegistry(), startSigstoreWorld(), makeTempDir()]);
  await writeFile(join(workspace.path, 'trusted_root.json'), world.trustedRootJson);
});
after(() => Promise.all([registry.close(), world.close(), workspace.remove()]));

/** A repository of one test. */
function repository(): SampleTarget & { readonly name: string } {
  const name = `acme/app${count++}`;
  return { host: registry.host, repository: name, name: `${registry.host}/${name}` };
}

function verify(inputs: Record<string, string>): Promise<StepRun> {
  const files = { workspace: workspace.path, runnerTemp: join(workspace.path, 'temp') };
  return runStep('verify', { with: { retries: '0', ...inputs }, ...files });
}

interface ReportJson {
  readonly verdict: string;
  readonly images: readonly unknown[];
}

async function readReport(step: StepRun): Promise<ReportJson> {
  return JSON.parse(await readFile(step.outputs['report-path'] ?? '', 'utf8')) as ReportJson;
}

/** The short form as a release workflow uses it. */
function shortForm(image: string): Record<string, string> {
  return {
    image,
    require: `${SLSA_V1}\n`,
    'signer-workflow': WORKFLOW,
    'trusted-root': 'trusted_root.json',
    'max-age': '30d',
  };
}

describe('the Action verify, short form', () => {
  test('passes an image that the release workflow attested: outputs, summary, report', async () => {
    const target = repository();
    const index = await pushSampleIndex(target, { tag: '1.4' });
    const statement = makeStatement({ subject: index.descriptor.digest });
    await pushBundle(
      target,
      index.descriptor,
      await makeKeylessBundle(world, { statement, identity: githubIdentity() }),
    );
    const step = await verify(shortForm(`${target.name}:1.4`));
    assert.equal(step.exitCode, 0, step.stdout + step.stderr);
    assert.deepEqual(
      { ...step.outputs, 'report-path': '' },
      {
        verdict: 'pass',
        digest: index.descriptor.digest,
        reference: `${target.name}@${index.descriptor.digest}`,
        missing: '[]',
        'evidence-path': '',
        'report-path': '',
      },
    );
    const report = await readReport(step);
    assert.deepEqual([report.verdict, report.images.length], ['pass', 1]);
    assert.deepEqual(step.messages('error'), []);
    assert.ok(step.summary.includes('linux/amd64'), step.summary);
  });

  test('fails one that another workflow attested, and says who did', async () => {
    const target = repository();
    const image = await pushSampleImage(target, { tag: '1.4' });
    const statement = makeStatement({ subject: image.descriptor.digest });
    const identity = githubIdentity({ workflow: '.github/workflows/other.yml' });
    await pushBundle(target, image.descriptor, await makeKeylessBundle(world, { statement, identity }));
    const step = await verify(shortForm(`${target.name}:1.4`));
    assert.equal(step.exitCode, 1, step.stdout + step.stderr);
    assert.equal(step.outputs['verdict'], 'fail');
    assert.equal(step.messages('error').length, 1);
    assert.match(step.messages('error').join('\n'), /other\.yml/);
    assert.match(step.summary, /untrusted-identity/);
    assert.equal(JSON.parse(step.outputs['missing'] ?? '').length, 1);
  });

  test('does not know where a list cannot be read, and that is no pass', async () => {
    const target = repository();
    await pushSampleImage(target, { tag: '1.4' });
    registry.quirks.failure = { status: 503, match: ({ path }) => path.includes('/referrers/') };
    try {
      const step = await verify(shortForm(`${target.name}:1.4`));
      assert.equal(step.exitCode, 3, step.stdout + step.stderr);
      assert.equal(step.outputs['verdict'], 'unknown');
      assert.match(step.messages('error').join('\n'), /could not look/);
    } finally {
      registry.quirks.failure = undefined;
    }
  });

  test('warns only, with mode: warn, and ends with 0; a usage error stays 2', async () => {
    const target = repository();
    await pushSampleImage(target, { tag: '1.4' });
    const step = await verify({ ...shortForm(`${target.name}:1.4`), mode: 'warn' });
    assert.equal(step.exitCode, 0);
    assert.equal(step.outputs['verdict'], 'fail');
    assert.deepEqual(step.messages('error'), []);
    assert.equal(step.messages('warning').length, 1);
    const usage = await verify({ ...shortForm(`${target.name}:1.4`), mode: 'warn', 'max-age': 'soon' });
    assert.equal(usage.exitCode, 2);
  });

  test('does the same as command verify of the root Action', async () => {
    const target = repository();
    const image = await pushSampleImage(target, { tag: '1.4' });
    const statement = makeStatement({ subject: image.descriptor.digest });
    await pushBundle(
      target,
      image.descriptor,
      await makeKeylessBundle(world, { statement, identity: githubIdentity() }),
    );
    const inputs = { command: 'verify', ...shortForm(`${target.name}:1.4`) };
    const step = await runStep('.', { with: inputs, workspace: workspace.path });
    assert.equal(step.exitCode, 0, step.stdout + step.stderr);
    assert.equal(step.outputs['verdict'], 'pass');
  });
});
