import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { CodedError } from '../../src/errors/coded-error.ts';
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

  it('end with the run: what waits ends at once, nothing more begins, and what had its turn gives it back', async () => {
    const turns = new ByteTurns(10);
    const [run, other] = [new AbortController(), new AbortController()];
    const reason = new CodedError('deadline-exceeded', 'the time is up');
    const begun: string[] = [];
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    const work = (name: string) => async () => void begun.push(name);
    const first = turns.run(10, run.signal, async () => {
      begun.push('first');
      await held;
    });
    const waiting = [1, 2, 3].map((i) => turns.run(4, run.signal, work(`waiting ${i}`)));
    const ofOther = turns.run(4, other.signal, work('of another run'));
    run.abort(reason);
    // the first one is still at work
    for (const one of waiting) await assert.rejects(one, reason);
    await assert.rejects(turns.run(1, run.signal, work('later')), reason);
    assert.deepEqual([begun, turns.bytes], [['first'], 10]);
    letGo();
    await Promise.all([first, ofOther]);
    assert.deepEqual([begun, turns.bytes], [['first', 'of another run'], 0]);
  });

  it('begin nothing that gets its turn by the end of its own run, and give that turn back', async () => {
    const turns = new ByteTurns(10);
    const run = new AbortController();
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    const first = turns.run(6, never, () => held);
    const large = turns.run(9, run.signal, async () => 'large');
    const small = turns.run(4, run.signal, async () => 'small');
    run.abort(new CodedError('aborted', 'stopped')); // the large one goes, and there is room for the small one
    await assert.rejects(large);
    await assert.rejects(small);
    assert.equal(turns.bytes, 6);
    letGo();
    await first;
  });

  it('let those behind it begin, where one that they waited for ends', async () => {
    const turns = new ByteTurns(10);
    const run = new AbortController();
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    const first = turns.run(6, never, () => held);
    const large = turns.run(9, run.signal, async () => {});
    const small = turns.run(4, never, async () => 'done');
    run.abort(new CodedError('aborted', 'stopped'));
    await assert.rejects(large);
    assert.equal(await small, 'done', 'beside the first, which is still at work');
    letGo();
    await first;
  });

  it('verify nothing of an image once its run has ended, however many documents wait', async (t) => {
    const { store, target } = await startListing(t);
    const key = makeTrustedKey();
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    for (let i = 0; i < 12; i++) {
      const statement = makeStatement({ subject: descriptor.digest, predicate: { i } });
      await pushBundle(target, descriptor, await makeKeyBundle({ statement, privateKey: key.privateKey }));
    }
    const run = new AbortController();
    const reason = new CodedError('deadline-exceeded', 'the time is up');
    let examined = 0;
    let waiting = 0;
    class EndingTurns extends ByteTurns {
      override run<T>(bytes: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
        waiting += 1;
        return super.run(bytes, signal, async () => {
          examined += 1;
          while (waiting < 12) await setImmediate(); // the others have come as well
          run.abort(reason);
          return work();
        });
      }
    }
    const rule = sampleRule({ signedBy: signedByKeys(makeTrustedKey('another').trust) });
    const trusts = [makeTrustedKey('another').trust];
    const judged = judge(store, { tag: 'v1' }, [rule], trusts, { turns: new EndingTurns(1), signal: run.signal });
    await assert.rejects(judged, reason);
    assert.deepEqual([waiting, examined], [12, 1]);
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
