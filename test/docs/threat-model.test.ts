import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { findFault, parseNamedTest, parseParts, parseTableRows } from './named-tests.ts';

const page = await readFile(new URL('../../docs/threat-model.md', import.meta.url), 'utf8');
const section = page.split(/^## /m).find((one) => one.startsWith("The gate's threats\n")) ?? '';
const threats = parseTableRows(section).map(([number = '', threat = '', countermeasure = '', tests = '', ...more]) => ({
  number: Number(number),
  threat,
  countermeasure,
  parts: parseParts(tests),
  more,
}));

async function faultOf(part: string): Promise<string | undefined> {
  const test = parseNamedTest(part);
  return test === undefined ? `"${part}" names no test` : findFault(test);
}

describe("the gate's threats in docs/threat-model.md", () => {
  it('are those from 1 to 26, each once and in order', () => {
    assert.deepEqual(
      threats.map(({ number }) => number),
      Array.from({ length: 26 }, (_, i) => i + 1),
    );
  });

  it('have a countermeasure each', () => {
    const broken = threats.filter(({ threat, countermeasure, more }) => !threat || !countermeasure || more.length > 0);
    assert.deepEqual(broken, []);
  });

  it('name tests that are there, for every one', async () => {
    const faults = await Promise.all(threats.flatMap(({ parts }) => parts.map(faultOf)));
    assert.deepEqual(
      faults.filter((fault) => fault !== undefined),
      [],
    );
  });
});
