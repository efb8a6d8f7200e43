import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { OCI_INDEX } from '../../../../src/oci/media-types.ts';
import { buildReferrersTag } from '../../../../src/oci/referrers-tag.ts';
import type { AttachRun } from '../../../support/attach-run.ts';
import { BY_TAG } from '../../../support/attaching.ts';
import { pushSampleManifest } from '../../../support/sample-image.ts';
import { fileAndSignature, type SigningStage, SPDX, startSigning } from '../../../support/signing.ts';
import { githubIdentity } from '../../../support/sigstore/identity.ts';
import { makeKeylessBundle } from '../../../support/sigstore/make-bundle.ts';
import { pushBundle } from '../../../support/sigstore/push-signed.ts';
import { startSigstoreWorld } from '../../../support/sigstore/sigstore-world.ts';

const PEM = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ format: 'pem', type: 'pkcs8' })
  .toString();

describe('attach with sign, where something is there already', () => {
  for (const [name, quirks] of [
    ['by the API', {}],
    ['by tag', BY_TAG],
  ] as const) {
    it(`the same statement by the same workflow is unchanged, and nothing is signed again: ${name}`, async (t) => {
      const stage = await startSigning(t, { quirks });
      const first = fileAndSignature(await stage.sign());
      const signed = stage.world.services.fulcio.requests.length;
      const again = await stage.sign();
      const rows = fileAndSignature(again);
      assert.deepEqual(statuses(again), ['unchanged', 'unchanged']);
      assert.deepEqual(
        rows.map(({ digest, size, via }) => [digest, size, via]),
        first.map(({ digest, size, via }) => [digest, size, via]),
      );
      assert.equal(stage.world.services.fulcio.requests.length, signed);
      assert.deepEqual(stage.writes(), []);
      assert.deepEqual(again.bundles, []);
    });
  }

  it('the same by the same key is unchanged', async (t) => {
    const stage = await startSigning(t);
    const inputs = { sign: 'key', 'signing-key': PEM, 'signing-config': '', 'trusted-root': '' };
    await stage.sign(inputs, {});
    assert.deepEqual(statuses(await stage.sign(inputs, {})), ['unchanged', 'unchanged']);
  });

  const others: readonly (readonly [string, (stage: SigningStage) => Promise<unknown>])[] = [
    [
      'another ref signs',
      async ({ oidc }) => Object.assign(oidc, { claims: githubIdentity({ ref: 'refs/heads/main' }) }),
    ],
    [
      'another issuer vouches',
      async ({ oidc }) => Object.assign(oidc, { claims: { ...oidc.claims, iss: 'https://other.example' } }),
    ],
    [
      'the file has changed',
      ({ workspace }) => workspace.write('sbom.spdx.json', JSON.stringify({ ...SPDX, name: 'b' })),
    ],
  ];
  for (const [name, change] of others) {
    it(`it is signed again where ${name}`, async (t) => {
      const stage = await startSigning(t);
      const [, before] = fileAndSignature(await stage.sign());
      await change(stage);
      const [, after] = fileAndSignature(await stage.sign());
      assert.equal(after.status, 'attached');
      assert.notEqual(after.digest, before.digest);
    });
  }

  it('a look-alike that is not verified does not count, and hides nothing', async (t) => {
    const stage = await startSigning(t);
    const other = await startSigstoreWorld();
    t.after(() => other.close());
    const statement = {
      _type: 'https://in-toto.io/Statement/v1',
      subject: [
        { name: `${stage.registry.host}/acme/app`, digest: { sha256: stage.image.descriptor.digest.slice(7) } },
      ],
      predicateType: 'https://spdx.dev/Document/v2.3',
      predicate: SPDX,
    };
    const fake = await makeKeylessBundle(other, { statement, identity: githubIdentity() });
    await pushBundle(stage.target, stage.image.descriptor, fake);
    const [, signature] = fileAndSignature(await stage.sign());
    assert.equal(signature.status, 'attached');
    assert.deepEqual(statuses(await stage.sign()), ['unchanged', 'unchanged']);
  });

  it('a bundle that is listed and does not refer to the image does not count', async (t) => {
    const stage = await startSigning(t, { quirks: BY_TAG });
    const [, first] = fileAndSignature(await stage.sign());
    const { json } = await stage.manifest(first.digest);
    const { subject: _, ...loose } = json as { readonly mediaType: string; readonly subject: unknown };
    const { descriptor } = await pushSampleManifest(stage.target, loose);
    const list = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [descriptor] };
    await pushSampleManifest(stage.target, list, { tag: buildReferrersTag(stage.image.descriptor.digest) });
    assert.equal(fileAndSignature(await stage.sign())[1].status, 'attached');
  });

  it('a bundle that cannot be read is a warning, and the statement is signed', async (t) => {
    const stage = await startSigning(t);
    const [, first] = fileAndSignature(await stage.sign());
    const { manifest } = await stage.bundleOf(first.digest);
    const removed = await fetch(`${stage.registry.url}/v2/acme/app/blobs/${manifest.layers[0]?.digest}`, {
      method: 'DELETE',
    });
    assert.equal(removed.status, 202);
    const run = await stage.sign();
    assert.equal(fileAndSignature(run)[1].status, 'attached');
    assert.deepEqual(run.warned, ['referrer-unread']);
  });

  it('without a trusted root for the services it is signed again', async (t) => {
    const stage = await startSigning(t);
    await stage.sign({ 'trusted-root': '' });
    assert.deepEqual(statuses(await stage.sign({ 'trusted-root': '' })), ['unchanged', 'attached']);
  });

  it('add signs always; replace replaces the file and removes no signature', async (t) => {
    const stage = await startSigning(t);
    await stage.sign();
    assert.deepEqual(statuses(await stage.sign({ 'if-exists': 'add' })), ['attached', 'attached']);
    await stage.workspace.write('sbom.spdx.json', JSON.stringify({ ...SPDX, name: 'b' }));
    assert.deepEqual(statuses(await stage.sign({ 'if-exists': 'replace' })), ['replaced', 'attached']);
    assert.deepEqual(statuses(await stage.sign({ 'if-exists': 'replace' })), ['unchanged', 'unchanged']);
    const types = (await stage.listed()).map(({ artifactType }) => artifactType?.includes('bundle'));
    assert.deepEqual(types.toSorted(), [false, true, true, true]);
  });

  it('a dry run says what would be signed, and signs nothing', async (t) => {
    const stage = await startSigning(t);
    const planned = await stage.sign({ 'dry-run': 'true' });
    assert.deepEqual(statuses(planned), ['planned', 'planned']);
    assert.equal(fileAndSignature(planned)[1].predicateType, 'https://spdx.dev/Document/v2.3');
    assert.equal(stage.world.services.fulcio.requests.length, 0);
    assert.deepEqual(stage.writes(), []);
    await stage.sign();
    assert.deepEqual(statuses(await stage.sign({ 'dry-run': 'true' })), ['unchanged', 'unchanged']);
  });
});

function statuses(run: AttachRun): readonly string[] {
  return fileAndSignature(run).map(({ status }) => status);
}
