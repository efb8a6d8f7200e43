import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WriteBounds } from '../../src/referrers/write-bounds.ts';

function after({ taken = 0, conflicts = 0 }): WriteBounds {
  const bounds = new WriteBounds();
  for (let i = 0; i < taken; i++) bounds.noteTaken();
  for (let i = 0; i < conflicts; i++) bounds.noteConflict();
  return bounds;
}

describe('how often a list is written', () => {
  const OTHERS = { givenUp: 'too many others write the same list' };
  for (const [what, bounds, othersSeen, next] of [
    ['at first', {}, false, 'write'],
    ['19 writes that nobody shows', { taken: 19 }, false, 'write'],
    ['20 of them', { taken: 20 }, false, 'look'],
    ['20 where others write', { taken: 20 }, true, 'write'],
    ['20 where one was refused by its condition', { taken: 20, conflicts: 1 }, false, 'write'],
    ['59 where others write', { taken: 59 }, true, 'write'],
    ['60 where others write', { taken: 60 }, true, OTHERS],
    ['199 refused conditions', { conflicts: 199 }, false, 'write'],
    ['200 of them, whoever was seen', { conflicts: 200 }, false, OTHERS],
  ] as const) {
    it(`after ${what}`, () => assert.deepEqual(after(bounds).next(othersSeen), next));
  }

  it('ends after 15 looks without a write, and says that nobody else was seen', () => {
    const bounds = after({ taken: 20 });
    for (let i = 0; i < 15; i++) assert.equal(bounds.next(false), 'look');
    const next = bounds.next(false);
    assert.match(typeof next === 'object' ? next.givenUp : next, /said 20 times.*no change of anybody else was seen/);
  });
});
