import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedError } from '../../../src/errors/coded-error.ts';
import { parseStrictJson } from '../../../src/oci/strict-json.ts';
import { compileExpression, MAX_EXPRESSION_LENGTH } from '../../../src/policy/cel/compile-expression.ts';
import type { ExpressionInput } from '../../../src/policy/expression.ts';
import { fc } from '../../support/fast-check.ts';

const at = { file: 'policy.yml', line: 4, column: 10 };
const input: ExpressionInput = {
  predicate: parseStrictJson(
    `{"buildDefinition": {"externalParameters": {"workflow": {"ref": "refs/tags/v1.2"}}}, "count": 5, "ratio": 1.5,
      "none": null, "list": [{"name": "a", "ok": true}, {"name": "b", "ok": true}], "finishedOn": "2026-11-20T10:00:00Z",
      "__proto__": {"polluted": true}, "constructor": "own", "emoji": "a😀"}`,
    { what: 'test' },
  ),
  statement: { predicateType: 'https://slsa.dev/provenance/v1' },
  signer: { issuer: 'https://token.actions.githubusercontent.com', extensions: { '11': 'github-hosted' } },
  referrer: { annotations: { 'org.example/key': 'v' } },
  image: { repository: 'ghcr.io/acme/app' },
};

/** Expression and what it is of `input`: a boolean, or the error's words. */
const EVALUATED: readonly (readonly [string, boolean | RegExp])[] = [
  ['predicate.buildDefinition.externalParameters.workflow.ref.startsWith("refs/tags/")', true],
  ['predicate.buildDefinition.externalParameters.workflow.ref.contains("heads")', false],
  ['predicate.buildDefinition.externalParameters.workflow.ref.matches("^refs/tags/v[0-9.]+$")', true],
  ['predicate.buildDefinition.externalParameters.workflow.ref.matches("tags")', true],
  ['statement.predicateType == "https://slsa.dev/provenance/v1" && image.repository.endsWith("/app")', true],
  ['signer.extensions["11"] == "github-hosted"', true],
  ['referrer.annotations["org.example/key"] == "v"', true],
  ['predicate.count == 5 && predicate.count >= 4 && predicate.ratio < 2', true],
  ['int(predicate.count) % 2 == 1', true],
  ['predicate.list.all(p, p.ok)', true],
  ['predicate.list.exists(p, p.name == "c")', false],
  ['predicate.list.exists_one(p, p.name == "a")', true],
  ['predicate.list.filter(p, p.name != "a").map(p, p.name) == ["b"]', true],
  ['predicate.list.all(predicate, predicate.ok)', true],
  // what is joined stays as it was
  ['[[1] + [2]].all(x, x + [3] == [1, 2, 3] && x + [4] == [1, 2, 4] && x == [1, 2] && size(x) == 2)', true],
  ['[[1] + [2]].all(x, x + x == [1, 2, 1, 2] && (x + [3]) + (x + [4]) == [1, 2, 3, 1, 2, 4] && !(3 in x))', true],
  ['[1, null, 2].map(x, x) == [1, null, 2] && [1, null, 2].filter(x, x != 1)[0] == null', true],
  ['([1] + [2])[2] == 3', /index/],
  ['size(predicate.list) == 2 && predicate.emoji.size() == 2', true],
  ['has(predicate.count) && !has(predicate.nothing)', true],
  ['has(predicate.none) && "none" in predicate && predicate.none == null', true],
  ['"nothing" in predicate', false],
  ['timestamp(predicate.finishedOn) > timestamp("2026-11-01T00:00:00Z")', true],
  ['timestamp("2026-11-22T00:00:00Z") - timestamp(predicate.finishedOn) < duration("72h")', true],
  ['type(predicate.emoji) == string', true],
  ['predicate.nothing == 1 || true', true],
  // own keys like others, and nothing behind them
  ['predicate.__proto__.polluted', true],
  ['predicate.constructor == "own"', true],
  ['has(statement.__proto__) || has(statement.constructor) || "toString" in statement', false],
  ['predicate.__proto__.toString == "x"', /field not found: toString/],
  // errors, which fail the candidate
  ['predicate.nothing == 1', /field not found: nothing/],
  ['predicate.count.nothing', /field not found|no such/],
  ['predicate.list[7].ok', /index/],
  ['predicate.emoji', /neither true nor false, but a text/],
  ['predicate.count', /neither true nor false, but a number/],
  ['predicate.none', /neither true nor false, but null/],
  ['predicate', /neither true nor false, but a list, a map/],
  ['predicate.count % 2 == 1', /no matching overload/],
  ['predicate.emoji < 1', /no matching overload/],
  ['predicate.emoji.matches("(")', /no RE2 expression/],
  ['predicate.emoji.matches("(aa{40}){24}")', /repeats too much/],
  ['1 / int(predicate.count - 5.0) == 1', /divide by zero/],
  ['timestamp(predicate.emoji) == timestamp("2026-11-01T00:00:00Z")', /timestamp/],
];

