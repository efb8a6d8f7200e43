import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import { type Digest, digestOf } from '../../src/oci/digest.ts';
import { DOCKER_LIST, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { buildReferrersTag } from '../../src/oci/referrers-tag.ts';
import {
  codesOf,
  countRequests,
  digestsOf,
  pushFallbackList,
  rowsOf,
  startListing,
  unreadOf,
} from '../support/listing.ts';
import {
  pushSampleImage,
  pushSampleIndex,
  pushSampleManifest,
  pushSampleReferrer,
  type SampleImage,
  type SampleTarget,
} from '../support/sample-image.ts';

async function pushUnder(target: SampleTarget, image: SampleImage, digest: Digest): Promise<void> {
  const response = await fetch(`http://${target.host}/v2/${target.repository}/manifests/${digest}`, {
    method: 'PUT',
    body: image.bytes,
    headers: { 'content-type': image.descriptor.mediaType },
  });
  assert.equal(response.status, 201, await response.text());
}

describe('listReferrers: the referrers tag', () => {
  it('lists a referrer once that the API and the tag both have, and marks both', async (t) => {
    const { target, list } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    const referrer = await pushSampleReferrer(target, image.descriptor);
    await pushFallbackList(target, image.descriptor, [referrer.descriptor, referrer.descriptor]);
    const tree = await list('v1');
    assert.deepEqual(
      rowsOf(tree).map(({ descriptor, sources }) => [descriptor, sources]),
      [[referrer.descriptor, ['api', 'tag-schema']]],
    );
    assert.deepEqual(tree.warnings, []);
  });

  it('takes null for an empty list', async (t) => {
    const { target, list } = await startListing(t, { referrersApi: false, manifestChecks: false });
    const image = await pushSampleImage(target, { tag: 'v1' });
    await pushFallbackList(target, image.descriptor, null);
    const tree = await list('v1');
    assert.deepEqual([digestsOf(tree), tree.complete], [[], true]);
  });

  it('takes a tag that answers with the subject itself for none, as GitLab does it', async (t) => {
    const { target, list } = await startListing(t, { referrersApi: false, tagAliases: true });
    const index = await pushSampleIndex(target, { tag: 'v1' });
    const tree = await list('v1');
    assert.equal(tree.root.descriptor.digest, index.descriptor.digest);
    assert.deepEqual([digestsOf(tree), tree.complete, tree.warnings], [[], true, []]);
  });

  const FOREIGN: readonly [
    title: string,
    push: (target: SampleTarget, tag: string) => Promise<unknown>,
    found: string,
  ][] = [
    ['an image manifest', (target, tag) => pushSampleImage(target, { tag, name: 'foreign' }), OCI_MANIFEST],
    [
      'a docker manifest list',
      (target, tag) => pushSampleManifest(target, { schemaVersion: 2, mediaType: DOCKER_LIST, manifests: [] }, { tag }),
      DOCKER_LIST,
    ],
  ];
  for (const [title, push, found] of FOREIGN) {
    it(`does not take ${title} under the tag for a list, nor for none`, async (t) => {
      const { target, list, store } = await startListing(t, { referrersApi: false });
      const image = await pushSampleImage(target, { tag: 'v1' });
      const tag = buildReferrersTag(image.descriptor.digest);
      await push(target, tag);
      const tree = await list('v1');
      assert.deepEqual([digestsOf(tree), unreadOf(tree)], [[], ['tag-schema: fallback-index-invalid']]);
      assert.equal(tree.unread[0]?.reason, `${store.name}:${tag} is ${found}, not a list of referrers`);
    });
  }

  it('does not take a document with manifests and layers for a list, nor for none', async (t) => {
    const { target, list } = await startListing(t, { referrersApi: false, manifestChecks: false });
    const image = await pushSampleImage(target, { tag: 'v1' });
    await pushFallbackList(target, image.descriptor, [], { layers: [] });
    const tree = await list('v1');
    assert.deepEqual(unreadOf(tree), ['tag-schema: manifest-invalid']);
    assert.match(tree.unread[0]?.reason ?? '', /both manifests and layers/);
  });

  it('keeps apart two sha512 subjects that share a tag', async (t) => {
    const { registry, target, list } = await startListing(t, { referrersApi: false });
    const image = await pushSampleImage(target);
    const digest = digestOf(image.bytes, 'sha512');
    await pushUnder(target, image, digest);
    const twin: Digest = `${digest.slice(0, 'sha512:'.length + 64) as 'sha512:'}${'0'.repeat(64)}`;
    const subject = { ...image.descriptor, digest };
    const own = await pushSampleReferrer(target, subject, { content: 'own' });
    const others = await pushSampleReferrer(target, { ...subject, digest: twin }, { content: 'the other one' });
    assert.equal(buildReferrersTag(digest), buildReferrersTag(twin));
    await pushFallbackList(target, subject, [own.descriptor, others.descriptor]);
    for (const request of [{}, { verify: false }, { verifyLimit: 0 }]) {
      const tree = await list(subject, request);
      assert.deepEqual([digestsOf(tree), tree.complete], [[own.descriptor.digest], true], JSON.stringify(request));
      assert.deepEqual(codesOf(tree), ['subject-differs']);
    }
    assert.ok(registry.log.some(({ path }) => path.endsWith(`/manifests/${buildReferrersTag(digest)}`)));
  });

  it('asks for the list with every manifest type, so that no registry hides it', async (t) => {
    const { target, list } = await startListing(t, { referrersApi: false, acceptSensitive: true });
    const image = await pushSampleImage(target, { tag: 'v1' });
    const referrer = await pushSampleReferrer(target, image.descriptor);
    await pushFallbackList(target, image.descriptor, [referrer.descriptor]);
    assert.deepEqual(digestsOf(await list('v1')), [referrer.descriptor.digest]);
  });

  it('lists the sound entries of a list with bad ones, and asks those that name a digest', async (t) => {
    const { target, list } = await startListing(t, { referrersApi: false, manifestChecks: false });
    const image = await pushSampleImage(target, { tag: 'v1' });
    const sound = await pushSampleReferrer(target, image.descriptor, { content: 'sound' });
    const sizeless = await pushSampleReferrer(target, image.descriptor, { content: 'without size' });
    const { size: _, ...withoutSize } = sizeless.descriptor;
    await pushFallbackList(target, image.descriptor, [{ mediaType: 'a/b' }, sound.descriptor, withoutSize, 7]);
    const tree = await list('v1', { verify: false });
    assert.deepEqual(
      rowsOf(tree).map(({ descriptor, verified }) => [descriptor, verified]),
      [
        [sound.descriptor, false],
        [sizeless.descriptor, true],
      ],
    );
    assert.deepEqual(codesOf(tree), ['descriptor-differs', 'source-unread']);
    assert.match(tree.warnings[0]?.message ?? '', /manifests\[2\] has no valid size: null; its manifest is asked/);
  });

  it('does not say that it read all where an entry names no manifest that could be asked for', async (t) => {
    const { target, list } = await startListing(t, { referrersApi: false, manifestChecks: false });
    const image = await pushSampleImage(target, { tag: 'v1' });
    const sound = await pushSampleReferrer(target, image.descriptor, { content: 'sound' });
    await pushFallbackList(target, image.descriptor, [{ mediaType: 'a/b' }, sound.descriptor, 7]);
    const tree = await list('v1');
    assert.deepEqual(
      rowsOf(tree).map(({ descriptor }) => descriptor.digest),
      [sound.descriptor.digest],
    );
    assert.equal(tree.complete, false);
    const [{ source, subject, code, reason } = assert.fail('nothing is unread'), ...others] = tree.unread;
    assert.deepEqual([source, subject, code, others], ['tag-schema', image.descriptor.digest, 'referrers-invalid', []]);
    assert.match(reason, /^2 entries of the list name no manifest: .*manifests\[0\] has no valid digest: null/);
  });

  it('reads all where an entry that is no descriptor names a manifest, which says what it is', async (t) => {
    const { target, list } = await startListing(t, { referrersApi: false, manifestChecks: false });
    const image = await pushSampleImage(target, { tag: 'v1' });
    const { descriptor } = await pushSampleReferrer(target, image.descriptor, { content: 'without size' });
    const { size: _, ...withoutSize } = descriptor;
    await pushFallbackList(target, image.descriptor, [withoutSize]);
    const tree = await list('v1');
    assert.deepEqual([rowsOf(tree)[0]?.descriptor.digest, tree.complete], [descriptor.digest, true]);
  });

  it('asks nobody for an entry of which others read another digest, and says that it is not whole', async (t) => {
    const { target, list } = await startListing(t, { referrersApi: false, manifestChecks: false });
    const image = await pushSampleImage(target, { tag: 'v1' });
    const { descriptor } = await pushSampleReferrer(target, image.descriptor);
    const other = { ...descriptor, Digest: image.descriptor.digest };
    await pushFallbackList(target, image.descriptor, [other]);
    const { unread, complete, root } = await list('v1');
    assert.deepEqual([complete, root.referrers], [false, []]);
    assert.match(unread[0]?.reason ?? '', /names no manifest: .*manifests\[0\]: the key "Digest" is not digest$/);
    await pushFallbackList(target, image.descriptor, [descriptor], { Manifests: [] });
    assert.deepEqual(
      (await list('v1')).unread.map(({ source, code }) => [source, code]),
      [['tag-schema', 'manifest-invalid']],
    );
  });

  it('never asks the API with v1.1-referrers-tag', async (t) => {
    const { registry, target, list } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    const referrer = await pushSampleReferrer(target, image.descriptor);
    await pushFallbackList(target, image.descriptor, [referrer.descriptor]);
    const tree = await list('v1', { distributionSpec: 'v1.1-referrers-tag', depth: Number.POSITIVE_INFINITY });
    assert.deepEqual(rowsOf(tree)[0]?.sources, ['tag-schema']);
    assert.equal(countRequests(registry)['referrers'], undefined);
  });

  it('never reads the tag with v1.1-referrers-api', async (t) => {
    const { registry, target, list } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    const referrer = await pushSampleReferrer(target, image.descriptor);
    await pushFallbackList(target, image.descriptor, [referrer.descriptor]);
    const tree = await list('v1', { distributionSpec: 'v1.1-referrers-api', depth: Number.POSITIVE_INFINITY });
    assert.deepEqual(rowsOf(tree)[0]?.sources, ['api']);
    assert.equal(countRequests(registry)['referrers tag'], undefined);
  });

  for (const referrersApi of ['text-404', 'redirect'] as const) {
    it(`refuses v1.1-referrers-api on a registry without the API (${referrersApi})`, async (t) => {
      const { registry, target, list } = await startListing(t, { referrersApi });
      await pushSampleImage(target, { tag: 'v1' });
      await assert.rejects(list('v1', { distributionSpec: 'v1.1-referrers-api' }), (error) => {
        assert.ok(error instanceof CodedError);
        assert.equal(error.code, 'referrers-api-required');
        assert.match(error.message, /has no referrers API/);
        assert.match(error.hint ?? '', /forbids the fallback tag/);
        return true;
      });
      assert.equal(countRequests(registry)['referrers tag'], undefined);
    });
  }

  it('could not look where only the API is asked for and there is none', async (t) => {
    const { target, list } = await startListing(t, { referrersApi: false });
    await pushSampleImage(target, { tag: 'v1' });
    const tree = await list('v1', { sources: ['api'] });
    assert.deepEqual([unreadOf(tree), tree.complete], [['api: referrers-api-required'], false]);
  });

  it('refuses to look nowhere', async (t) => {
    const { target, list } = await startListing(t);
    await pushSampleImage(target, { tag: 'v1' });
    const nowhere = { code: 'input-conflict' };
    await assert.rejects(list('v1', { sources: ['api'], distributionSpec: 'v1.1-referrers-tag' }), nowhere);
    await assert.rejects(list('v1', { sources: ['tag-schema'], distributionSpec: 'v1.1-referrers-api' }), nowhere);
    await assert.rejects(list('v1', { sources: [] }), { code: 'input-invalid' });
  });
});
