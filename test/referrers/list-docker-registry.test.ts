import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { digestOf } from '../../src/oci/digest.ts';
import { COSIGN_SIMPLESIGNING, OCI_IMAGE_CONFIG, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { buildCosignTag } from '../../src/oci/referrers-tag.ts';
import { listReferrers } from '../../src/referrers/list-referrers.ts';
import type { ReferrersTree } from '../../src/referrers/types.ts';
import { type DockerRegistry, skipWithoutDockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { digestsOf, openTestStore, pushFallbackList, rowsOf } from '../support/listing.ts';
import {
  absentDescriptor,
  pushSampleBlob,
  pushSampleImage,
  pushSampleIndex,
  pushSampleManifest,
  pushSampleReferrer,
  type SampleTarget,
} from '../support/sample-image.ts';

const ALL = { depth: Number.POSITIVE_INFINITY };

describe('listReferrers on docker-registry 2.8', { skip: skipWithoutDockerRegistry() }, () => {
  let registry: DockerRegistry;
  before(async () => {
    registry = await startDockerRegistry();
  });
  after(() => registry.close());

  let repositories = 0;
  /** A repository of its own for each test. */
  function open(t: { after(done: () => Promise<void>): void }) {
    const repository = `acme/app${++repositories}`;
    const target: SampleTarget = { host: registry.host, repository };
    const store = openTestStore(t, registry.host, { repository });
    const list = (tag: string, request: object = {}): Promise<ReferrersTree> =>
      listReferrers({ store, target: { tag }, ...request });
    return { target, store, list };
  }

  it('says none where the API is 404 and so is the tag', async (t) => {
    const { target, list } = open(t);
    await pushSampleImage(target, { tag: 'v1' });
    const tree = await list('v1');
    assert.deepEqual([digestsOf(tree), tree.complete, tree.capability], [[], true, 'tag-schema']);
    assert.deepEqual(tree.warnings, []);
  });

  it('lists what the tags have, level by level, of the index and its platforms', async (t) => {
    const { target, list } = open(t);
    const index = await pushSampleIndex(target, { tag: 'v1' });
    const { descriptor: sbom } = await pushSampleReferrer(target, index.descriptor, { content: 'sbom' });
    const { descriptor: signature } = await pushSampleReferrer(target, sbom, { content: 'signature' });
    const { descriptor: scan } = await pushSampleReferrer(target, index.platforms[0]!, { content: 'scan' });
    await pushFallbackList(target, index.descriptor, [sbom]);
    await pushFallbackList(target, sbom, [signature]);
    await pushFallbackList(target, index.platforms[0]!, [scan]);
    const tree = await list('v1', ALL);
    assert.deepEqual(
      rowsOf(tree).map(({ descriptor, subject, sources, verified }) => [descriptor, subject, sources, verified]),
      [
        [sbom, index.descriptor.digest, ['tag-schema'], true],
        [signature, sbom.digest, ['tag-schema'], true],
        [scan, index.platforms[0]!.digest, ['tag-schema'], true],
      ],
    );
    assert.equal(tree.complete, true);
  });

  it("lists cosign's tags, and gives the same without the economy of the tag list", async (t) => {
    const { target, list } = open(t);
    const index = await pushSampleIndex(target, { tag: 'v1' });
    const config = await pushSampleBlob(target, Buffer.from('{"a":1}'), OCI_IMAGE_CONFIG);
    const layer = await pushSampleBlob(target, Buffer.from('signature'), COSIGN_SIMPLESIGNING);
    const signature = await pushSampleManifest(
      target,
      { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer] },
      { tag: buildCosignTag(index.platforms[1]!.digest, 'sig') },
    );
    for (const request of [{}, { trustHints: false }, ALL]) {
      const tree = await list('v1', request);
      assert.deepEqual([digestsOf(tree), tree.complete], [[signature.descriptor.digest], true]);
    }
  });

  it('says that the API is required where only it may be used', async (t) => {
    const { target, list } = open(t);
    await pushSampleImage(target, { tag: 'v1' });
    await assert.rejects(list('v1', { distributionSpec: 'v1.1-referrers-api' }), { code: 'referrers-api-required' });
  });

  it('tells a tag that is not there from a repository that is not there', async (t) => {
    const { target, list } = open(t);
    await assert.rejects(list('v1'), { code: 'manifest-unknown', message: /v1: .* answered 404/ });
    await pushSampleImage(target, { tag: 'v1' });
    await assert.rejects(list('v2'), { code: 'manifest-unknown' });
    const { store } = open(t);
    await assert.rejects(store.listTags({ maxPages: 1 }), { code: 'repository-unknown' });
  });

  it('asks for the referrers of a sha512 digest, which the registry does not know', async (t) => {
    const { target, store } = open(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    const answer = await store.listReferrers(digestOf(image.bytes, 'sha512'));
    assert.deepEqual(answer, { supported: false, reason: `404 from ${registry.host} for /referrers/`, lasting: true });
  });

  it('reads tags page by page', async (t) => {
    const { target, store } = open(t);
    const tags = ['a', 'b', 'c'];
    for (const tag of tags) await pushSampleImage(target, { tag });
    const list = await store.listTags({ maxPages: 9 });
    assert.deepEqual([[...list.tags], list.complete], [tags, true]);
  });

  it('reads and proves a blob, and refuses one of another size', async (t) => {
    const { target, store } = open(t);
    const blob = await pushSampleBlob(target, Buffer.from('some bytes'));
    assert.equal(Buffer.concat(await Array.fromAsync(store.openBlob(blob))).toString(), 'some bytes');
    const wrong = { ...blob, size: 9 };
    await assert.rejects(Array.fromAsync(store.openBlob(wrong)), { code: 'digest-mismatch' });
    await assert.rejects(Array.fromAsync(store.openBlob(absentDescriptor('blob'))), { code: 'blob-unknown' });
  });
});
