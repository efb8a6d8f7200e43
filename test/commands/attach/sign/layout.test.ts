import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { startEmbeddedRegistry } from '../../../../src/embedded/embedded-registry.ts';
import { pushSampleImage } from '../../../support/sample-image.ts';
import { fileAndSignature, startSigning } from '../../../support/signing.ts';
import { verifyWithLibrary } from '../../../support/sigstore/verify-with-library.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

describe('attach with sign, to an image on disk', () => {
  it('signs its digest, and no name of this machine', async (t) => {
    await using root = await makeTempDir();
    const registry = await startEmbeddedRegistry({ root: root.path });
    const { descriptor } = await pushSampleImage({ host: registry.host, repository: 'acme/app' }, { tag: '1.4' });
    await registry.close();
    const stage = await startSigning(t);
    const image = `oci-layout:${join(root.path, 'acme/app')}:1.4`;
    const run = await stage.sign({ image });
    assert.deepEqual(statusesOf(run), ['attached', 'attached']);
    const bundle = JSON.parse(Buffer.from(run.bundles?.[0] ?? '').toString()) as { dsseEnvelope: { payload: string } };
    verifyWithLibrary(stage.world, bundle);
    const statement = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString();
    const { subject } = JSON.parse(statement) as { subject: unknown };
    assert.deepEqual(subject, [{ digest: { sha256: descriptor.digest.slice(7) } }]);
    assert.ok(!statement.includes(root.path));
    assert.deepEqual(statusesOf(await stage.sign({ image })), ['unchanged', 'unchanged']);
    const byDigest = await stage.sign({ image, 'sign-by-digest': 'true' });
    assert.deepEqual(statusesOf(byDigest), ['unchanged', 'attached']);
  });
});

function statusesOf(run: Parameters<typeof fileAndSignature>[0]): readonly string[] {
  return fileAndSignature(run).map(({ status }) => status);
}
