import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { attach } from '../../src/library/attach.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import type { Digest } from '../../src/oci/digest.ts';
import { OCI_INDEX } from '../../src/oci/media-types.ts';
import { buildReferrersTag, buildUniqueTag } from '../../src/oci/referrers-tag.ts';
import { repairReferrers } from '../../src/referrers/repair-referrers.ts';
import type { RepairedSubject, RepairRequest } from '../../src/referrers/repair-types.ts';
import { BY_TAG } from '../support/attaching.ts';
import { type Listing, pushFallbackList, startListing } from '../support/listing.ts';
import { absentDescriptor, pushSampleImage, pushSampleReferrer, type SampleImage } from '../support/sample-image.ts';

interface Broken extends Listing {
  readonly image: SampleImage;
  /** Attaches a report with a text of its own. */
  attach(text: string, uniqueTags?: boolean): Promise<Digest>;
  /** Another writer's list, in place of what is there. */
  overwrite(entries: readonly unknown[]): Promise<void>;
  repair(request?: Partial<RepairRequest>): Promise<RepairedSubject>;
  listed(): Promise<readonly Descriptor[]>;
}

async function start(t: TestContext, quirks = BY_TAG): Promise<Broken> {
  const listing = await startListing(t);
  const { registry, store, target } = listing;
  const image = await pushSampleImage(target, { tag: 'v1' });
  Object.assign(registry.quirks, quirks);
  const subject = image.descriptor.digest;
  return {
    ...listing,
    image,
    attach: async (text, uniqueTags = false) => {
      const files = [{ title: 'report.json', content: new TextEncoder().encode(text) }];
      const type = 'application/vnd.example.report.v1+json';
      const request = { store, target: subject, artifactType: type, files, ifExists: 'add', settleMs: 1 } as const;
      return (await attach({ ...request, uniqueTags })).digest;
    },
    overwrite: async (entries) => void (await pushFallbackList(target, image.descriptor, entries)),
    repair: async (request = {}) => {
      registry.clearLog();
      const [one] = await repairReferrers({ store, subjects: [subject], settleMs: 1, ...request });
      assert.ok(one);
      return one;
    },
    listed: async () => {
      const url = `${registry.url}/v2/acme/app/manifests/${buildReferrersTag(subject)}`;
      const answer = await fetch(url, { headers: { accept: OCI_INDEX } });
      if (answer.status === 404) return [];
      return ((await answer.json()) as { manifests: Descriptor[] }).manifests;
    },
  };
}

const digests = (entries: readonly Descriptor[]): Digest[] => entries.map(({ digest }) => digest);
const changes = ({ entries }: RepairedSubject): Record<string, string> =>
  Object.fromEntries(entries.map(({ digest, change }) => [digest, change]));

describe('attach with tags of the referrers own', () => {
  it('gives each one where lists are kept by tag, with no request more once that is known', async (t) => {
    const world = await start(t);
    const first = await world.attach('"1"', true);
    assert.deepEqual(
      (await world.registry.tagsOf('acme/app')).filter((tag) => tag.includes('.')),
      [buildUniqueTag(world.image.descriptor.digest, first)],
    );
  });

  it('gives none where the registry has the API, or nobody asked', async (t) => {
    const withApi = await start(t, {});
    await withApi.attach('"1"', true);
    const unasked = await start(t);
    await unasked.attach('"1"');
    for (const { registry } of [withApi, unasked]) {
      assert.deepEqual(
        (await registry.tagsOf('acme/app')).filter((tag) => tag.includes('.')),
        [],
      );
    }
  });
});

