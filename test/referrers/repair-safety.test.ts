/** What a repair must not do: lose, overwrite or take out what belongs in the list, or call unseen what it did not see. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestOf, parseDigest } from '../../src/oci/digest.ts';
import { OCI_INDEX } from '../../src/oci/media-types.ts';
import { buildReferrersTag, buildUniqueTag } from '../../src/oci/referrers-tag.ts';
import { SYSTEM_CLOCK } from '../../src/referrers/clock.ts';
import { rawEntryOf } from '../../src/referrers/fallback-edit.ts';
import { judgeListed } from '../../src/referrers/repair-judgement.ts';
import { BY_TAG } from '../support/attaching.ts';
import { countRequests, pushFallbackList } from '../support/listing.ts';
import { changesOf, digestsIn, startBroken } from '../support/repairing.ts';
import { absentDescriptor, pushSampleImage, pushSampleManifest, pushSampleReferrer } from '../support/sample-image.ts';
import { wrapStore } from '../support/wrap-store.ts';

const NOT_FOUND = { status: 404, headers: {}, body: new Uint8Array() };

describe('repair takes nothing out', () => {
  it('for answers of the same moment: an absence counts once it has lasted', async (t) => {
    const world = await startBroken(t);
    const one = await world.attach('"1"');
    let isBehind = true;
    const pause = async (): Promise<void> => {
      isBehind = false;
    };
    const clock = { ...SYSTEM_CLOCK, pause };
    world.registry.quirks.intercept = ({ path }) => (isBehind && path.includes(one) ? NOT_FOUND : undefined);
    assert.deepEqual(changesOf(await world.repair({ clock })), { [one]: 'kept' });
    assert.deepEqual(digestsIn(await world.listed()), [one]);
  });

  it('that a registry shows only to who names its media type', async (t) => {
    const world = await startBroken(t, { ...BY_TAG, acceptSensitive: true, manifestChecks: false });
    const { mediaType, digest, size } = world.image.descriptor;
    const odd = { mediaType: 'application/vnd.example.odd+json', subject: { mediaType, digest, size } };
    const { descriptor } = await pushSampleManifest(world.target, odd);
    await world.overwrite([descriptor]);
    assert.deepEqual(changesOf(await world.repair()), { [descriptor.digest]: 'kept' });
    assert.deepEqual(digestsIn(await world.listed()), [descriptor.digest]);
  });

  it('that comes back while the list is being written', async (t) => {
    const world = await startBroken(t);
    const back = await pushSampleReferrer(world.target, world.image.descriptor, { content: '"back"' });
    const wrong = await pushSampleReferrer(world.target, world.image.descriptor, { content: '"wrong"' });
    const lie = { ...wrong.descriptor, artifactType: 'application/vnd.example.lie' };
    await world.overwrite([lie, back.descriptor]);
    const tag = buildReferrersTag(world.image.descriptor.digest);
    let stage: 'deleted' | 'writing' | 'written' = 'deleted';
    world.registry.quirks.intercept = async ({ method, path }) => {
      if (path.includes(back.descriptor.digest)) return stage === 'deleted' ? NOT_FOUND : undefined;
      if (!path.includes(tag)) return undefined;
      if (method === 'PUT' && stage === 'deleted') stage = 'writing';
      else if (method === 'GET' && stage === 'writing') {
        stage = 'written'; // the referrer was pushed once more, and its writer lists it after our write
        await pushFallbackList(world.target, world.image.descriptor, [wrong.descriptor, back.descriptor]);
      }
      return undefined;
    };
    const result = await world.repair();
    assert.equal(stage, 'written');
    assert.deepEqual(
      new Set(digestsIn(await world.listed())),
      new Set([wrong.descriptor.digest, back.descriptor.digest]),
    );
    assert.deepEqual(changesOf(result), { [wrong.descriptor.digest]: 'corrected', [back.descriptor.digest]: 'kept' });
  });

  it('that is pushed again before anything was written', async (t) => {
    const world = await startBroken(t);
    const { target, image } = world;
    const back = await pushSampleReferrer(target, image.descriptor, { content: '"back"' });
    const gone = await pushSampleReferrer(target, image.descriptor, { content: '"gone"' });
    await world.overwrite([back.descriptor, gone.descriptor]);
    for (const { descriptor } of [back, gone]) await world.store.deleteManifest(descriptor.digest);
    const tag = buildReferrersTag(image.descriptor.digest);
    let absences = 0;
    let isPushed = false;
    world.registry.quirks.intercept = async ({ method, path }) => {
      if (path.endsWith(back.descriptor.digest)) absences++;
      if (isPushed || absences < 2 || method !== 'GET' || !path.endsWith(tag)) return undefined;
      isPushed = true; // who attaches it finds it listed, and writes nothing
      await pushSampleReferrer(target, image.descriptor, { content: '"back"' });
      return undefined;
    };
    const result = await world.repair();
    assert.ok(isPushed);
    assert.deepEqual(digestsIn(await world.listed()), [back.descriptor.digest]);
    assert.deepEqual(changesOf(result), { [back.descriptor.digest]: 'kept', [gone.descriptor.digest]: 'removed' });
    assert.deepEqual(world.repairWarnings, []);
  });

  it('and calls a list sound that it did not write, since all that was gone is back', async (t) => {
    const world = await startBroken(t);
    const { target, image } = world;
    const back = await pushSampleReferrer(target, image.descriptor, { content: '"back"' });
    await world.overwrite([back.descriptor]);
    let asked = 0;
    world.registry.quirks.intercept = ({ path }) =>
      path.endsWith(back.descriptor.digest) && ++asked <= 2 ? NOT_FOUND : undefined;
    const result = await world.repair();
    assert.deepEqual([result.status, changesOf(result)], ['sound', { [back.descriptor.digest]: 'kept' }]);
    assert.ok(world.registry.log.every(({ method }) => method === 'GET'));
  });

  it('that belongs to another image whose list has the same tag', () => {
    const hex = digestOf('one').slice('sha256:'.length);
    const [subject, other] = ['0', '1'].map((last) => parseDigest(`sha512:${hex}${last.repeat(64)}`, 'test'));
    assert.ok(subject && other);
    const descriptor = absentDescriptor('its');
    const entry = rawEntryOf(descriptor);
    const found = { state: 'referrer', digest: descriptor.digest, subject: other, descriptor } as const;
    assert.equal(judgeListed(entry, found, subject).change, 'kept');
    assert.equal(judgeListed(entry, { ...found, subject: digestOf('third') }, subject).change, 'removed');
  });

  it('and plans no addition of what is listed for one 404 of the list', async (t) => {
    const world = await startBroken(t);
    const kept = await world.attach('"1"');
    const tag = buildReferrersTag(world.image.descriptor.digest);
    world.registry.quirks.failure = { status: 404, times: 1, match: ({ path }) => path.includes(tag) };
    const result = await world.repair({ given: [kept], dryRun: true });
    assert.deepEqual([result.status, changesOf(result)], ['sound', { [kept]: 'kept' }]);
  });

  it('that it read, where the list is not there for a moment', async (t) => {
    const world = await startBroken(t);
    const kept = await world.attach('"1"');
    const lost = await pushSampleReferrer(world.target, world.image.descriptor, { content: '"lost"' });
    const tag = buildReferrersTag(world.image.descriptor.digest);
    let isHidden = false;
    world.registry.quirks.intercept = ({ method, path }) => {
      if (method === 'GET' && path.includes(kept)) isHidden = true;
      if (!path.includes(tag)) return undefined;
      if (method === 'PUT') isHidden = false;
      return isHidden ? NOT_FOUND : undefined;
    };
    const result = await world.repair({ given: [lost.descriptor.digest] });
    assert.equal(result.status, 'repaired');
    assert.deepEqual(new Set(digestsIn(await world.listed())), new Set([kept, lost.descriptor.digest]));
    assert.equal(
      world.registry.log.filter(({ method }) => method === 'PUT').length,
      1,
      'no list without it was written',
    );
  });
});

describe('repair says what it could not look at', () => {
  it('where a tag of a referrer cannot be read, and repairs the rest', async (t) => {
    const world = await startBroken(t);
    const unread = await world.attach('"1"', true);
    const lost = await world.attach('"2"', true);
    await world.overwrite([]);
    const tag = buildUniqueTag(world.image.descriptor.digest, unread);
    world.registry.quirks.failure = { status: 500, match: ({ path }) => path.endsWith(tag) };
    const result = await world.repair();
    assert.deepEqual([result.status, changesOf(result)], ['repaired', { [lost]: 'added' }]);
    assert.deepEqual(
      result.unlooked.map(({ code, message }) => [code, message.includes(tag)]),
      [['list-incomplete', true]],
    );
  });

  it('does not take one 404 of a tag of its own for an absence', async (t) => {
    const world = await startBroken(t);
    const lost = await world.attach('"1"', true);
    await world.overwrite([]);
    const tag = buildUniqueTag(world.image.descriptor.digest, lost);
    world.registry.quirks.failure = { status: 404, times: 1, match: ({ path }) => path.endsWith(tag) };
    assert.deepEqual(changesOf(await world.repair()), { [lost]: 'added' });
  });

  it('reads a tag of its own again that failed once', async (t) => {
    const world = await startBroken(t);
    const lost = await world.attach('"1"', true);
    await world.overwrite([]);
    const tag = buildUniqueTag(world.image.descriptor.digest, lost);
    world.registry.quirks.failure = { status: 500, times: 1, match: ({ path }) => path.endsWith(tag) };
    const result = await world.repair();
    assert.deepEqual([changesOf(result), result.unlooked], [{ [lost]: 'added' }, []]);
  });

  it('where the tags cannot be listed, and repairs from what else is known', async (t) => {
    const world = await startBroken(t);
    const lost = await world.attach('"1"');
    await world.overwrite([]);
    world.registry.quirks.failure = { status: 403, match: ({ path }) => path.endsWith('/tags/list') };
    const result = await world.repair({ given: [lost] });
    assert.deepEqual([result.status, changesOf(result)], ['repaired', { [lost]: 'added' }]);
    assert.deepEqual(
      result.unlooked.map(({ code }) => code),
      ['denied'],
    );
    assert.match(result.unlooked[0]?.hint ?? '', /unique-tags/);
    assert.deepEqual((await world.repair({ uniqueTags: false })).unlooked, []);
  });

  it('where there are more pages of tags than anybody reads', async (t) => {
    const world = await startBroken(t);
    const kept = await world.attach('"1"', true);
    const listTags = async () => ({ tags: new Set<string>(), complete: false });
    const result = await world.repair({ store: wrapStore(world.store, { listTags }) });
    assert.deepEqual([result.status, changesOf(result)], ['sound', { [kept]: 'kept' }]);
    assert.deepEqual(
      result.unlooked.map(({ code }) => code),
      ['list-incomplete'],
    );
  });

  it('where not all tags could be listed, and repairs from those that were', async (t) => {
    const world = await startBroken(t);
    const lost = await world.attach('"1"', true);
    await world.overwrite([]);
    const tags = new Set([buildUniqueTag(world.image.descriptor.digest, lost)]);
    const listTags = async () => ({ tags, complete: false });
    const result = await world.repair({ store: wrapStore(world.store, { listTags }) });
    assert.deepEqual([result.status, changesOf(result)], ['repaired', { [lost]: 'added' }]);
    assert.deepEqual(
      result.unlooked.map(({ code }) => code),
      ['list-incomplete'],
    );
  });

  it('and not that tags may be missing where a list is cut without a word: it asks for what comes after the last one', async (t) => {
    const world = await startBroken(t);
    const lost = await world.attach('"1"', true);
    await world.overwrite([]);
    const own = buildUniqueTag(world.image.descriptor.digest, lost);
    world.registry.quirks.intercept = ({ path, query }) => {
      if (!path.endsWith('/tags/list')) return undefined;
      const tags = query.get('last') === 'r36' ? [own] : Array.from({ length: 37 }, (_, i) => `r${i}`);
      const headers = { 'content-type': 'application/json' };
      return { status: 200, headers, body: new TextEncoder().encode(JSON.stringify({ tags })) };
    };
    const result = await world.repair();
    assert.deepEqual([result.status, changesOf(result), result.unlooked], ['repaired', { [lost]: 'added' }, []]);
  });

  it('where a later page of tags fails, and repairs from the pages before it', async (t) => {
    const world = await startBroken(t);
    const lost = await world.attach('"1"', true);
    await world.overwrite([]);
    const own = buildUniqueTag(world.image.descriptor.digest, lost);
    const first = { 'content-type': 'application/json', link: '</v2/acme/app/tags/list?last=z>; rel="next"' };
    world.registry.quirks.intercept = ({ path, query }) => {
      if (!path.endsWith('/tags/list')) return undefined;
      if (query.has('last')) return { status: 503, headers: {} };
      return { status: 200, headers: first, body: new TextEncoder().encode(JSON.stringify({ tags: [own] })) };
    };
    const result = await world.repair();
    assert.deepEqual([result.status, changesOf(result)], ['repaired', { [lost]: 'added' }]);
    assert.deepEqual(
      result.unlooked.map(({ code }) => code),
      ['server-error'],
    );
  });

  it('of an entry that names no manifest, and leaves it as it is', async (t) => {
    const world = await startBroken(t);
    const kept = await world.attach('"1"');
    const nameless = [{ mediaType: 'application/vnd.example', size: 3 }, { digest: 'blake3:00' }, 7];
    const body = JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: [...(await world.listed()), ...nameless],
    });
    const tag = buildReferrersTag(world.image.descriptor.digest);
    world.registry.quirks.intercept = ({ method, path }) =>
      method === 'GET' && path.endsWith(tag)
        ? { status: 200, headers: { 'content-type': OCI_INDEX }, body: new TextEncoder().encode(body) }
        : undefined;
    const result = await world.repair();
    assert.deepEqual([result.status, changesOf(result)], ['sound', { [kept]: 'kept' }]);
    const [error, ...more] = result.unlooked;
    assert.deepEqual([error?.code, error?.exitCode, more], ['referrers-invalid', 3, []]);
    assert.match(error?.message ?? '', /3 entries of .*sha256-.* name no manifest.*manifests\[1\]/);
  });

  it('of digests that were given and are no referrers of the image', async (t) => {
    const world = await startBroken(t);
    const other = await pushSampleImage(world.target, { name: 'another' });
    const elsewhere = await pushSampleReferrer(world.target, other.descriptor, { content: '"elsewhere"' });
    const gone = absentDescriptor('gone');
    const given = [elsewhere.descriptor.digest, world.image.descriptor.digest, gone.digest];
    assert.equal((await world.repair({ given })).status, 'sound');
    assert.deepEqual(
      world.repairWarnings.map(({ code, subject }) => [code, subject]),
      given.map((digest) => ['digest-passed-over', digest]),
    );
    assert.equal((await world.repair({ enumerated: given })).status, 'sound');
    assert.equal(world.repairWarnings.length, 3, 'what an enumeration names may be anything');
  });
});

describe('repair costs', () => {
  it('one round of reads besides the entries where there is nothing to do, and the word that no tag follows the last: the list is read once', async (t) => {
    const world = await startBroken(t);
    await world.attach('"1"');
    await world.repair();
    assert.deepEqual(countRequests(world.registry), {
      referrers: 1,
      'referrers tag': 1,
      'tags/list': 2,
      'manifest by digest': 1,
    });
  });
});
