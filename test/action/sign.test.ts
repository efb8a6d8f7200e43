import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { runStep, type StepRun } from '../support/runner-harness.ts';
import { pushSampleImage } from '../support/sample-image.ts';
import { SPDX } from '../support/signing.ts';
import { githubIdentity } from '../support/sigstore/identity.ts';
import { type OidcService, startOidcService } from '../support/sigstore/oidc-service.ts';
import { signingConfigOf } from '../support/sigstore/signing-config.ts';
import { type SigstoreWorld, startSigstoreWorld } from '../support/sigstore/sigstore-world.ts';
import { verifyWithLibrary } from '../support/sigstore/verify-with-library.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';

interface Row {
  readonly digest: string;
  readonly status: string;
  readonly predicateType: string | null;
}

describe('attach with sign, as the runner runs it', () => {
  let registry: EmbeddedRegistry;
  let world: SigstoreWorld;
  let oidc: OidcService;
  let workspace: TempDir;
  before(async () => {
    [registry, world, oidc, workspace] = await Promise.all([
      startEmbeddedRegistry(),
      startSigstoreWorld(),
      startOidcService(githubIdentity()),
      makeTempDir(),
    ]);
    await pushSampleImage({ host: registry.host, repository: 'acme/app' }, { tag: '1.4' });
    await writeFile(join(workspace.path, 'sbom.spdx.json'), JSON.stringify(SPDX));
    await writeFile(join(workspace.path, 'signing_config.json'), signingConfigOf(world));
    await writeFile(join(workspace.path, 'trusted_root.json'), world.trustedRootJson);
  });
  after(() => Promise.all([registry.close(), world.close(), oidc.close(), workspace.remove()]));

  const step = (inputs: Readonly<Record<string, string>>, env: Readonly<Record<string, string>>): Promise<StepRun> =>
    runStep('attach', {
      with: { image: `${registry.host}/acme/app:1.4`, files: 'sbom.spdx.json', sign: 'keyless', ...inputs },
      env,
      workspace: workspace.path,
      runnerTemp: workspace.path,
    });
  const own = { 'signing-config': 'signing_config.json', 'trusted-root': 'trusted_root.json' };

  test('a keyless signature: outputs, bundle file, summary, a masked token; then all is unchanged', async () => {
    const run = await step(own, oidc.env);
    assert.equal(run.exitCode, 0, run.stdout + run.stderr);
    assert.equal(run.stderr, '');
    const rows = JSON.parse(run.outputs['attached'] ?? '[]') as Row[];
    assert.deepEqual(
      rows.map(({ status, predicateType }) => [status, predicateType]),
      [
        ['attached', null],
        ['attached', 'https://spdx.dev/Document/v2.3'],
      ],
    );
    assert.equal(run.outputs['digest'], rows[0]?.digest);
    assert.equal(run.outputs['bundle-digest'], rows[1]?.digest);
    const lines = (await readFile(run.outputs['bundle-path'] ?? '', 'utf8')).trimEnd().split('\n');
    assert.equal(lines.length, 1);
    verifyWithLibrary(world, JSON.parse(lines[0] ?? ''));
    assert.match(run.summary, /signed https&#58;\/\/spdx\.dev\/Document\/v2\.3/);
    assert.match(
      run.log,
      /signing as https:\/\/github\.com\/acme\/app\/\.github\/workflows\/release\.yml@refs\/tags\/v1\.4\.0/,
    );
    const [token] = run.messages('add-mask').filter((mask) => mask.startsWith('eyJ'));
    assert.ok(token !== undefined && !run.log.includes(token));

    const again = await step(own, oidc.env);
    const statuses = (JSON.parse(again.outputs['attached'] ?? '[]') as Row[]).map(({ status }) => status);
    assert.deepEqual(statuses, ['unchanged', 'unchanged'], again.stdout);
    assert.equal(again.outputs['bundle-path'], '');
    assert.equal(again.outputs['bundle-digest'], rows[1]?.digest);
  });

  test('without id-token: write the step fails with the line to add, and asks nobody', async () => {
    const before = registry.log.length;
    const run = await step({}, {});
    assert.equal(run.exitCode, 2);
    assert.match(run.messages('error').join('\n'), /permissions: \{ id-token: write \}/);
    assert.equal(registry.log.length, before);
  });
});
