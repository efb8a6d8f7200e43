import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createCapabilityMemory, type KnownCapability } from '../../src/referrers/capability.ts';
import { FirstAsks } from '../../src/referrers/first-asks.ts';

const BY_TAG: KnownCapability = { capability: 'tag-schema', reason: '404' };

describe('a question that many have', () => {
  it('is put by the first; the others wait until its answer has taught something, not for its end', async () => {
    const [asks, memory] = [new FirstAsks(), createCapabilityMemory()];
    const [answer, end] = [Promise.withResolvers<void>(), Promise.withResolvers<string>()];
    const trail: string[] = [];
    const first = asks.run(memory, async (learned) => {
      trail.push('first');
      await answer.promise;
      learned.set('r', BY_TAG);
      return end.promise;
    });
    const other = asks.run(memory, async (known) => trail.push(`other: ${known.get('r')?.capability}`));
    assert.deepEqual(trail, ['first']);
    answer.resolve();
    await other;
    assert.deepEqual(trail, ['first', 'other: tag-schema']);
    end.resolve('done');
    assert.equal(await first, 'done');
  });

  it('is put by each of the others where the first failed', async () => {
    const [asks, memory] = [new FirstAsks(), createCapabilityMemory()];
    const failed = asks.run(memory, () => Promise.reject(new RangeError('no')));
    const others = [1, 2].map((n) => asks.run(memory, () => Promise.resolve(n)));
    await assert.rejects(failed, RangeError);
    assert.deepEqual(await Promise.all(others), [1, 2]);
  });
});
