import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import type { Quirks } from '../../src/embedded/quirks.ts';
import { CodedError } from '../../src/errors/coded-error.ts';
import { type Digest, digestOf } from '../../src/oci/digest.ts';
import { awaitImage, IMAGE_WAITS_MS } from '../../src/referrers/await-image.ts';
import type { Clock } from '../../src/referrers/clock.ts';
import { openLayout } from '../../src/store/layout/open-layout.ts';
import type { RegistryStore } from '../../src/store/registry/registry-store.ts';
import { openTestStore } from '../support/listing.ts';
import { pushSampleImage } from '../support/sample-image.ts';
import { makeTempDir } from '../support/temp-dir.ts';

/** A clock on which nothing takes time but waiting, and waiting none of ours. */
class RecordingClock implements Clock {
  readonly paused: number[] = [];
  #now = 0;
  now(): number {
    return this.#now;
  }
  async pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    this.paused.push(milliseconds);
    this.#now += milliseconds;
  }
  random(): number {
    return 0.5;
  }
}

interface Stage {
  readonly registry: EmbeddedRegistry;
  readonly store: RegistryStore;
  readonly clock: RecordingClock;
  /** Of an image that was pushed a moment ago. */
  readonly digest: Digest;
  /** Statuses of the reads since the push. */
  reads(): readonly number[];
}

async function startStage(t: TestContext, quirks: Quirks, retries = 5): Promise<Stage> {
  const registry = await startEmbeddedRegistry({ quirks });
  t.after(() => registry.close());
  const store = openTestStore(t, registry.host, { retries });
  const { descriptor } = await pushSampleImage({ host: registry.host, repository: 'acme/app' }, { tag: 'v1' });
  registry.clearLog();
  const reads = (): readonly number[] => registry.log.map(({ status }) => status);
  return { registry, store, clock: new RecordingClock(), digest: descriptor.digest, reads };
}

const ABSENT = digestOf(Buffer.from('never pushed'));

describe('an image by digest', () => {
  it('that is there is one request, without a wait', async (t) => {
    const { store, clock, digest, reads } = await startStage(t, {});
    let waits = 0;
    await awaitImage(store, digest, { clock, onWait: () => waits++ });
    assert.deepEqual([reads(), clock.paused, waits], [[200], [], 0]);
  });

  for (const late of [1, 2, 3, 4]) {
    it(`that the registry shows ${late} reads after it was pushed is read in the end`, async (t) => {
      const { store, clock, digest, reads } = await startStage(t, { manifestLag: { reads: late } });
      let waits = 0;
      const { manifest } = await awaitImage(store, digest, { clock, onWait: () => waits++ });
      assert.equal(manifest.digest, digest);
      assert.deepEqual(reads(), [...Array<number>(late).fill(404), 200]);
      assert.deepEqual([clock.paused, waits], [IMAGE_WAITS_MS.slice(0, late), 1]);
    });
  }

  it('that stays absent is an error that says how often it was asked for, and for how long', async (t) => {
    const { store, clock, reads } = await startStage(t, {});
    await assert.rejects(awaitImage(store, ABSENT, { clock }), {
      code: 'manifest-unknown',
      message: /acme\/app@sha256:[0-9a-f]{64}: .* answered 404, there is no such image \(asked 5 times in 3\.8 s\)$/,
      hint: /Check the digest/,
    });
    assert.deepEqual(reads(), [404, 404, 404, 404, 404]);
    assert.deepEqual(clock.paused, [250, 500, 1000, 2000]);
  });

  for (const [retries, waits] of [
    [0, []],
    [2, [250, 500]],
    [20, [250, 500, 1000, 2000]],
  ] as const) {
    it(`is asked for again no more often than retries allow: ${retries}`, async (t) => {
      const { store, clock, reads } = await startStage(t, {}, retries);
      await assert.rejects(awaitImage(store, ABSENT, { clock }), { code: 'manifest-unknown' });
      assert.deepEqual(clock.paused, waits);
      assert.equal(reads().length, 1 + waits.length);
    });
  }

  it('is not waited for beyond the end of the run, whose reason is the error', async (t) => {
    const { store, clock, reads } = await startStage(t, {});
    const run = new AbortController();
    const reason = new CodedError('deadline-exceeded', 'the run is over');
    const waiting = awaitImage(store, ABSENT, { clock, signal: run.signal, onWait: () => run.abort(reason) });
    await assert.rejects(waiting, reason);
    assert.deepEqual([reads(), clock.paused], [[404], []]);
  });
});

describe('an answer that no time will change', () => {
  it('is an absent tag', async (t) => {
    const { store, clock, reads } = await startStage(t, {});
    await assert.rejects(awaitImage(store, { tag: 'absent' }, { clock }), {
      code: 'manifest-unknown',
      message: /answered 404, there is no such image$/,
    });
    assert.deepEqual([reads(), clock.paused], [[404], []]);
  });

  it('is a repository that the registry does not know', async (t) => {
    const { registry, clock, digest, reads } = await startStage(t, {});
    const other = openTestStore(t, registry.host, { repository: 'acme/none', retries: 5 });
    await assert.rejects(awaitImage(other, digest, { clock }), { code: 'repository-unknown' });
    assert.deepEqual([reads(), clock.paused], [[404], []]);
  });

  it('is a refusal', async (t) => {
    const { registry, store, clock, digest, reads } = await startStage(t, {});
    registry.quirks.failure = { status: 403 };
    await assert.rejects(awaitImage(store, digest, { clock }), { code: 'denied' });
    assert.deepEqual([reads(), clock.paused], [[403], []]);
  });

  it('is a digest that a layout on disk does not have', async () => {
    await using dir = await makeTempDir('layout-');
    const clock = new RecordingClock();
    const layout = await openLayout(dir.path, { create: true });
    await assert.rejects(awaitImage(layout, ABSENT, { clock }), {
      code: 'manifest-unknown',
      message: /the layout has/,
    });
    assert.deepEqual(clock.paused, []);
  });
});
