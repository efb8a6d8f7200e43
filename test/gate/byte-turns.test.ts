import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ByteTurns } from '../../src/gate/byte-turns.ts';
import type { Rule } from '../../src/policy/policy.ts';
import { fc } from '../support/fast-check.ts';
import { judge, makeTrustedKey, sampleRule, signedByKeys } from '../support/judging.ts';
import { startListing } from '../support/listing.ts';
import { pushSampleImage } from '../support/sample-image.ts';
import { makeKeyBundle } from '../support/sigstore/make-bundle.ts';
import { makeStatement } from '../support/sigstore/make-statement.ts';
import { pushBundle } from '../support/sigstore/push-signed.ts';

/** Turns that tell of every document how many bytes had their turn with it. */
class CountedTurns extends ByteTurns {
  readonly sums: number[] = [];
  readonly sizes: number[] = [];

  override run<T>(bytes: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    this.sizes.push(bytes);
    return super.run(bytes, signal, async () => {
      await setImmediate(); // as a larger document would, this one takes its time
      this.sums.push(this.bytes);
      return work();
    });
  }
}

const never = new AbortController().signal;

describe('turns by bytes', () => {
  it('are never for more bytes at a time than the limit, but for one document alone; each comes, in its order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ bytes: fc.nat(30), waits: fc.nat(3), fails: fc.boolean() }), { maxLength: 30 }),
        async (documents) => {
          const turns = new ByteTurns(20);
          const order: number[] = [];
          let sum = 0;
          const work = documents.map(({ bytes, waits, fails }, i) =>
            turns.run(bytes, never, async () => {
              order.push(i);
              sum += bytes;
              assert.ok(sum <= 20 || sum === bytes, `${sum}`);
              assert.ok(turns.bytes >= sum);
              for (let turn = 0; turn < waits; turn++) await setImmediate();
              sum -= bytes;
              if (fails) throw new RangeError('broken');
              return i;
            }),
          );
          const ends = await Promise.allSettled(work);
          assert.deepEqual(
            ends.map(({ status }) => status),
            documents.map(({ fails }) => (fails ? 'rejected' : 'fulfilled')),
          );
          assert.deepEqual(
            order,
            documents.map((_, i) => i),
          );
          assert.equal(turns.bytes, 0);
        },
      ),
    );
  });

  it('bound what all images of a run parse and verify together', async (t) => {
    const { store, target } = await startListing(t);
    const key = makeTrustedKey();
    const tags = ['a', 'b', 'c', 'd'];
    for (const tag of tags) {
      const { descriptor } = await pushSampleImage(target, { tag, name: tag });
      const statements = [1, 2, 3].map((i) => makeStatement({ subject: descriptor.digest, predicate: { i } }));
      for (const statement of statements) {
        await pushBundle(target, descriptor, await makeKeyBundle({ statement, privateKey: key.privateKey }));
      }
    }
    const rule: Rule = sampleRule({ signedBy: signedByKeys(key.trust) });
    const judgeAll = async (turns: ByteTurns) => {
      const judged = await Promise.all(tags.map((tag) => judge(store, { tag }, [rule], [key.trust], { turns })));
      assert.deepEqual(
        judged.map(({ verdict }) => verdict.verdict),
        Array(4).fill('pass'),
      );
    };
    const free = new CountedTurns(Number.MAX_SAFE_INTEGER);
    await judgeAll(free);
    const largest = Math.max(...free.sizes);
    assert.equal(free.sizes.length, 12);
    // without the bound they come together
    assert.ok(Math.max(...free.sums) > largest, `${free.sums}`);
    const one = new CountedTurns(largest);
    await judgeAll(one);
    assert.equal(one.sums.length, 12);
    assert.ok(Math.max(...one.sums) <= largest, `${one.sums}`);
  });
});