/** Source, words of the problem, where it is: line and column. */
const REFUSED: readonly (readonly [string, RegExp, number, number])[] = [
  ['', /no CEL expression/, 4, 10],
  ['predicate.', /no CEL expression/, 4, 19],
  ['predicate ==\n  a b', /no CEL expression/, 5, 5],
  ['true &&\n  predicat.x', /an expression sees no "predicat"/, 5, 3],
  ['constructor', /sees no "constructor"/, 4, 10],
  ['__proto__.x', /sees no "__proto__"/, 4, 10],
  ['toString == 1', /sees no "toString"/, 4, 10],
  ['process.exit(1)', /there is no function exit/, 4, 17],
  ['predicate.list.all(p, q.ok)', /sees no "q"/, 4, 32],
  ['predicate.list.all(p, p.ok) && p.ok', /sees no "p"/, 4, 41],
  ['predicate.a.startswith("x")', /there is no function startswith/, 4, 21],
  ['predicate.a.startsWith("x", "y")', /startsWith\(\) takes other arguments/, 4, 21],
  ['predicate.list.all(1, true)', /all\(\) is written otherwise/, 4, 24],
  ['has(predicate)', /has\(\) is written otherwise/, 4, 10],
  ['google.protobuf.Timestamp{seconds: 5} == 1', /there are no messages/, 4, 10],
  ['"text"', /expected something that is true or false/, 4, 10],
  ['size(predicate.list)', /expected something that is true or false/, 4, 10],
  ['[true]', /expected something that is true or false/, 4, 10],
  [`${'('.repeat(1000)}1${')'.repeat(1000)}==1`, /nested too deeply/, 4, 10],
  ['x'.repeat(MAX_EXPRESSION_LENGTH + 1), /at most 2048 characters/, 4, 10],
];

describe('an expression', () => {
  for (const [source, expected] of EVALUATED) {
    it(`${source} ${typeof expected === 'boolean' ? `is ${expected}` : `is an error: ${expected.source}`}`, async () => {
      const outcome = (await compileExpression(source, at)).evaluate(input);
      if (typeof expected === 'boolean') assert.deepEqual(outcome, { holds: expected });
      else assert.match('error' in outcome ? outcome.error : 'no error', expected);
    });
  }

  for (const [source, words, line, column] of REFUSED) {
    it(`${JSON.stringify(source.slice(0, 60))} is refused when it is read, with its place`, async () => {
      await assert.rejects(compileExpression(source, at), (thrown) => {
        assert.ok(thrown instanceof CodedError);
        assert.equal(thrown.code, 'expression-invalid');
        assert.match(thrown.message, words);
        assert.deepEqual(thrown.location, { file: 'policy.yml', line, column });
        return true;
      });
    });
  }

  it('names the near word', async () => {
    await assert.rejects(compileExpression('predicat.x', at), { hint: 'Did you mean predicate?' });
    await assert.rejects(compileExpression('predicate.x.startswith("a")', at), { hint: 'Did you mean startsWith()?' });
  });

  const packages = Array.from({ length: 10_000 }, (_, n) => ({ name: `p${n}`, text: 'a'.repeat(100), parts: [1, 2] }));
  const large: ExpressionInput = { ...input, predicate: { packages, text: 'a'.repeat(4_000_000) } };

  it('goes through ten thousand packages', async () => {
    for (const source of [
      'predicate.packages.all(p, p.name.startsWith("p"))',
      'predicate.packages.filter(p, p.name != "p7").map(p, p.name).exists(n, n == "p9999")',
    ]) {
      assert.deepEqual((await compileExpression(source, at)).evaluate(large), { holds: true }, source);
    }
  });

  for (const source of [
    'predicate.packages.all(p, predicate.packages.all(q, p.name != "" && q.name != ""))',
    'predicate.packages.all(p, predicate.packages.all(q, p == q || true))',
    'predicate.packages.all(p, predicate.text.contains(p.text + p.text + "b") || true)',
  ]) {
    it(`is ended when it takes too long: ${source}`, async () => {
      const expression = await compileExpression(source, at);
      const started = performance.now();
      const outcome = expression.evaluate(large);
      assert.deepEqual(outcome, { error: 'it took longer than 2 s', isOutOfTime: true });
      assert.ok(performance.now() - started < 10_000);
      assert.deepEqual((await compileExpression('predicate.count == 5', at)).evaluate(input), { holds: true });
    });
  }

  it('is ended sooner where less is allowed, and never later than two seconds', async () => {
    const endless = await compileExpression('predicate.packages.all(p, predicate.packages.all(q, p == q || true))', at);
    assert.deepEqual(endless.evaluate(large, 50), { error: 'it took longer than 0.05 s', isOutOfTime: true });
    assert.deepEqual(endless.evaluate(large, 60_000), { error: 'it took longer than 2 s', isOutOfTime: true });
  });

  it('does not fill the memory with text', async () => {
    const sum = Array.from({ length: 60 }, () => 't').join(' + ');
    const outcome = (await compileExpression(`[predicate.text].all(t, (${sum}).size() > 0)`, at)).evaluate(large);
    assert.deepEqual(outcome, { error: 'the text becomes too long' });
  });

  it('of any source is an expression or a coded error, and never throws when evaluated', async () => {
    const words = fc.constantFrom(
      'predicate',
      'statement',
      '.list',
      '.count',
      '.all(p, ',
      '.map(p, ',
      'p',
      'has(',
      ')',
      '(',
      '[',
      ']',
      '==',
      '&&',
      '||',
      '?',
      ':',
      '1',
      '"a"',
      '-',
      '!',
      '+',
      ' ',
      '{',
      '}',
      ',',
      'size(',
      'matches(',
      'true',
      '\n',
      '\\',
      '.__proto__',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.array(words, { maxLength: 12 }).map((all) => all.join('')),
        ),
        async (source) => {
          try {
            const outcome = (await compileExpression(source, at)).evaluate(input);
            if ('holds' in outcome) assert.equal(typeof outcome.holds, 'boolean');
            else assert.match(outcome.error, /\S/);
          } catch (thrown) {
            assert.ok(thrown instanceof CodedError && thrown.code === 'expression-invalid', String(thrown));
            assert.ok((thrown.location?.line ?? 0) >= 4);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
