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

  describe('that take long', () => {
    it('are decided when they are asked again, with the time that they need', () => {
      const { where, limits } = slow(50, { holds: true });
      const conditions = new Conditions();
      const one = subject();
      const first = conditions.reasonUnmet(where, one);
      assert.equal(first?.isUndecided, true);
      assert.match(first.reason, /^the condition "slow" was not decided: /);
      assert.equal(conditions.askAgain(), true);
      assert.equal(conditions.reasonUnmet(where, one), undefined);
      assert.deepEqual(limits, [30, 2000]);
      // nothing is left to be asked
      assert.equal(conditions.askAgain(), false);
    });

    it('and longer than any may, are answered with that', () => {
      const { where } = slow(2010);
      const conditions = new Conditions();
      const one = subject();
      conditions.reasonUnmet(where, one);
      conditions.askAgain();
      const answer = conditions.reasonUnmet(where, one);
      assert.deepEqual([answer?.isUndecided, answer?.reason.includes('it took longer')], [false, true]);
    });

    it('take no time from others until these are decided', () => {
      const { where, limits } = slow(1000);
      const conditions = new Conditions();
      for (let i = 0; i < 5; i++) conditions.reasonUnmet(where, subject());
      const quick: Expression = { source: 'quick', evaluate: () => ({ holds: true }) };
      assert.equal(conditions.reasonUnmet(quick, subject()), undefined);
      assert.deepEqual(limits, [30, 30, 30, 30, 30]);
    });

    it('are not asked any more once the time of the image is up, and then stay undecided', () => {
      const { where, limits } = slow(100);
      const conditions = new Conditions(90, 150);
      const all = Array.from({ length: 10 }, subject);
      for (const one of all) assert.equal(conditions.reasonUnmet(where, one)?.isUndecided, true);
      // a machine that is busy makes it fewer
      const first = limits.length;
      assert.ok(first >= 1 && first <= 3, `${first}`);
      assert.equal(conditions.askAgain(20), true);
      assert.deepEqual(limits.slice(first), [2000]);
      conditions.askAgain();
      assert.equal(conditions.askAgain(), false);
      const second = limits.length - first;
      assert.ok(second >= 1 && second <= 2, `${second}`);
      assert.deepEqual(
        all.map((one) => conditions.reasonUnmet(where, one)?.isUndecided),
        all.map((_, i) => (i < second ? undefined : true)),
      );
    });
  });
});
