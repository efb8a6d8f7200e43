import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { BOTH_REGISTRIES } from '../../../support/both-registries.ts';
import { pushSampleIndex } from '../../../support/sample-image.ts';
import { type SigningStage, SPDX, startSigning } from '../../../support/signing.ts';
import { type VerifyRun, verify } from '../../../support/verify-run.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PEM = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
const PUBLIC_PEM = createPublicKey(privateKey).export({ format: 'pem', type: 'spki' }).toString();
const WORKFLOW = { 'signer-workflow': 'acme/app/.github/workflows/release.yml', 'trusted-root': 'trusted_root.json' };

describe('what attach signs satisfies the gate', () => {
  for (const { name, skip, start } of BOTH_REGISTRIES) {
    it(`SBOMs of each platform, keyless, then for another workflow not: ${name}`, { skip }, async (t) => {
      const stage = await startSigning(t);
      const registry = await start();
      t.after(() => registry.close());
      await pushSampleIndex({ host: registry.host, repository: 'acme/app' }, { tag: '1.4' });
      const image = `${registry.host}/acme/app:1.4`;
      for (const platform of ['linux-amd64', 'linux-arm64']) {
        await stage.workspace.write(`${platform}.spdx.json`, JSON.stringify({ ...SPDX, name: platform }));
      }
      const { rows } = await stage.sign({ image, files: '{platform}.spdx.json' });
      assert.equal(rows.filter(({ status }) => status === 'attached').length, 4);
      const asked = { image, require: 'application/spdx+json', on: 'each-platform', 'max-age': '1d' };
      const passed = await gate(stage, { ...asked, ...WORKFLOW });
      assert.equal(passed.verdict, 'pass', JSON.stringify(passed.images));
      const other = await gate(stage, {
        ...asked,
        ...WORKFLOW,
        'signer-workflow': 'acme/app/.github/workflows/ci.yml',
      });
      assert.equal(other.verdict, 'fail');
    });
  }

  it('an SBOM that is signed by its digest, keyless', async (t) => {
    const stage = await startSigning(t);
    await stage.sign({ 'sign-by-digest': 'true' });
    const asked = { image: stage.reference, require: 'application/spdx+json' };
    const passed = await gate(stage, { ...asked, ...WORKFLOW });
    assert.equal(passed.verdict, 'pass', JSON.stringify(passed.images));
    assert.equal((await gate(stage, { ...asked, key: 'release.pub' })).verdict, 'fail');
  });

  it('a key', async (t) => {
    const stage = await startSigning(t);
    const inputs = { sign: 'key', 'signing-key': PEM, 'signing-config': '', 'trusted-root': '' };
    await stage.sign(inputs, {});
    const asked = { image: stage.reference, require: 'https://spdx.dev/Document/v2.3' };
    const passed = await gate(stage, { ...asked, key: 'release.pub' });
    assert.equal(passed.verdict, 'pass', JSON.stringify(passed.images));
    assert.equal((await gate(stage, { ...asked, ...WORKFLOW })).verdict, 'fail');
  });

  it('an SBOM that was attached without sign does not', async (t) => {
    const stage = await startSigning(t);
    await stage.attach({ files: 'sbom.spdx.json' });
    const asked = { image: stage.reference, require: 'application/spdx+json' };
    assert.equal((await gate(stage, { ...asked, ...WORKFLOW })).verdict, 'fail');
  });
});

async function gate(stage: SigningStage, inputs: Readonly<Record<string, string>>): Promise<VerifyRun> {
  await stage.workspace.write('release.pub', PUBLIC_PEM);
  return verify(inputs, { workspace: stage.workspace.path });
}
