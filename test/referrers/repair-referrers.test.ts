import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildUniqueTag } from '../../src/oci/referrers-tag.ts';
import { changesOf, digestsIn, startBroken } from '../support/repairing.ts';
import { absentDescriptor, pushSampleImage, pushSampleReferrer } from '../support/sample-image.ts';

describe('attach with tags of the referrers own', () => {
  it('gives each one where lists are kept by tag, with no request more once that is known', async (t) => {
    const world = await startBroken(t);
    const first = await world.attach('"1"', true);
    assert.deepEqual(
      (await world.registry.tagsOf('acme/app')).filter((tag) => tag.includes('.')),
      [buildUniqueTag(world.image.descriptor.digest, first)],
    );
  });

  it('gives none where the registry has the API, or nobody asked', async (t) => {
    const withApi = await startBroken(t, {});
    await withApi.attach('"1"', true);
    const unasked = await startBroken(t);
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
    const world = await startBroken(t);
    const lost = [await world.attach('"1"', true), await world.attach('"2"', true)];
    const foreign = await pushSampleReferrer(world.target, world.image.descriptor, { content: '"foreign"' });
    await world.overwrite([{ ...foreign.descriptor, 'x-kept': [1.5] }]);
    const result = await world.repair();
    assert.equal(result.status, 'repaired');
    assert.deepEqual(changesOf(result), {
      [foreign.descriptor.digest]: 'kept',
      [lost[0] ?? '']: 'added',
      [lost[1] ?? '']: 'added',
    });
    const listed = await world.listed();
    assert.deepEqual(new Set(digestsIn(listed)), new Set([foreign.descriptor.digest, ...lost]));
    assert.deepEqual((listed[0] as unknown as Record<string, unknown>)['x-kept'], [1.5]);
    assert.equal((await world.repair()).status, 'sound');
  });

  it('lists what somebody gives the digest of, and passes over what belongs to another image', async (t) => {
    const world = await startBroken(t);
    const lost = await world.attach('"1"');
    await world.overwrite([]);
    const other = await pushSampleImage(world.target, { name: 'another' });
    const elsewhere = await pushSampleReferrer(world.target, other.descriptor, { content: '"elsewhere"' });
    const result = await world.repair({ given: [lost, elsewhere.descriptor.digest, world.image.descriptor.digest] });
    assert.deepEqual(changesOf(result), { [lost]: 'added' });
    assert.deepEqual(digestsIn(await world.listed()), [lost]);
  });

  it('corrects wrong descriptions and repetitions, and takes out what is gone or of another image', async (t) => {
    const world = await startBroken(t);
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
    assert.deepEqual(changesOf(result), {
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
    const world = await startBroken(t);
    const one = await world.attach('"1"');
    world.registry.quirks.failure = { status: 500, match: ({ path }) => path.includes(one) };
    const result = await world.repair();
    assert.equal(result.status, 'sound');
    assert.deepEqual(changesOf(result), { [one]: 'unread' });
    assert.deepEqual(digestsIn(await world.listed()), [one]);
  });

  it('does not take one 404 for an absence', async (t) => {
    const world = await startBroken(t);
    const one = await world.attach('"1"');
    world.registry.quirks.failure = { status: 404, times: 1, match: ({ path }) => path.includes(one) };
    assert.deepEqual(changesOf(await world.repair()), { [one]: 'kept' });
  });

  it('writes nothing in a dry run, and says what it would', async (t) => {
    const world = await startBroken(t);
    const lost = await world.attach('"1"', true);
    await world.overwrite([]);
    const result = await world.repair({ dryRun: true });
    assert.deepEqual([result.status, changesOf(result)], ['planned', { [lost]: 'added' }]);
    assert.deepEqual(await world.listed(), []);
    assert.ok(world.registry.log.every(({ method }) => method === 'GET'));
  });

  it('has nothing to do where the registry keeps the list itself', async (t) => {
    const world = await startBroken(t, {});
    assert.equal((await world.repair()).status, 'api');
  });
});
