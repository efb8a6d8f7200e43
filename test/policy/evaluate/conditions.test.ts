import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ConditionSubject, Conditions } from '../../../src/policy/evaluate/conditions.ts';
import type { Expression } from '../../../src/policy/expression.ts';
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
function slow(milliseconds: number): { readonly where: Expression; readonly limits: (number | undefined)[] } {
  const limits: (number | undefined)[] = [];
  const evaluate: Expression['evaluate'] = (_, limit = 2000) => {
    limits.push(limit);
    const end = performance.now() + Math.min(milliseconds, limit);
    while (performance.now() < end);
    return { error: 'it took longer' };
  };
  return { where: { source: 'slow', evaluate }, limits };
}

describe('the conditions on the evidence of an image', () => {
  it('are asked once of each candidate, however often it is judged', () => {
    const { where, limits } = slow(0);
    const conditions = new Conditions();
    const [one, other] = [subject(), subject()];
    for (const about of [one, other, one, { ...one, item: { ...one.item, vouchers: { items: [], gaps: [] } } }]) {
      assert.match(conditions.reasonUnmet(where, about) ?? '', /could not be evaluated: it took longer$/);
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

  it('are waited for as long as it takes, until five took very long', () => {
    const { where, limits } = slow(1010);
    const conditions = new Conditions();
    for (let i = 0; i < 7; i++) conditions.reasonUnmet(where, subject());
    assert.deepEqual(limits, [2000, 2000, 2000, 2000, 2000, 400, 400]);
    // what is quick goes on as before
    const quick: Expression = { source: 'quick', evaluate: () => ({ holds: true }) };
    assert.equal(conditions.reasonUnmet(quick, subject()), undefined);
  });
});
