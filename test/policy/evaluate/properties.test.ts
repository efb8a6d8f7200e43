import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type EvaluationInput, evaluatePolicy } from '../../../src/policy/evaluate/evaluate-policy.ts';
import type { EvidenceItem } from '../../../src/policy/evidence-item.ts';
import type { Rule } from '../../../src/policy/policy.ts';
import type { ImageVerdict } from '../../../src/policy/verdict.ts';
import { fc } from '../../support/fast-check.ts';
import { rejected, UNREAD } from '../make-evidence.ts';
import { naiveVerdict } from './naive-evaluation.ts';
import { arbitraryInput, arbitraryItem } from './random-evaluation.ts';

const RUNS = { numRuns: 1000 };

type Evaluate = (input: EvaluationInput) => ImageVerdict;

/** The same evidence, of which no signature is right. */
function unverified(item: EvidenceItem): EvidenceItem {
  const { content, vouchers } = item;
  const outcomes = new Map<string, ReturnType<typeof rejected>>();
  if (content.kind === 'signed') for (const name of content.outcomes.keys()) outcomes.set(name, rejected('invalid'));
  return {
    ...item,
    content: content.kind === 'signed' ? { ...content, outcomes } : content,
    vouchers: vouchers && { ...vouchers, items: vouchers.items.map(unverified) },
  };
}

function asksForSignatures({ signed, wanted, referrer }: Rule): boolean {
  return signed || wanted.kind === 'any-signature' || referrer !== undefined;
}

/** Without the parts that nobody could read. */
function readable(item: EvidenceItem): EvidenceItem {
  const { vouchers = { items: [], gaps: [] } } = item;
  return { ...item, vouchers: { items: vouchers.items.filter(isRead).map(readable), gaps: [] } };
}
function isRead({ content }: EvidenceItem): boolean {
  return content.kind !== 'unread';
}

/** What an evaluation must hold to, whatever the policy, the evidence and the faults. */
const PROPERTIES: Readonly<Record<string, (evaluate: Evaluate) => void>> = {
  'without verified evidence no rule that asks for signatures is met': (evaluate) =>
    check((input) => {
      const verdict = evaluate({ ...input, items: input.items.map(unverified) });
      for (const { rule, verdict: of } of verdict.rules) {
        if (rule.signed || rule.wanted.kind === 'any-signature' || rule.referrer !== undefined)
          assert.notEqual(of, 'pass');
      }
    }),
  'nothing found passes nothing': (evaluate) =>
    check((input) => assert.notEqual(evaluate({ ...input, items: [] }).verdict, 'pass')),
  'a rule passes only with evidence in each of its cells': (evaluate) =>
    check((input) => {
      for (const { cells, verdict } of evaluate(input).rules) {
        const passed = cells.filter(({ state }) => state === 'pass');
        assert.ok(passed.every(({ evidence }) => evidence.length > 0));
        if (verdict === 'pass') assert.ok(passed.length > 0);
      }
    }),
  'taking evidence away makes no pass': (evaluate) =>
    fc.assert(
      fc.property(arbitraryInput, fc.nat(), (input, at) => {
        if (evaluate(input).verdict === 'pass') return;
        const items = input.items.toSpliced(at % (input.items.length + 1), 1);
        assert.notEqual(evaluate({ ...input, items }).verdict, 'pass');
      }),
      RUNS,
    ),
  'adding anything to what passes leaves it passing': (evaluate) =>
    fc.assert(
      fc.property(arbitraryInput, arbitraryItem, fc.nat(), (input, more, at) => {
        if (evaluate(input).verdict !== 'pass') return;
        const items = input.items.toSpliced(at % (input.items.length + 1), 0, more);
        assert.equal(evaluate({ ...input, items }).verdict, 'pass');
      }),
      RUNS,
    ),
  'junk that was read makes no unknown of a fail, where presence is not enough': (evaluate) =>
    fc.assert(
      fc.property(arbitraryInput, arbitraryItem, (input, more) => {
        if (evaluate(input).verdict !== 'fail' || !isRead(more) || !input.policy.rules.every(asksForSignatures)) return;
        const items = [...input.items, readable(unverified(more))];
        assert.notEqual(evaluate({ ...input, items }).verdict, 'unknown');
      }),
      RUNS,
    ),
  'a fault makes no pass of a fail, and nothing else of a pass': (evaluate) =>
    check((input) => {
      const without = evaluate({ ...input, gaps: [], items: input.items.filter(isRead) }).verdict;
      const unread = input.items.map((item) => ({ ...item, content: UNREAD }));
      const withFaults = evaluate({ ...input, items: [...input.items, ...unread] }).verdict;
      assert.equal(withFaults === 'pass', without === 'pass');
    }),
  'where all was read there is no unknown but of platforms': (evaluate) =>
    check((input) => {
      const items = input.items.filter(isRead).map(readable);
      const platforms = input.image.platforms.map((one) => ({ ...one, presence: 'present' as const }));
      const image = { ...input.image, platforms };
      assert.notEqual(evaluate({ ...input, gaps: [], items, image }).verdict, 'unknown');
    }),
  'the order of the evidence does not matter': (evaluate) =>
    check((input) => {
      const reversed = evaluate({ ...input, items: input.items.toReversed() });
      assert.equal(reversed.verdict, evaluate(input).verdict);
    }),
  'it is what trying everything gives': (evaluate) =>
    check((input) => assert.equal(evaluate(input).verdict, naiveVerdict(input))),
};

