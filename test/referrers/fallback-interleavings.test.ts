import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { addEntries, buildFallbackIndex, rawEntriesOf, rawEntryOf } from '../../src/referrers/fallback-edit.ts';
import { FallbackUpdate } from '../../src/referrers/fallback-update.ts';
import { ANNOTATION_ATTACHED_BY, ATTACHED_BY } from '../../src/referrers/marker.ts';
import { fc } from '../support/fast-check.ts';
import { OneTag } from '../support/one-tag-store.ts';
import { VirtualTime } from '../support/virtual-time.ts';

const SUBJECT = digestOf('subject');

/** As attach lists it: all of one type, all with the marker. */
function descriptor(name: string): Descriptor {
  const annotations = { [ANNOTATION_ATTACHED_BY]: ATTACHED_BY };
  return { mediaType: OCI_MANIFEST, digest: digestOf(name), size: 1, artifactType: 'application/x', annotations };
}

interface Race {
  readonly seed: number;
  /** Writers of ours, each with one entry. */
  readonly writers: number;
  /** Clients that read, add their entry and write, and never look again. */
  readonly careless: number;
  /** Milliseconds from the first start to the last. */
  readonly spread: number;
  /** Milliseconds that one way to the registry takes at most, for the slowest: reading and writing are two ways apart. */
  readonly latency: number;
  readonly listed: number;
  readonly honoursConditions: boolean;
}

interface Outcome {
  readonly lost: readonly string[];
  readonly failed: readonly unknown[];
  readonly writes: number;
  readonly milliseconds: number;
}

async function race({ seed, writers, careless, spread, latency, listed, honoursConditions }: Race): Promise<Outcome> {
  const time = new VirtualTime(seed);
  const tag = new OneTag(time, { honoursConditions });
  const before = Array.from({ length: listed }, (_, i) => `listed ${i}`);
  if (listed > 0) tag.bytes = buildFallbackIndex(before.map((name) => rawEntryOf(descriptor(name))));
  const ours = Array.from({ length: writers }, (_, i) => `writer ${i}`);
  const work = ours.map(async (name) => {
    await time.pause(time.between(0, spread));
    const change = { add: [descriptor(name)], remove: [] };
    await new FallbackUpdate(tag.store(time.between(2, latency)), SUBJECT, change, {
      warn: () => undefined,
      clock: time,
    }).run();
  });
  const others = Array.from({ length: careless }, async (_, i) => {
    await time.pause(time.between(0, spread));
    await addCarelessly(tag, latency, `careless ${i}`);
  });
  const results = await time.run([...work, ...others]);
  const present = new Set(tag.bytes === undefined ? [] : rawEntriesOf(tag.bytes).map(({ digest }) => digest));
  return {
    lost: [...before, ...ours].filter((name) => !present.has(digestOf(name))),
    failed: results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : [])),
    writes: tag.writes,
    milliseconds: time.now(),
  };
}

async function addCarelessly(tag: OneTag, latency: number, name: string): Promise<void> {
  const store = tag.store(latency);
  const entry = rawEntryOf(descriptor(name));
  const found = await store.findManifest({ tag: 'the one' });
  const bytes = found === undefined ? buildFallbackIndex([entry]) : addEntries(found.manifest.bytes, [entry]);
  await store.pushManifest({ bytes, mediaType: '', target: { tag: 'the one' } });
}

const races = fc.record({
  seed: fc.nat(),
  writers: fc.integer({ min: 2, max: 12 }),
  careless: fc.integer({ min: 0, max: 3 }),
  spread: fc.integer({ min: 0, max: 3000 }),
  latency: fc.integer({ min: 2, max: 120 }),
  listed: fc.constantFrom(0, 0, 1, 5),
  honoursConditions: fc.boolean(),
});

describe('many writers of one fallback list', () => {
  it('lose nothing in any order of events while nobody takes longer than the settle time to read and write', async () => {
    await fc.assert(
      fc.asyncProperty(races, async (given) => {
        const { lost, failed } = await race(given);
        assert.deepEqual({ lost, failed }, { lost: [], failed: [] });
      }),
      { numRuns: 300 },
    );
  });

  it('lose entries if they only write and never look again, which shows that the model can lose', async () => {
    const time = new VirtualTime(1);
    const tag = new OneTag(time, { honoursConditions: false });
    await time.run(Array.from({ length: 8 }, (_, i) => addCarelessly(tag, 50, `careless ${i}`)));
    assert.ok(rawEntriesOf(tag.bytes ?? new Uint8Array()).length < 8);
  });

  it('come to an end: 32 of them within a bounded number of writes and seconds', async () => {
    for (const honoursConditions of [false, true]) {
      const outcome = await race({
        seed: 7,
        writers: 32,
        careless: 0,
        spread: 0,
        latency: 40,
        listed: 0,
        honoursConditions,
      });
      assert.deepEqual({ lost: outcome.lost, failed: outcome.failed }, { lost: [], failed: [] });
      assert.ok(outcome.writes <= 32 * 12, `${outcome.writes} writes`);
      assert.ok(outcome.milliseconds <= 20_000, `${outcome.milliseconds} ms`);
    }
  });
});
