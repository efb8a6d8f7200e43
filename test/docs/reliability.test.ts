import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';

const read = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The part that `npm run reliability` writes. */
async function measured(): Promise<string> {
  const page = await read('docs/reliability.md');
  const [, part = ''] = /<!-- measured:faults -->([\s\S]*)<!-- \/measured:faults -->/.exec(page) ?? [];
  return part;
}

describe('docs/reliability.md', () => {
  it('has a sum of cases that its table adds up to, and none that is wrong', async () => {
    const part = await measured();
    const [, all, right, wrong] = /(\d+) cases, (\d+) as they must be, (\d+) not\./.exec(part) ?? [];
    const [total = ''] = part.split('\n').filter((line) => line.startsWith('| **all** |'));
    const cells = [...total.matchAll(/(\d+) \/ (\d+) \/ (\d+)/g)].map(([, ...counts]) => counts.map(Number));
    const [reached, coded, bad] = [0, 1, 2].map((i) => cells.reduce((sum, counts) => sum + (counts[i] ?? 0), 0));
    assert.ok(cells.length > 0);
    assert.deepEqual([Number(all), Number(right), Number(wrong)], [(reached ?? 0) + (coded ?? 0), Number(all), bad]);
    assert.equal(bad, 0);
  });

  it('has the numbers that README gives', async () => {
    const part = await measured();
    const [, cases = ''] = /(\d+) cases, /.exec(part) ?? [];
    const faults = part.split('\n').filter((line) => /^\| (?!fault |\*\*all)/.test(line)).length;
    const [, saidFaults, saidCases = ''] = /(\d+) faults .*?([\d,]+) cases/.exec(await read('README.md')) ?? [];
    assert.deepEqual([saidFaults, saidCases.replaceAll(',', '')], [String(faults), cases]);
  });
});
