import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parsePolicy } from '../../src/policy/parse/parse-policy.ts';
import { reviewPolicy } from '../../src/policy/review-policy.ts';
import { KEY_TRUST, SIGNER, TRUST, withRule, withSigner } from './parse/samples.ts';

const now = new Date('2026-11-22T12:00:00Z');
const notation = withSigner(
  '{ any-of: [{ trust: corp, identity: "C=US" }, { trust: key }, { trust: sigstore, github: { repository: a/b } }] }',
);

/** A policy, and what is found: severity, line, words. */
const REVIEWED: readonly (readonly [string, readonly (readonly ['error' | 'warning', number, RegExp])[]])[] = [
  [notation, []],
  [withRule('name: r', KEY_TRUST), []],
  [
    withSigner(SIGNER),
    [
      ['warning', 4, /no rule uses the trust "key"/],
      ['warning', 5, /no rule uses the trust "corp"/],
    ],
  ],
  [
    `${TRUST}\nversion: 1\nrules: [{ name: r, artifact-type: a/b, signed: false }]`,
    [
      ['warning', 2, /"sigstore"/],
      ['warning', 3, /"key"/],
      ['warning', 4, /"corp"/],
    ],
  ],
  [notation.replace('certs/ca.pem', 'certs/ca.pem, level: skip'), [['warning', 5, /certificates that nobody trusts/]]],
  [notation.replace('"C=US"', '"*"'), [['warning', 8, /accepts every signer of trust "corp"/]]],
  [notation.replace('a/b', '"**"'), [['warning', 8, /accepts every signer of trust "sigstore"/]]],
  [notation.replace('a/b', '"*/*"'), [['warning', 8, /accepts every signer of trust "sigstore"/]]],
  [
    notation.replace('github: { repository: a/b }', 'identity-regexp: ".*", issuer: "https://a"'),
    [['warning', 8, /every signer/]],
  ],
  [notation.replace('repository: a/b', 'repository: "**", owner-id: 5'), []],
  [
    notation.replace('repository: a/b', 'signer-workflow: a/b/.github/workflows/c.yml'),
    [['warning', 8, /of a reusable one every caller is accepted/]],
  ],
  [
    notation.replace('repository: a/b', 'signer-repository: a/b, ref: refs/heads/main'),
    [['warning', 8, /of a reusable one every caller is accepted/]],
  ],
  [notation.replace('repository: a/b', 'signer-repository: a/b, owner-id: 5'), []],
  [notation.replace('repository: a/b', 'signer-repository: a/b, repository: "a/*"'), []],
  [
    `${withRule('name: r', KEY_TRUST)}waivers: [{ rule: s, image: a/b, until: 2027-01-31, reason: x }]`,
    [['error', 5, /a rule that is not there: "s"/]],
  ],
  [
    `${withRule('name: r', KEY_TRUST)}waivers: [{ rule: r, image: a/b, until: 2026-11-21, reason: x }]`,
    [['warning', 5, /over since 2026-11-21/]],
  ],
  [`${withRule('name: r', KEY_TRUST)}waivers: [{ rule: r, image: a/b, until: 2026-11-22, reason: x }]`, []],
];

describe('a review of a policy', () => {
  for (const [text, expected] of REVIEWED) {
    it(`finds ${expected.length === 0 ? 'nothing' : expected.map(([, , words]) => words.source).join(', ')} in ${JSON.stringify(text.slice(-90))}`, async () => {
      const findings = reviewPolicy(await parsePolicy(text, { file: 'p.yml' }), now);
      assert.deepEqual(
        findings.map(({ severity, location }) => [severity, location.line]),
        expected.map(([severity, line]) => [severity, line]),
      );
      for (const [at, { message }] of findings.entries()) assert.match(message, expected[at]?.[2] ?? /never/);
    });
  }
});
