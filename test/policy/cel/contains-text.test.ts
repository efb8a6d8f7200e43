import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonValue } from '../../../src/oci/strict-json.ts';
import { compileExpression } from '../../../src/policy/cel/compile-expression.ts';
import { containsText } from '../../../src/policy/cel/contains-text.ts';
import type { ExpressionInput, ExpressionResult } from '../../../src/policy/expression.ts';
import { fc } from '../../support/fast-check.ts';

async function evaluate(source: string, predicate: JsonValue): Promise<ExpressionResult> {
  const input: ExpressionInput = { predicate, statement: null, signer: null, referrer: {}, image: {} };
  return (await compileExpression(source, { file: 'policy.yml' })).evaluate(input);
}

describe('a part of a text', () => {
  it('is found where the engine itself finds it, in short texts and in long ones that repeat themselves', () => {
    const part = fc
      .array(fc.constantFrom('a', 'b', 'ab', '😀', '\ud83d'), { maxLength: 6 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(part, part, part, fc.boolean(), (head, middle, tail, isLong) => {
        const times = isLong ? 2500 : 1;
        const [text, needle] = [head + middle.repeat(times) + tail, middle.repeat(Math.ceil(times * 0.9)) + tail];
        assert.equal(containsText(text, needle), text.includes(needle));
        assert.equal(containsText(needle, text), needle.includes(text));
        assert.equal(containsText(text, `${needle}b`), text.includes(`${needle}b`));
      }),
    );
  });

  it('is looked for in no more time than the texts are long, however often they nearly match', async () => {
    const predicate = { text: 'a'.repeat(2_000_000), needle: `ab${'a'.repeat(500_000)}` };
    // the engine's own search, which nothing ends, takes minutes
    assert.deepEqual(await evaluate('predicate.text.contains(predicate.needle)', predicate), { holds: false });
    const found = { ...predicate, text: `${predicate.text}${predicate.needle}` };
    assert.deepEqual(await evaluate('predicate.text.contains(predicate.needle)', found), { holds: true });
  });
});

describe('what an expression makes of data', () => {
  const eightfold = (name: string, times: number): string =>
    `[${name}]${'.map(b, b + b + b + b + b + b + b + b)'.repeat(times)}.all(b, b.size() > 0)`;

  it('does not fill the memory with bytes', async () => {
    const text = 'x'.repeat(8192);
    assert.deepEqual(await evaluate(eightfold('bytes(predicate)', 4), text), { error: 'the bytes become too many' });
    assert.deepEqual(await evaluate(eightfold('bytes(predicate)', 3), text), { holds: true });
    assert.deepEqual(await evaluate('bytes(predicate) + b"yz" == b"xyz"', 'x'), { holds: true });
  });

  it('does not fill the memory with lists', async () => {
    const list = Array.from({ length: 1000 }, (_, i) => i);
    assert.deepEqual(await evaluate(eightfold('predicate', 4), list), { error: 'the list becomes too long' });
    assert.deepEqual(await evaluate(eightfold('predicate', 3), list), { holds: true });
  });
});
