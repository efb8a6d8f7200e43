import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BOTH_REGISTRIES } from '../../../support/both-registries.ts';
import { list } from '../../../support/list-run.ts';
import { pushSampleImage } from '../../../support/sample-image.ts';
import { fileAndSignature, startSigning } from '../../../support/signing.ts';
import { verifyWithLibrary } from '../../../support/sigstore/verify-with-library.ts';

const SIGN_V1 = 'https://sigstore.dev/cosign/sign/v1';

describe('attach with sign-by-digest', () => {
  for (const { name, skip, start } of BOTH_REGISTRIES) {
    it(`signs the artifact's digest, on the artifact: ${name}`, { skip }, async (t) => {
      const stage = await startSigning(t);
      const registry = await start();
      t.after(() => registry.close());
      await pushSampleImage({ host: registry.host, repository: 'acme/app' }, { tag: 'v1' });
      const image = `${registry.host}/acme/app:v1`;
      const run = await stage.sign({ image, 'sign-by-digest': 'true' });
      const [file, signature] = fileAndSignature(run);
      assert.deepEqual([file.status, signature.status], ['attached', 'attached']);
      assert.equal(signature.subject, file.digest);
      assert.equal(signature.predicateType, SIGN_V1);
      const bundle = JSON.parse(Buffer.from(run.bundles?.[0] ?? '').toString()) as {
        dsseEnvelope: { payload: string };
      };
      verifyWithLibrary(stage.world, bundle);
      assert.deepEqual(JSON.parse(Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString()), {
        _type: 'https://in-toto.io/Statement/v1',
        subject: [{ name: `${registry.host}/acme/app`, digest: { sha256: file.digest?.slice(7) } }],
        predicateType: SIGN_V1,
        predicate: {},
      });
      const { rows } = await list({ image, depth: '2' });
      const [sbom] = rows;
      assert.equal(sbom?.descriptor.digest, file.digest);
      assert.deepEqual(
        sbom?.referrers.map(({ descriptor }) => descriptor.digest),
        [signature.digest],
      );
      const again = fileAndSignature(await stage.sign({ image, 'sign-by-digest': 'true' }));
      assert.deepEqual(
        again.map(({ status, digest }) => [status, digest]),
        [
          ['unchanged', file.digest],
          ['unchanged', signature.digest],
        ],
      );
    });
  }

  it('an equal artifact of another digest is what is signed', async (t) => {
    const stage = await startSigning(t);
    const env = { ...stage.oidc.env, SOURCE_DATE_EPOCH: '1600000000' };
    const before = await stage.attach({ files: 'sbom.spdx.json' }, { env });
    const [file, signature] = fileAndSignature(await stage.sign({ 'sign-by-digest': 'true' }));
    assert.equal(file.status, 'unchanged');
    assert.equal(file.digest, before.row.digest);
    assert.equal(signature.status, 'attached');
    const { statement, manifest } = await stage.bundleOf(signature.digest);
    assert.equal(`sha256:${statement.subject[0]?.digest['sha256']}`, before.row.digest);
    assert.equal(manifest.subject.digest, before.row.digest);
  });

  it('takes files that are no JSON, and artifacts of several files', async (t) => {
    const stage = await startSigning(t);
    await stage.workspace.write('a.bin', new Uint8Array([1, 2, 3]));
    const { rows } = await stage.sign({
      files: 'a.bin\nsbom.spdx.json',
      'artifact-type': 'application/vnd.acme.set',
      'sign-by-digest': 'true',
    });
    assert.deepEqual(
      rows.map(({ status, predicateType }) => [status, predicateType]),
      [
        ['attached', undefined],
        ['attached', SIGN_V1],
      ],
    );
  });

  it('takes what is too large to be signed whole; without it the error says so, before anything is asked', async (t) => {
    const stage = await startSigning(t);
    const filler = 'x'.repeat(13 * 1024 * 1024);
    await stage.workspace.write(
      'big.json',
      JSON.stringify({ spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', filler }),
    );
    await assert.rejects(stage.sign({ files: 'big.json' }), {
      code: 'sign-too-large',
      message: /^"big.json" makes a statement of \d+ bytes, more than 12533760 can be signed whole$/,
      hint: /sign-by-digest: true/,
    });
    assert.equal(stage.asked(), 0);
    assert.deepEqual(stage.registry.log, []);
    const [file, signature] = fileAndSignature(await stage.sign({ files: 'big.json', 'sign-by-digest': 'true' }));
    assert.deepEqual([file.status, signature.status], ['attached', 'attached']);
  });

  it('where the artifact cannot be attached, its signature is a failed row, too', async (t) => {
    const stage = await startSigning(t);
    stage.registry.quirks.failure = {
      status: 400,
      match: ({ method, path }) => method === 'PUT' && path.includes('/manifests/'),
    };
    const { rows } = await stage.sign({ 'sign-by-digest': 'true', retries: '0' });
    assert.deepEqual(
      rows.map(({ status, error }) => [status, error?.code === 'sign-failed']),
      [
        ['failed', false],
        ['failed', true],
      ],
    );
  });

  it('a dry run plans both', async (t) => {
    const stage = await startSigning(t);
    const rows = fileAndSignature(await stage.sign({ 'sign-by-digest': 'true', 'dry-run': 'true' }));
    assert.deepEqual(
      rows.map(({ status }) => status),
      ['planned', 'planned'],
    );
    assert.deepEqual(stage.writes(), []);
  });
});
