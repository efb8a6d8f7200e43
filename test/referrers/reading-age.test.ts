import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FallbackReading } from '../../src/referrers/read-fallback-index.ts';
import { ReadingAge } from '../../src/referrers/reading-age.ts';

const reading = (asked: number, took: number): FallbackReading => ({
  fallback: { state: 'absent' },
  asked,
  at: asked + took,
});

function ageOf(...readings: readonly FallbackReading[]): ReadingAge {
  const age = new ReadingAge();
  for (const one of readings) age.note(one);
  return age;
}

describe('ReadingAge', () => {
  it('takes a reading of the moment, at the pace of a slow registry too', () => {
    assert.equal(ageOf(reading(0, 20)).mustRenew(reading(0, 20), 30), false);
    assert.equal(ageOf(reading(0, 140)).mustRenew(reading(0, 140), 300), false);
    const slow = [reading(0, 900), reading(1000, 800)] as const;
    assert.equal(ageOf(...slow).mustRenew(slow[1], 2000), false);
  });

  it('refuses one after a pause, before its answer or behind it', () => {
    assert.equal(ageOf(reading(0, 20)).mustRenew(reading(0, 20), 1520), true);
    assert.equal(ageOf(reading(0, 1500)).mustRenew(reading(0, 1500), 1501), true);
    assert.equal(ageOf(reading(0, 20), reading(100, 1500)).mustRenew(reading(100, 1500), 1601), true);
  });

  it('ends in a write where no reading is ever fresh, and begins anew after it', () => {
    const late = reading(0, 20);
    const age = ageOf(late);
    const answers = Array.from({ length: 8 }, () => age.mustRenew(late, 10_000));
    assert.deepEqual(answers, [true, true, true, true, true, false, true, true]);
  });
});