describe('repair', () => {
  it('lists again what has a tag of its own and was overwritten, and leaves what others wrote', async (t) => {
    const world = await start(t);
    const lost = [await world.attach('"1"', true), await world.attach('"2"', true)];
    const foreign = await pushSampleReferrer(world.target, world.image.descriptor, { content: '"foreign"' });
    await world.overwrite([{ ...foreign.descriptor, 'x-kept': [1.5] }]);
    const result = await world.repair();
    assert.equal(result.status, 'repaired');
    assert.deepEqual(changes(result), {
      [foreign.descriptor.digest]: 'kept',
      [lost[0] ?? '']: 'added',
      [lost[1] ?? '']: 'added',
    });
    const listed = await world.listed();
    assert.deepEqual(new Set(digests(listed)), new Set([foreign.descriptor.digest, ...lost]));
    assert.deepEqual((listed[0] as unknown as Record<string, unknown>)['x-kept'], [1.5]);
    assert.equal((await world.repair()).status, 'sound');
  });

  it('lists what somebody gives the digest of, and passes over what belongs to another image', async (t) => {
    const world = await start(t);
    const lost = await world.attach('"1"');
    await world.overwrite([]);
    const other = await pushSampleImage(world.target, { name: 'another' });
    const elsewhere = await pushSampleReferrer(world.target, other.descriptor, { content: '"elsewhere"' });
    const result = await world.repair({ given: [lost, elsewhere.descriptor.digest, world.image.descriptor.digest] });
    assert.deepEqual(changes(result), { [lost]: 'added' });
    assert.deepEqual(digests(await world.listed()), [lost]);
  });

  it('corrects wrong descriptions and repetitions, and takes out what is gone or of another image', async (t) => {
    const world = await start(t);
    const right = await world.attach('"1"');
    const [rightEntry] = await world.listed();
    const wrong = await pushSampleReferrer(world.target, world.image.descriptor, { content: '"wrong"' });
    const twice = await pushSampleReferrer(world.target, world.image.descriptor, { content: '"twice"' });
    const other = await pushSampleImage(world.target, { name: 'another' });
    const elsewhere = await pushSampleReferrer(world.target, other.descriptor, { content: '"elsewhere"' });
    const gone = absentDescriptor('gone');
    await world.overwrite([
      rightEntry,
      { ...wrong.descriptor, artifactType: 'application/vnd.example.lie' },
      twice.descriptor,
      twice.descriptor,
      elsewhere.descriptor,
      gone,
    ]);
    const result = await world.repair();
    assert.deepEqual(changes(result), {
      [right]: 'kept',
      [wrong.descriptor.digest]: 'corrected',
      [twice.descriptor.digest]: 'corrected',
      [elsewhere.descriptor.digest]: 'removed',
      [gone.digest]: 'removed',
    });
    const listed = await world.listed();
    assert.equal(listed.length, 3);
    assert.equal(
      listed.find(({ digest }) => digest === wrong.descriptor.digest)?.artifactType,
      wrong.descriptor.artifactType,
    );
    assert.equal((await world.repair()).status, 'sound');
  });

  it('leaves what it cannot look at as it is', async (t) => {
    const world = await start(t);
    const one = await world.attach('"1"');
    world.registry.quirks.failure = { status: 500, match: ({ path }) => path.includes(one) };
    const result = await world.repair();
    assert.equal(result.status, 'sound');
    assert.deepEqual(changes(result), { [one]: 'unread' });
    assert.deepEqual(digests(await world.listed()), [one]);
  });

  it('does not take one 404 for an absence', async (t) => {
    const world = await start(t);
    const one = await world.attach('"1"');
    world.registry.quirks.failure = { status: 404, times: 1, match: ({ path }) => path.includes(one) };
    assert.deepEqual(changes(await world.repair()), { [one]: 'kept' });
  });

  it('writes nothing in a dry run, and says what it would', async (t) => {
    const world = await start(t);
    const lost = await world.attach('"1"', true);
    await world.overwrite([]);
    const result = await world.repair({ dryRun: true });
    assert.deepEqual([result.status, changes(result)], ['planned', { [lost]: 'added' }]);
    assert.deepEqual(await world.listed(), []);
    assert.ok(world.registry.log.every(({ method }) => method === 'GET'));
  });

  it('has nothing to do where the registry keeps the list itself', async (t) => {
    const world = await start(t, {});
    assert.equal((await world.repair()).status, 'api');
  });

  it('fails where the tags cannot be listed, rather than to say that all is well', async (t) => {
    const world = await start(t);
    await world.attach('"1"');
    world.registry.quirks.failure = { status: 500, match: ({ path }) => path.endsWith('/tags/list') };
    const result = await world.repair();
    assert.deepEqual([result.status, result.error?.code], ['failed', 'server-error']);
    assert.equal((await world.repair({ uniqueTags: false })).status, 'sound');
  });
});
