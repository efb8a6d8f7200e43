import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { OCI_MANIFEST } from '../../src/oci/media-types.ts';
import {
  addEntries,
  buildFallbackIndex,
  rawEntriesOf,
  rawEntryOf,
  removeEntries,
} from '../../src/referrers/fallback-edit.ts';
import { FallbackUpdate } from '../../src/referrers/fallback-update.ts';
import { ANNOTATION_ATTACHED_BY, ATTACHED_BY } from '../../src/referrers/marker.ts';
import { fc } from '../support/fast-check.ts';
import { OneTag } from '../support/one-tag-store.ts';
import { VirtualTime } from '../support/virtual-time.ts';

const SUBJECT = digestOf('subject');

function descriptor(name: string): Descriptor {
  const annotations = { [ANNOTATION_ATTACHED_BY]: ATTACHED_BY };
  return { mediaType: OCI_MANIFEST, digest: digestOf(name), size: 1, artifactType: 'application/x', annotations };
}

interface Race {
  readonly seed: number;
  /** Writers of ours; some take an entry out that was listed before, as `if-exists: replace` does. */
  readonly writers: readonly { readonly replaces: number | undefined }[];
  /** Other clients that read once and write once: they add an entry, or delete a manifest and take its entry out. */
  readonly others: readonly { readonly deletes: number | undefined }[];
  readonly listed: number;
  readonly spread: number;
  readonly latency: number;
  readonly honoursConditions: boolean;
}

const chosen = fc.option(fc.nat(4), { nil: undefined });
const races: fc.Arbitrary<Race> = fc.record({
  seed: fc.nat(),
  writers: fc.array(fc.record({ replaces: chosen }), { minLength: 1, maxLength: 8 }),
  others: fc.array(fc.record({ deletes: chosen }), { maxLength: 4 }),
  listed: fc.constant(5),
  spread: fc.integer({ min: 0, max: 2000 }),
  latency: fc.integer({ min: 2, max: 120 }),
  honoursConditions: fc.boolean(),
});

interface Outcome {
  readonly failed: readonly unknown[];
  /** What has to be listed and is not. */
  readonly lost: readonly string[];
  /** What we took out and is listed. */
  readonly returned: readonly string[];
  /** Digests that are listed more than once, or that nobody ever pushed. */
  readonly wrong: readonly string[];
}

async function race({ seed, writers, others, listed, spread, latency, honoursConditions }: Race): Promise<Outcome> {
  const time = new VirtualTime(seed);
  const tag = new OneTag(time, { honoursConditions });
  const before = Array.from({ length: listed }, (_, i) => `listed ${i}`);
  tag.bytes = buildFallbackIndex(before.map((name) => rawEntryOf(descriptor(name))));
  const nameOf = (index: number): string => `listed ${index}`;
  const ours = writers.map(async ({ replaces }, i) => {
    await time.pause(time.between(0, spread));
    const remove = replaces === undefined ? [] : [digestOf(nameOf(replaces))];
    const change = { add: [descriptor(`writer ${i}`)], remove };
    const options = { warn: () => undefined, clock: time };
    await new FallbackUpdate(tag.store(time.between(2, latency)), SUBJECT, change, options).run();
  });
  const theirs = others.map(async ({ deletes }, i) => {
    await time.pause(time.between(0, spread));
    const store = tag.store(latency);
    if (deletes !== undefined) tag.absent.add(digestOf(nameOf(deletes)));
    const found = await store.findManifest({ tag: 'the one' });
    const bytes = found?.manifest.bytes ?? buildFallbackIndex([]);
    const next =
      deletes === undefined
        ? addEntries(bytes, [rawEntryOf(descriptor(`other ${i}`))])
        : removeEntries(bytes, new Set([digestOf(nameOf(deletes))]));
    await store.pushManifest({ bytes: next, mediaType: '', target: { tag: 'the one' } });
  });
  const results = await time.run([...ours, ...theirs]);
  const replaced = new Set(writers.flatMap(({ replaces }) => (replaces === undefined ? [] : nameOf(replaces))));
  const deleted = new Set(others.flatMap(({ deletes }) => (deletes === undefined ? [] : nameOf(deletes))));
  const added = writers.map((_, i) => `writer ${i}`);
  const all = [...before, ...added, ...others.map((_, i) => `other ${i}`)];
  const digests = rawEntriesOf(tag.bytes ?? buildFallbackIndex([])).map(({ digest }) => digest);
  const count = (name: string): number => digests.filter((digest) => digest === digestOf(name)).length;
  const stays = [...before.filter((name) => !replaced.has(name) && !deleted.has(name)), ...added];
  return {
    failed: results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : [])),
    lost: stays.filter((name) => count(name) !== 1),
    returned: [...replaced].filter((name) => count(name) > 0),
    wrong: digests.filter(
      (digest, i) => digests.indexOf(digest) !== i || !all.some((name) => digestOf(name) === digest),
    ),
  };
}

describe('many writers of one fallback list, some of which take entries out', () => {
  it('lose nothing, and hardly ever bring back what was replaced, whatever others add and delete in between', async () => {
    let returnedIn = 0;
    const property = fc.asyncProperty(races, async (given) => {
      const { returned, ...rest } = await race(given);
      if (returned.length > 0) returnedIn++;
      assert.deepEqual(rest, { failed: [], lost: [], wrong: [] });
    });
    await fc.assert(property, { numRuns: 300 });
    // one in a thousand: a writer who first read the list between a removal and its being overwritten cannot know of it
    assert.ok(returnedIn <= 3, `${returnedIn} of 300`);
  });

  it('do not bring back what another client deleted before they wrote', async () => {
    const property = fc.asyncProperty(fc.nat(), fc.integer({ min: 2, max: 120 }), async (seed, latency) => {
      const time = new VirtualTime(seed);
      const tag = new OneTag(time, { honoursConditions: false });
      const entries = ['kept', 'deleted'].map((name) => rawEntryOf(descriptor(name)));
      tag.bytes = buildFallbackIndex(entries);
      const [seen] = await time.run([tag.store(latency).findManifest({ tag: 'the one' })]);
      assert.ok(seen?.status === 'fulfilled' && seen.value?.manifest.kind === 'index');
      const fallback = { state: 'list', index: seen.value.manifest } as const;
      const gone = digestOf('deleted');
      tag.absent.add(gone);
      tag.bytes = removeEntries(tag.bytes, new Set([gone]));
      // what the look-up saw is compared with what is there now
      const change = { add: [descriptor('new')], remove: [] };
      const options = { warn: () => undefined, clock: time, earlier: [fallback] };
      const [result] = await time.run([new FallbackUpdate(tag.store(latency), SUBJECT, change, options).run()]);
      assert.equal(result?.status, 'fulfilled');
      const listed = rawEntriesOf(tag.bytes).map(({ digest }) => digest);
      assert.deepEqual(listed, [digestOf('kept'), digestOf('new')]);
    });
    await fc.assert(property, { numRuns: 50 });
  });
});
