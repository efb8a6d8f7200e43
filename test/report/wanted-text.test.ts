import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Rule } from '../../src/policy/policy.ts';
import { wantedText } from '../../src/report/wanted-text.ts';
import { sampleRule } from '../support/sample-verdict.ts';

describe('wantedText', () => {
  const expression = { source: 'predicate.x == 1', evaluate: () => ({ holds: true }) };
  const signedBy = { atLeast: 1, of: [], at: { file: 'f' } };
  const types = ['a/b', 'c/d'];
  const rows: readonly [rule: Partial<Rule>, text: string][] = [
    [{}, 'a verified statement of https://slsa.dev/provenance/v1'],
    [{ maxAge: 30 * 86_400 }, 'a verified statement of https://slsa.dev/provenance/v1, at most 30 days old'],
    [{ wanted: { kind: 'any-signature' }, maxAge: 3600 }, 'a verified signature, at most 1 hour old'],
    [{ wanted: { kind: 'any-signature' }, maxAge: 90 }, 'a verified signature, at most 90 seconds old'],
    [{ wanted: { kind: 'artifact-type', types }, signed: false }, 'a/b or c/d, signed or not'],
    [{ wanted: { kind: 'artifact-type', types }, signed: false, referrer: { signedBy } }, 'a/b or c/d, signed'],
    [{ wanted: { kind: 'artifact-type', types } }, 'a/b or c/d, signed'],
    [
      { wanted: { kind: 'predicate-type', types: ['x'] }, signed: false, where: expression },
      'a statement of x, where predicate.x == 1',
    ],
  ];
  for (const [rule, text] of rows) it(text, () => assert.equal(wantedText(sampleRule('r', rule)), text));
});
