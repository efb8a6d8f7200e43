import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ConditionSubject, Conditions } from '../../../src/policy/evaluate/conditions.ts';
import type { Expression, ExpressionResult } from '../../../src/policy/expression.ts';
import { AMD64, keySigner, makeImage, makeItem, unsigned } from '../make-evidence.ts';

function subject(): ConditionSubject {
  return {
    item: makeItem(unsigned('application/spdx+json')),
    statement: undefined,
    signer: undefined,
    image: makeImage(),
  };
}

/** A condition that takes so many milliseconds of what it may take, and tells how much that was. */
function slow(
  milliseconds: number,
  answer: ExpressionResult = { holds: true },
): { readonly where: Expression; readonly limits: (number | undefined)[] } {
  const limits: (number | undefined)[] = [];
  const evaluate: Expression['evaluate'] = (_, limit = 2000) => {
    limits.push(limit);
    const end = performance.now() + Math.min(milliseconds, limit);
    while (performance.now() < end);
    return milliseconds < limit ? answer : { error: 'it took longer', isOutOfTime: true };
  };
  return { where: { source: 'slow', evaluate }, limits };
}

describe('the conditions on the evidence of an image', () => {
  it('are asked once of each candidate, however often it is judged', () => {
    const { where, limits } = slow(0, { error: 'no such field' });
    const conditions = new Conditions();
    const [one, other] = [subject(), subject()];
    for (const about of [one, other, one, { ...one, item: { ...one.item, vouchers: { items: [], gaps: [] } } }]) {
      assert.match(conditions.reasonUnmet(where, about)?.reason ?? '', /could not be evaluated: no such field$/);
    }
    assert.equal(limits.length, 2);
  });

  it('are asked anew where the same content stands on another subject, in another referrer, or is vouched for by another', () => {
    const { where, limits } = slow(0);
    const conditions = new Conditions();
    const one = { ...subject(), signer: keySigner('a') };
    const others: readonly ConditionSubject[] = [
      { ...one, signer: keySigner('b') },
      { ...one, signer: undefined },
      { ...one, item: { ...one.item, subject: AMD64 } },
      { ...one, item: { ...one.item, referrer: AMD64 } },
      { ...one, item: { ...one.item, document: AMD64 } },
      { ...one, item: { ...one.item, origin: 'bundle.json' } },
    ];
    for (const about of [one, ...others, one, ...others]) conditions.reasonUnmet(where, about);
    assert.equal(limits.length, 1 + others.length);
  });

  it('wait, where that is wanted, until they are asked, each once', async () => {
    const [good, bad] = [slow(0), slow(0, { holds: false })];
    const conditions = new Conditions({ waits: true });
    const one = subject();
    const answers = () => [good, bad].map(({ where }) => conditions.reasonUnmet(where, one)?.isUndecided);
    assert.deepEqual(
      [answers(), answers()],
      [
        [true, true],
        [true, true],
      ],
    );
    const { signal } = new AbortController();
    assert.equal(await conditions.askNew(signal), true);
    assert.deepEqual(answers(), [undefined, false]);
    assert.equal(await conditions.askNew(signal), false);
    assert.deepEqual([good.limits, bad.limits], [[30], [30]]);
  });

  describe('that take long', () => {
    const { signal } = new AbortController();

    it('are decided when they are asked again, with the time that they need', async () => {
      const { where, limits } = slow(50, { holds: true });
      const conditions = new Conditions();
      const one = subject();
      const first = conditions.reasonUnmet(where, one);
      assert.equal(first?.isUndecided, true);
      assert.match(first.reason, /^the condition "slow" was not decided: /);
      assert.equal(await conditions.askAgain(signal), true);
      assert.equal(conditions.reasonUnmet(where, one), undefined);
      assert.deepEqual(limits, [30, 300]);
      // nothing is left to be asked
      assert.equal(await conditions.askAgain(signal), false);
    });

    it('and longer than any may, are answered with that', async () => {
      const { where, limits } = slow(2010);
      const conditions = new Conditions();
      const one = subject();
      conditions.reasonUnmet(where, one);
      await conditions.askAgain(signal);
      const answer = conditions.reasonUnmet(where, one);
      assert.deepEqual([answer?.isUndecided, answer?.reason.includes('it took longer')], [false, true]);
      assert.deepEqual(limits, [30, 300, 2000]);
    });

    it('get little time each, before any gets all that it may have', async () => {
      const [junk, honest] = [slow(5000), slow(100)];
      const conditions = new Conditions({ first: 1000, further: 1500 });
      const one = subject();
      for (let i = 0; i < 3; i++) conditions.reasonUnmet(junk.where, subject());
      conditions.reasonUnmet(honest.where, one);
      assert.equal(await conditions.askAgain(signal, 1500), true);
      assert.equal(conditions.reasonUnmet(honest.where, one), undefined);
      assert.deepEqual(honest.limits, [30, 300]);
      assert.deepEqual(junk.limits.slice(0, 6), [30, 30, 30, 300, 300, 300]);
    });

    it('get at last what the first evaluations left of their time', async () => {
      const { where } = slow(100);
      const conditions = new Conditions({ first: 60_000, further: 10 });
      const all = Array.from({ length: 4 }, subject);
      const undecided = () => all.filter((one) => conditions.reasonUnmet(where, one)?.isUndecided === true).length;
      assert.equal(undecided(), 4);
      await conditions.askAgain(signal, 10);
      assert.equal(undecided(), 3);
      await conditions.askAgain(signal, 10);
      assert.equal(undecided(), 3);
      assert.equal(await conditions.askAgain(signal), true);
      assert.equal(undecided(), 0);
    });

    it('are not asked to the end once the run is to end', async () => {
      const { where, limits } = slow(100);
      const conditions = new Conditions();
      for (let i = 0; i < 10; i++) conditions.reasonUnmet(where, subject());
      const controller = new AbortController();
      const ended = new Error('the deadline');
      setImmediate(() => controller.abort(ended));
      await assert.rejects(conditions.askAgain(controller.signal), ended);
      assert.deepEqual(limits, [...Array(10).fill(30), 300]);
    });

    it('are first looked at when that is asked for, and no further once the run is to end', async () => {
      const { where, limits } = slow(100);
      const conditions = new Conditions({ waits: true });
      const all = Array.from({ length: 10 }, subject);
      const undecided = () => all.filter((one) => conditions.reasonUnmet(where, one)?.isUndecided === true).length;
      assert.deepEqual([undecided(), limits], [10, []]);
      const controller = new AbortController();
      const ended = new Error('the deadline');
      setImmediate(() => controller.abort(ended));
      await assert.rejects(conditions.askNew(controller.signal), ended);
      assert.deepEqual(limits, [30]);
    });

    it('take no time from others until these are decided', () => {
      const { where, limits } = slow(1000);
      const conditions = new Conditions();
      for (let i = 0; i < 5; i++) conditions.reasonUnmet(where, subject());
      const quick: Expression = { source: 'quick', evaluate: () => ({ holds: true }) };
      assert.equal(conditions.reasonUnmet(quick, subject()), undefined);
      assert.deepEqual(limits, [30, 30, 30, 30, 30]);
    });

    it('are not asked any more once the time of the image is up, and then stay undecided', async () => {
      const { where, limits } = slow(100);
      const conditions = new Conditions({ first: 90, further: 150 });
      const all = Array.from({ length: 10 }, subject);
      for (const one of all) assert.equal(conditions.reasonUnmet(where, one)?.isUndecided, true);
      // a machine that is busy makes it fewer
      const first = limits.length;
      assert.ok(first >= 1 && first <= 3, `${first}`);
      assert.equal(await conditions.askAgain(signal, 20), true);
      assert.deepEqual(limits.slice(first), [300]);
      await conditions.askAgain(signal);
      assert.equal(await conditions.askAgain(signal), false);
      const second = limits.length - first;
      assert.ok(second >= 1 && second <= 2, `${second}`);
      assert.deepEqual(
        all.map((one) => conditions.reasonUnmet(where, one)?.isUndecided),
        all.map((_, i) => (i < second ? undefined : true)),
      );
    });
  });
});
