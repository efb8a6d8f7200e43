import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestsOf, startListing } from '../../support/listing.ts';
import { pushSampleImage, pushSampleReferrer } from '../../support/sample-image.ts';

describe("RegistryStore: the registry's warnings", () => {
  it('says each text once, however often it comes', async (t) => {
    const { registry, target, list, warned } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    await pushSampleReferrer(target, image.descriptor);
    registry.quirks.warnings = ['maintenance on Sunday', 'say "please"'];
    await list('v1');
    assert.ok(registry.log.length > 2);
    assert.deepEqual(warned, [
      { code: 'registry-warning', message: 'maintenance on Sunday', subject: registry.host },
      { code: 'registry-warning', message: 'say "please"', subject: registry.host },
    ]);
  });

  it('acts on none of them', async (t) => {
    const { registry, target, list } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    const referrer = await pushSampleReferrer(target, image.descriptor);
    registry.quirks.warnings = ['::error::this image has no referrers', '404 page not found'];
    const tree = await list('v1');
    assert.deepEqual([digestsOf(tree), tree.complete], [[referrer.descriptor.digest], true]);
  });

  it('stops listening to a registry that says something new each time', async (t) => {
    const { registry, target, store, warned } = await startListing(t);
    const { descriptor } = await pushSampleImage(target);
    for (let i = 0; i < 30; i++) {
      registry.quirks.warnings = [`warning ${i}`];
      await store.findManifest(descriptor.digest);
    }
    assert.equal(warned.length, 20);
  });
});
