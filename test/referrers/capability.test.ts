import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Quirks } from '../../src/embedded/quirks.ts';
import { capabilitiesOfRun, createCapabilityMemory } from '../../src/referrers/capability.ts';
import { countRequests, digestsOf, pushFallbackList, startListing, unreadOf } from '../support/listing.ts';
import { pushSampleImage, pushSampleIndex, pushSampleReferrer } from '../support/sample-image.ts';

type Answer = Exclude<Quirks['referrersApi'], undefined>;

const LEARNED: readonly [answer: Answer, capability: string | undefined][] = [
  [true, 'api'],
  ['text-404', 'tag-schema'],
  ['manifest-unknown', 'tag-schema'],
  ['redirect', undefined],
  ['html-404', undefined],
  ['html-200', undefined],
  ['name-unknown', undefined],
  ['unauthorized', undefined],
  [400, undefined],
  [403, undefined],
  [405, undefined],
  [406, undefined],
  [429, undefined],
  [500, undefined],
  [501, undefined],
];

describe('what is remembered of a registry', () => {
  for (const [answer, capability] of LEARNED) {
    it(`is ${capability ?? 'nothing'} after ${answer === true ? 'a list' : answer}`, async (t) => {
      const { target, list, store } = await startListing(t, { referrersApi: answer });
      await pushSampleImage(target, { tag: 'v1' });
      const capabilities = createCapabilityMemory();
      await list('v1', { capabilities });
      assert.equal(capabilities.get(store.name)?.capability, capability);
    });
  }

  it('is nothing after a connection that breaks', async (t) => {
    const { registry, target, list, store } = await startListing(t);
    await pushSampleImage(target, { tag: 'v1' });
    registry.quirks.bodyFault = { kind: 'truncate', match: ({ path }) => path.includes('/referrers/') };
    const capabilities = createCapabilityMemory();
    const tree = await list('v1', { capabilities });
    assert.deepEqual([tree.complete, capabilities.get(store.name)], [false, undefined]);
  });

  it('saves asking an API that is not there', async (t) => {
    const { registry, target, list } = await startListing(t, { referrersApi: false });
    const image = await pushSampleImage(target, { tag: 'v1' });
    const referrer = await pushSampleReferrer(target, image.descriptor);
    await pushFallbackList(target, image.descriptor, [referrer.descriptor]);
    const capabilities = createCapabilityMemory();
    for (const asked of [1, undefined]) {
      const tree = await list('v1', { capabilities });
      assert.deepEqual([digestsOf(tree), tree.capability], [[referrer.descriptor.digest], 'tag-schema']);
      assert.equal(countRequests(registry)['referrers'], asked);
    }
  });

  it('is asked for once more before it means none, and then for all', async (t) => {
    const { registry, target, list, store } = await startListing(t, { referrersApi: 'text-404' });
    const image = await pushSampleImage(target, { tag: 'v1' });
    const { descriptor } = await pushSampleReferrer(target, image.descriptor);
    const capabilities = createCapabilityMemory();
    assert.deepEqual(digestsOf(await list('v1', { capabilities })), []);
    registry.quirks.referrersApi = true;
    const tree = await list('v1', { capabilities });
    assert.deepEqual([digestsOf(tree), tree.complete, tree.capability], [[descriptor.digest], true, 'api']);
    assert.equal(capabilities.get(store.name)?.capability, 'api');
  });

  it('costs one question a run, for the image itself, where the API is still not there', async (t) => {
    const { registry, target, list } = await startListing(t, { referrersApi: false });
    const index = await pushSampleIndex(target, { tag: 'v1' });
    const capabilities = createCapabilityMemory();
    await list('v1', { capabilities });
    const tree = await list('v1', { capabilities });
    assert.deepEqual([tree.complete, tree.capability], [true, 'tag-schema']);
    assert.deepEqual(
      registry.log.map(({ path }) => path).filter((path) => path.includes('/referrers/')),
      [`/v2/${target.repository}/referrers/${index.descriptor.digest}`],
    );
  });

  it('is no answer when that question fails', async (t) => {
    const { registry, target, list } = await startListing(t, { referrersApi: false });
    await pushSampleImage(target, { tag: 'v1' });
    const capabilities = createCapabilityMemory();
    await list('v1', { capabilities });
    registry.quirks.referrersApi = 500;
    const tree = await list('v1', { capabilities });
    assert.deepEqual([tree.complete, unreadOf(tree)], [false, ['api: server-error']]);
  });

  it('is not taken where the API alone is asked for, nor by a gate', async (t) => {
    const { registry, target, list, store } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    const { descriptor } = await pushSampleReferrer(target, image.descriptor);
    for (const request of [
      { distributionSpec: 'v1.1-referrers-api' },
      { sources: ['api'] },
      { trustHints: false },
    ] as const) {
      const capabilities = createCapabilityMemory();
      capabilities.set(store.name, { capability: 'tag-schema', reason: 'an earlier step' });
      const tree = await list('v1', { ...request, capabilities });
      assert.deepEqual([digestsOf(tree), tree.complete], [[descriptor.digest], true]);
      assert.equal(countRequests(registry)['referrers'], 1);
    }
  });

  it('stands for the run that learned it, whatever else it lists', () => {
    const memory = createCapabilityMemory();
    memory.set('old', { capability: 'tag-schema', reason: 'before' });
    const run = capabilitiesOfRun(memory);
    run.set('new', { capability: 'tag-schema', reason: 'now' });
    const listing = capabilitiesOfRun(run);
    assert.deepEqual([listing.get('old')?.remembered, listing.get('new')?.remembered], [true, false]);
  });

  it('is the API for good once it gave a list, though it answers 404 for another digest', async (t) => {
    const { registry, target, list, store } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    const { descriptor: sbom } = await pushSampleReferrer(target, image.descriptor, { content: 'sbom' });
    const { descriptor: signature } = await pushSampleReferrer(target, sbom, { content: 'signature' });
    const { descriptor: scan } = await pushSampleReferrer(target, image.descriptor, { content: 'scan' });
    registry.quirks.intercept = ({ path }) =>
      path.endsWith(`/referrers/${scan.digest}`) ? { status: 404, headers: {} } : undefined;
    const capabilities = createCapabilityMemory();
    const request = { capabilities, depth: Number.POSITIVE_INFINITY };
    for (const _ of [1, 2]) {
      const tree = await list('v1', request);
      assert.deepEqual(digestsOf(tree), [sbom.digest, signature.digest, scan.digest]);
      assert.equal(tree.capability, 'api');
      assert.equal(capabilities.get(store.name)?.capability, 'api');
    }
  });

  it('becomes the API where a 404 came first', async (t) => {
    const { registry, target, list, store } = await startListing(t);
    const first = await pushSampleImage(target, { tag: 'v1', name: 'first' });
    const second = await pushSampleImage(target, { tag: 'v2', name: 'second' });
    const { descriptor } = await pushSampleReferrer(target, second.descriptor);
    registry.quirks.intercept = ({ path }) =>
      path.endsWith(`/referrers/${first.descriptor.digest}`) ? { status: 404, headers: {} } : undefined;
    const capabilities = createCapabilityMemory();
    capabilities.set(store.name, { capability: 'api', reason: 'an earlier step' });
    await list('v1', { capabilities });
    const tree = await list('v2', { capabilities });
    assert.deepEqual([digestsOf(tree), tree.capability], [[descriptor.digest], 'api']);
  });

  it('belongs to one repository', async (t) => {
    const { target, list, store } = await startListing(t, { referrersApi: false });
    await pushSampleImage(target, { tag: 'v1' });
    const capabilities = createCapabilityMemory();
    await list('v1', { capabilities });
    assert.equal(capabilities.get(`${store.name}/other`), undefined);
    assert.match(capabilities.get(store.name)?.reason ?? '', /^404 from 127\.0\.0\.1:\d+ for \/referrers\/$/);
  });
});
