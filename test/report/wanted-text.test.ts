import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestOf } from '../../src/oci/digest.ts';
import type { Rule } from '../../src/policy/policy.ts';
import { evidencePlace, explanationOf } from '../../src/report/evidence-text.ts';
import { wantedText } from '../../src/report/wanted-text.ts';
import { sampleItem, sampleRule, untrusted } from '../support/sample-verdict.ts';

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

describe('explanationOf', () => {
  const judgement = untrusted('x', digestOf('x'));
  const told = (explanation: string | undefined, reason: string) =>
    explanationOf({ ...judgement, reason, mismatch: { rows: [], paste: '', ...(explanation && { explanation }) } });

  it('says who called whom, and nothing where the reason named the workflow already', () => {
    assert.match(explanationOf(judgement) ?? '', /^signed by reusable workflow .*, called from /);
    assert.equal(told('signed by workflow a/b/c@d', 'signed by a/b/c@d, which differs in ref'), undefined);
    assert.equal(told('signed by workflow a/b/c@d', 'it differs in ref'), 'signed by workflow a/b/c@d');
    assert.equal(told(undefined, 'it differs'), undefined);
  });
});

describe('evidencePlace', () => {
  const place = (rest: Parameters<typeof sampleItem>[2]) => evidencePlace(sampleItem('x', digestOf('x'), rest));
  it('names the sources of a referrer, and what has no referrer by where it comes from, once', () => {
    assert.equal(place({ sources: ['api', 'tag-schema'], origin: 'layer 1' }), 'API, fallback tag');
    assert.equal(place({ referrer: undefined, sources: ['bundle-file'], origin: 'x.json' }), 'bundle file: x.json');
    const origin = 'GitHub attestations of acme/app, number 1';
    assert.equal(place({ referrer: undefined, sources: ['github'], origin }), origin);
  });
});
