import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { OCI_INDEX } from '../../src/oci/media-types.ts';
import { pushSampleIndex, pushSampleReferrer, type SampleTarget } from '../support/sample-image.ts';

describe('embedded registry', () => {
  let registry: EmbeddedRegistry;
  let target: SampleTarget;
  before(async () => {
    registry = await startEmbeddedRegistry();
    target = { host: registry.host, repository: 'acme/app' };
  });
  after(() => registry.close());

  it('gives back an index that was pushed, by tag and by digest, as the same bytes', async () => {
    const index = await pushSampleIndex(target, { tag: 'v1' });
    for (const reference of ['v1', index.descriptor.digest]) {
      const response = await fetch(`${registry.url}/v2/acme/app/manifests/${reference}`);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('content-type'), OCI_INDEX);
      assert.equal(response.headers.get('docker-content-digest'), index.descriptor.digest);
      assert.deepEqual(new Uint8Array(await response.arrayBuffer()), new Uint8Array(index.bytes));
    }
    assert.deepEqual(await registry.tagsOf('acme/app'), ['v1']);
  });

  it('lists a referrer with the type and annotations of its manifest, and says OCI-Subject on the push', async () => {
    const index = await pushSampleIndex(target);
    const referrer = await pushSampleReferrer(target, index.descriptor, { annotations: { a: 'b' } });
    const response = await fetch(`${registry.url}/v2/acme/app/referrers/${index.descriptor.digest}`);
    assert.equal(response.headers.get('content-type'), OCI_INDEX);
    assert.deepEqual(await response.json(), {
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: [referrer.descriptor],
    });
  });

  it('answers 404 as text and sends no OCI-Subject while the referrers API is off', async () => {
    registry.quirks.referrersApi = false;
    const index = await pushSampleIndex(target);
    const response = await fetch(`${registry.url}/v2/acme/app/referrers/${index.descriptor.digest}`);
    assert.equal(response.status, 404);
    assert.equal(await response.text(), '404 page not found\n');
    registry.quirks.referrersApi = undefined;
  });
});