function check(property: (input: EvaluationInput) => void): void {
  fc.assert(fc.property(arbitraryInput, property), RUNS);
}

describe('an evaluation, whatever the policy, the evidence and the faults', () => {
  for (const [title, holds] of Object.entries(PROPERTIES)) it(title, () => holds(evaluatePolicy));

  it('has random cases of every verdict, so that the properties say something', () => {
    const counts = { pass: 0, fail: 0, unknown: 0 };
    for (const input of fc.sample(arbitraryInput, RUNS)) counts[evaluatePolicy(input).verdict] += 1;
    for (const count of Object.values(counts)) assert.ok(count >= 60, JSON.stringify(counts));
  });
});

/** Evaluations that fail open, each in a way of its own; and the property that must notice. */
const PLANTED: readonly { readonly title: string; readonly evaluate: Evaluate; readonly noticedBy: string }[] = [
  {
    title: 'passes what has no evidence at all',
    evaluate: (input) => withVerdict(input, input.items.length === 0 ? 'pass' : undefined),
    noticedBy: 'nothing found passes nothing',
  },
  {
    title: 'swallows faults and takes unknown for a pass',
    evaluate: (input) => withVerdict(input, evaluatePolicy(input).verdict === 'unknown' ? 'pass' : undefined),
    noticedBy: 'a fault makes no pass of a fail, and nothing else of a pass',
  },
  {
    title: 'takes a signature that cannot be verified for a good one',
    evaluate: (input) => evaluatePolicy({ ...input, items: input.items.map(believing) }),
    noticedBy: 'without verified evidence no rule that asks for signatures is met',
  },
  {
    title: 'forgets what a statement is about',
    evaluate: (input) => evaluatePolicy({ ...input, items: input.items.map(forgetful) }),
    noticedBy: 'it is what trying everything gives',
  },
  {
    title: 'takes evidence on any subject for the image’s',
    evaluate: (input) =>
      evaluatePolicy({ ...input, items: input.items.map((item) => ({ ...item, subject: input.image.digest })) }),
    noticedBy: 'it is what trying everything gives',
  },
  {
    title: 'stops at the first candidate',
    evaluate: (input) => evaluatePolicy({ ...input, items: input.items.slice(0, 1) }),
    noticedBy: 'adding anything to what passes leaves it passing',
  },
  {
    title: 'counts a waiver for every rule',
    evaluate: (input) =>
      evaluatePolicy({
        ...input,
        policy: {
          ...input.policy,
          waivers: input.policy.rules.map((rule) => ({
            rule: rule.name,
            image: { kind: 'glob', text: '**' },
            until: '2099-12-31',
            reason: 'x',
            at: rule.at,
          })),
        },
      }),
    noticedBy: 'nothing found passes nothing',
  },
];

describe('a planted fail-open', () => {
  for (const { title, evaluate, noticedBy } of PLANTED) {
    it(`goes red: one that ${title}`, () => {
      assert.throws(() => PROPERTIES[noticedBy]?.(evaluate), /Property failed/);
    });
  }
});

function withVerdict(input: EvaluationInput, verdict: ImageVerdict['verdict'] | undefined): ImageVerdict {
  const real = evaluatePolicy(input);
  return verdict === undefined ? real : { ...real, verdict };
}

function believing(item: EvidenceItem): EvidenceItem {
  const { content } = item;
  if (content.kind !== 'signed') return item;
  const signer = { kind: 'key', fingerprint: 'sha256:any' } as const;
  const outcomes = new Map(
    ['sigstore', 'release-key', 'other-key'].map((name) => [
      name,
      { verified: true, signer, root: undefined, times: [], notes: [] } as const,
    ]),
  );
  return { ...item, content: { ...content, outcomes } };
}

function forgetful(item: EvidenceItem): EvidenceItem {
  const { content } = item;
  return content.kind === 'signed' ? { ...item, content: { ...content, wrongSubject: undefined } } : item;
}
