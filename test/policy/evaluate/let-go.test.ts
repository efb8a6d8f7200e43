import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedError } from '../../../src/errors/coded-error.ts';
import { LET_GO, type Statement } from '../../../src/evidence/statement.ts';
import { keepPredicates } from '../../../src/gate/let-go-predicates.ts';
import { compileExpression } from '../../../src/policy/cel/compile-expression.ts';
import { type EvaluationInput, evaluatePolicy } from '../../../src/policy/evaluate/evaluate-policy.ts';
import { buildExpressionInput } from '../../../src/policy/evaluate/expression-input.ts';
import { predicateTime } from '../../../src/policy/evaluate/predicate-time.ts';
import { statementOf } from '../../../src/policy/evaluate/statement-of.ts';
import type { EvidenceItem } from '../../../src/policy/evidence-item.ts';
import type { Expression } from '../../../src/policy/expression.ts';
import { type KeptPredicates, planEvidence } from '../../../src/policy/plan-evidence.ts';
import type { CandidateJudgement, ImageVerdict } from '../../../src/policy/verdict.ts';
import { fc } from '../../support/fast-check.ts';
import {
  AT,
  anyOf,
  evaluate,
  goodItem,
  INDEX,
  keySigner,
  makeImage,
  makeItem,
  makeRule,
  makeStatement,
  RELEASE_KEY,
  signed,
  statementClaim,
  verified,
} from '../make-evidence.ts';
import { arbitraryInput } from './random-evaluation.ts';

const SOURCES = ['has(predicate.runDetails)', '!has(predicate.runDetails)', 'predicate == null', 'predicate != null'];
/** With all the time that an expression may have: what a busy machine does not decide in a first look is no difference. */
const CONDITIONS = await Promise.all(
  SOURCES.map(async (source): Promise<Expression> => {
    const { evaluate: ask } = await compileExpression(source, AT);
    return { source, evaluate: (input) => ask(input) };
  }),
);

/** As the gate keeps evidence: what is not kept is gone before anything is judged. */
function keep(item: EvidenceItem, kept: KeptPredicates): EvidenceItem {
  const { content, vouchers } = item;
  return {
    ...item,
    content: keepPredicates(content, kept),
    vouchers: vouchers && { ...vouchers, items: vouchers.items.map((one) => keep(one, kept)) },
  };
}

function keepAll(input: EvaluationInput, kept: KeptPredicates): EvaluationInput {
  return { ...input, items: input.items.map((item) => keep(item, kept)) };
}

/** With conditions on some of its rules. */
const asking: fc.Arbitrary<EvaluationInput> = fc
  .tuple(arbitraryInput, fc.array(fc.option(fc.constantFrom(...CONDITIONS), { nil: undefined }), { minLength: 2 }))
  .map(([input, conditions]) => {
    const rules = input.policy.rules.map((rule, i) => {
      const where = conditions[i];
      return where === undefined ? rule : { ...rule, where };
    });
    return { ...input, policy: { ...input.policy, rules } };
  });

function outlineOf({ verdict, rules }: ImageVerdict) {
  const cells = rules.flatMap((rule) => rule.cells);
  return [
    verdict,
    cells.map(({ state, reason, evidence, rejected }) => [
      state,
      reason,
      evidence.map((one) => [one.state, one.reason]),
      rejected.map((one) => [one.state, one.reason]),
    ]),
  ];
}

describe('predicates that are let go', () => {
  it('change no verdict and no reason, whatever the policy and the evidence', () => {
    let dropped = 0;
    fc.assert(
      fc.property(asking, (input) => {
        const kept = planEvidence(input.policy).predicates;
        const lighter = keepAll(input, kept);
        dropped += lighter.items.filter((item) => statementOf(item)?.predicate === LET_GO).length;
        assert.deepEqual(outlineOf(evaluatePolicy(lighter)), outlineOf(evaluatePolicy(input)));
      }),
      { numRuns: 1500 },
    );
    assert.ok(dropped > 100, `${dropped} of them were let go`);
  });

  it('make no rule with a condition count a document whose predicate is gone, nor say that it does not hold', () => {
    let undecided = 0;
    fc.assert(
      fc.property(asking, (input) => {
        for (const { rule, cells } of evaluatePolicy(keepAll(input, 'none')).rules) {
          if (rule.where === undefined) continue;
          const isGone = ({ item }: CandidateJudgement): boolean => statementOf(item)?.predicate === LET_GO;
          assert.deepEqual(cells.flatMap(({ evidence }) => evidence).filter(isGone), []);
          const rejected = cells.flatMap((cell) => cell.rejected).filter(isGone);
          assert.ok(rejected.every(({ state }) => state !== 'condition-not-met'));
          undecided += rejected.filter(({ state }) => state === 'undecided').length;
        }
      }),
      { numRuns: 500 },
    );
    assert.ok(undecided > 0);
  });

  it('leave a condition undecided, and an age: neither passes, and neither is called wrong', () => {
    const [where] = CONDITIONS;
    const isSigned = { item: keep(goodItem(), 'none'), rule: makeRule({ where }) };
    const anybody = { item: keep(goodItem(), 'none'), rule: makeRule({ signed: false, signedBy: undefined, where }) };
    const byKey = makeItem(signed({ 'release-key': verified(keySigner()) }));
    const aged = { item: keep(byKey, 'none'), rule: makeRule({ signedBy: anyOf(RELEASE_KEY), maxAge: 3600 }) };
    for (const { item, rule } of [isSigned, anybody, aged]) {
      const [cell] = evaluate({ ...rule, on: 'index' }, [item]).rules[0]?.cells ?? [];
      assert.deepEqual([cell?.state, cell?.rejected.map(({ state }) => state)], ['unknown', ['undecided']]);
      assert.match(cell?.rejected[0]?.reason ?? '', /was let go$/);
    }
  });

  it('are an error to whoever would read them', () => {
    const statement: Statement = { ...makeStatement(), predicate: LET_GO };
    const isInternal = (thrown: unknown): boolean => thrown instanceof CodedError && thrown.code === 'internal';
    assert.throws(() => buildExpressionInput(goodItem(), statement, undefined, makeImage()), isInternal);
    assert.throws(() => predicateTime(statement), isInternal);
    assert.equal(JSON.stringify({ predicate: LET_GO }), '{}');
  });

  it('are those that no rule looks into: of documents that must be verified those that are not', () => {
    const claim = statementClaim(undefined, { a: 1 });
    const contents = {
      verified: signed({ 'release-key': verified(keySigner()) }, { claim }),
      unverified: signed({}, { claim }),
      unsigned: { kind: 'unsigned', contentType: undefined, statement: makeStatement(undefined, { a: 1 }) },
    } as const;
    const kept = (which: KeptPredicates): string[] =>
      Object.entries(contents).flatMap(([name, content]) => {
        const item = makeItem(keepPredicates(content, which), { subject: INDEX });
        return statementOf(item)?.predicate === LET_GO ? [] : [name];
      });
    assert.deepEqual(kept('none'), []);
    assert.deepEqual(kept('of-verified'), ['verified', 'unsigned']);
    assert.deepEqual(kept('all'), ['verified', 'unverified', 'unsigned']);
  });
});
