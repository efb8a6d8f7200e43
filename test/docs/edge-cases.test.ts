import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { findFault, parseNamedTest, parseParts, parseTableRows } from './named-tests.ts';

const page = await readFile(new URL('../../docs/edge-cases.md', import.meta.url), 'utf8');
const [numbered = '', traps = ''] = page.split(/^## /m);
const cases = parseTableRows(numbered).map(([number = '', name = '', tests = '', ...more]) => ({
  number: Number(number),
  name,
  parts: parseParts(tests),
  more,
}));
const known = parseTableRows(traps).map(([name = '', tests = '', ...more]) => ({
  name,
  parts: parseParts(tests),
  more,
}));

async function faultOf(part: string): Promise<string | undefined> {
  const test = parseNamedTest(part);
  return test === undefined ? `"${part}" names no test` : findFault(test);
}

describe('docs/edge-cases.md', () => {
  it('has the cases from 1 to 66, each once and in order', () => {
    assert.deepEqual(
      cases.map(({ number }) => number),
      Array.from({ length: 66 }, (_, i) => i + 1),
    );
  });

  it('has traps of others besides, and says of each what it is', () => {
    assert.ok(known.length > 10, `${known.length} traps`);
    const broken = [...cases, ...known].filter(({ name, more }) => name === '' || more.length > 0);
    assert.deepEqual(broken, []);
  });

  it('names tests that are there, for every one', async () => {
    const faults = await Promise.all([...cases, ...known].flatMap(({ parts }) => parts.map(faultOf)));
    assert.deepEqual(
      faults.filter((fault) => fault !== undefined),
      [],
    );
  });
});
