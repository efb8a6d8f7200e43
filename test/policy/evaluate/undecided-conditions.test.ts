import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestOf } from '../../../src/oci/digest.ts';
import { Conditions } from '../../../src/policy/evaluate/conditions.ts';
import type { EvidenceItem } from '../../../src/policy/evidence-item.ts';
import type { Expression, ExpressionResult } from '../../../src/policy/expression.ts';
import type { Rule } from '../../../src/policy/policy.ts';
import type { Cell } from '../../../src/policy/verdict.ts';
import {
  AT,
  anyOf,
  evaluate,
  goodItem,
  keySigner,
  makeItem,
  makeRule,
  RELEASE_KEY,
  RELEASE_WORKFLOW,
  SPDX,
  signed,
  unsigned,
  verified,
  voucherOn,
} from '../make-evidence.ts';

const SBOM = digestOf('sbom');
const byKey = { 'release-key': verified(keySigner()) };

/** Out of time at first, and with time what it is. */
function slow(answer: ExpressionResult): Expression {
  const hurried = { error: 'it took longer', isOutOfTime: true } as const;
  return { source: 'slow', evaluate: (_, limit) => (limit === undefined ? answer : hurried) };
}

interface Case {
  readonly title: string;
  readonly rule: Partial<Rule>;
  readonly items: readonly EvidenceItem[];
}

const wanted = { kind: 'artifact-type', types: [SPDX] } as const;
const CASES: readonly Case[] = [
  { title: 'of a signed statement', rule: {}, items: [goodItem()] },
  {
    title: 'of what nobody signed',
    rule: { wanted, signed: false, signedBy: undefined },
    items: [makeItem(unsigned(SPDX), { artifactType: SPDX })],
  },
  {
    title: 'of an artifact that a signature is on',
    rule: { wanted, signedBy: anyOf(RELEASE_KEY) },
    items: [
      makeItem(unsigned(SPDX), {
        artifactType: SPDX,
        referrer: SBOM,
        vouchers: { items: [voucherOn(SBOM, byKey)], gaps: [] },
      }),
    ],
  },
  {
    title: 'of one of two signers',
    rule: { signedBy: { atLeast: 2, of: [RELEASE_WORKFLOW, RELEASE_KEY], at: AT } },
    items: [goodItem(), makeItem(signed(byKey))],
  },
];

const { signal } = new AbortController();

function cellOf({ rule, items }: Case, where: Expression, conditions: Conditions): Cell {
  const verdict = evaluate(makeRule({ on: 'index', where, ...rule }), items, { conditions });
  const cell = verdict.rules[0]?.cells[0];
  assert.ok(cell !== undefined);
  return cell;
}

for (const one of CASES) {
  describe(`a condition that takes long, ${one.title}`, () => {
    it('leaves the rule unknown, and says so, until it is decided', async () => {
      const conditions = new Conditions();
      const where = slow({ holds: true });
      const cell = cellOf(one, where, conditions);
      assert.equal(cell.state, 'unknown');
      assert.deepEqual([...new Set(cell.gaps.map(({ code }) => code))], ['condition-undecided']);
      assert.match(
        cell.reason,
        /^(?:nothing counts|\d of 2 signers): \d undecided; not everything was decided: the condition "slow" was not decided: /,
      );
      // it was found and read, and a signature on it is verified
      assert.ok(cell.rejected.length > 0);
      for (const { state, reason } of cell.rejected) {
        assert.equal(state, 'undecided');
        assert.match(reason, /the condition "slow" was not decided: /);
      }
      for (const { hint } of cell.gaps) assert.match(hint ?? '', /^A rule that asks for a signature /);
      assert.equal(await conditions.askAgain(signal), true);
      assert.equal(cellOf(one, where, conditions).state, 'pass');
    });

    it('fails once it is decided that it does not hold', async () => {
      const conditions = new Conditions();
      const where = slow({ holds: false });
      cellOf(one, where, conditions);
      await conditions.askAgain(signal);
      const cell = cellOf(one, where, conditions);
      assert.deepEqual([cell.state, cell.gaps], ['fail', []]);
    });
  });
}

it('a condition that is decided for one signer of a signature, and not for the other, leaves the rule unknown', () => {
  const all = { 'release-key': verified(keySigner('a')), 'other-key': verified(keySigner('b')) };
  const other = { trust: 'other-key', at: AT };
  const rule = makeRule({ on: 'index', signedBy: { atLeast: 2, of: [RELEASE_KEY, other], at: AT } });
  let asked = 0;
  const evaluateOne: Expression['evaluate'] = () => {
    asked++;
    return asked === 1 ? { holds: true } : { error: 'it took longer', isOutOfTime: true };
  };
  const verdict = evaluate({ ...rule, where: { source: 'slow', evaluate: evaluateOne } }, [makeItem(signed(all))]);
  assert.equal(asked, 2);
  const cell = verdict.rules[0]?.cells[0];
  assert.deepEqual([cell?.state, cell?.gaps.map(({ code }) => code)], ['unknown', ['condition-undecided']]);
});
