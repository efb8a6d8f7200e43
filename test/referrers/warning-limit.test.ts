import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Warning, WarningCode } from '../../src/errors/warning.ts';
import { WarningLimit } from '../../src/referrers/warning-limit.ts';

function run(...given: readonly [code: WarningCode, count: number][]): readonly Warning[] {
  const heard: Warning[] = [];
  const limit = new WarningLimit((warning) => heard.push(warning));
  for (const [code, count] of given) {
    for (let i = 1; i <= count; i++) limit.warn({ code, message: `${code} ${i}`, subject: `s${i}` });
  }
  limit.flush();
  return heard;
}

describe('WarningLimit', () => {
  it('passes on what there is little of, as it is', () => {
    const heard = run(['referrer-missing', 5], ['subject-differs', 1]);
    assert.equal(heard.length, 6);
    assert.deepEqual(heard[0], { code: 'referrer-missing', message: 'referrer-missing 1', subject: 's1' });
  });

  it('says the rest of each code in one, with what it is about', () => {
    const heard = run(['referrer-missing', 7], ['subject-differs', 18]);
    assert.equal(heard.length, 12);
    assert.deepEqual(heard.slice(-2), [
      { code: 'referrer-missing', message: 'and 2 more like the 5 before: s6, s7' },
      {
        code: 'subject-differs',
        message: 'and 13 more like the 5 before: s6, s7, s8, s9, s10, s11, s12, s13, s14, s15, …',
      },
    ]);
  });

  it('says nothing at the end where nothing was held back', () => {
    assert.deepEqual(run(), []);
  });
});
