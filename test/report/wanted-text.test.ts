import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GithubIdentity, Rule, SignerRule } from '../../src/policy/policy.ts';
import { wantedText } from '../../src/report/wanted-text.ts';
import { SLSA, sampleRule } from '../support/sample-verdict.ts';

describe('wantedText', () => {
  const expression = { source: 'predicate.x == 1', evaluate: () => ({ holds: true }) };
  const at = { file: 'f', line: 3 };
  const glob = (text: string): { kind: 'glob'; text: string } => ({ kind: 'glob', text });
  const github = (identity: GithubIdentity): SignerRule => ({ trust: 'sigstore', github: identity, at });
  const by = (atLeast: number, ...of: SignerRule[]): Pick<Rule, 'signedBy'> => ({ signedBy: { atLeast, of, at } });
  const workflow = glob('.github/workflows/release.yml');
  const release = github({ repository: glob('acme/app'), workflow, ref: glob('refs/tags/v*') });
  const person: SignerRule = {
    trust: 'sigstore',
    identity: glob('a@acme.example'),
    issuer: glob('https://id.example'),
    at,
  };
  const key: SignerRule = { trust: 'release-key', at };
  const corp: SignerRule = { trust: 'corp', distinguishedNames: ['C=US, O=Acme'], at };
  const signedBy = { atLeast: 1, of: [key], at };
  const given: SignerRule = { trust: 'key', at: { file: 'inputs' } };
  const types = ['a/b', 'c/d'];
  const rows: readonly [rule: Partial<Rule>, text: string][] = [
    [{}, 'a verified statement of https://slsa.dev/provenance/v1'],
    [{ maxAge: 30 * 86_400 }, 'a verified statement of https://slsa.dev/provenance/v1, at most 30 days old'],
    [{ wanted: { kind: 'any-signature' }, maxAge: 3600 }, 'a verified signature, at most 1 hour old'],
    [{ wanted: { kind: 'any-signature' }, maxAge: 90 }, 'a verified signature, at most 90 seconds old'],
    [{ wanted: { kind: 'artifact-type', types }, signed: false }, 'a/b or c/d, signed or not'],
    [
      { wanted: { kind: 'artifact-type', types }, signed: false, referrer: { signedBy } },
      'a/b or c/d, signed by the key of trust release-key',
    ],
    [{ wanted: { kind: 'artifact-type', types } }, 'a/b or c/d, signed'],
    [
      { wanted: { kind: 'predicate-type', types: ['x'] }, signed: false, where: expression },
      'a statement of x, where predicate.x == 1',
    ],
    [
      by(1, release),
      `a verified statement of ${SLSA}, signed by acme/app/.github/workflows/release.yml at refs/tags/v*`,
    ],
    [
      by(1, github({ signerWorkflow: glob('acme/build/w.yml'), repository: glob('acme/*'), runner: 'github-hosted' })),
      `a verified statement of ${SLSA}, signed by acme/build/w.yml run for acme/* on a github-hosted runner`,
    ],
    [
      by(
        1,
        github({ signerWorkflow: glob('acme/build/w.yml'), signerCommit: '5e'.repeat(20), commit: 'c0'.repeat(20) }),
      ),
      `a verified statement of ${SLSA}, signed by acme/build/w.yml as of commit ${'5e'.repeat(20)} for commit ${'c0'.repeat(20)}`,
    ],
    [
      by(1, github({ repository: glob('acme/app') }), key),
      `a verified statement of ${SLSA}, signed by a workflow run for acme/app or the key of trust release-key`,
    ],
    [
      { ...by(2, person, corp, key), maxAge: 86_400 },
      `a verified statement of ${SLSA}, signed by 2 of a@acme.example (https://id.example), "C=US, O=Acme" and the key of trust release-key, at most 1 day old`,
    ],
    [by(1, given), `a verified statement of ${SLSA}, signed by the given key`],
    [
      by(1, key, key, key, key, key),
      `a verified statement of ${SLSA}, signed by the key of trust release-key, the key of trust release-key, the key of trust release-key or 2 more`,
    ],
    [
      { wanted: { kind: 'artifact-type', types: ['a/b'] }, ...by(2, key, person), referrer: { signedBy } },
      'a/b, signed by each of the key of trust release-key and a@acme.example (https://id.example), and with a signature on it by the key of trust release-key',
    ],
  ];
  for (const [rule, text] of rows) it(text, () => assert.equal(wantedText(sampleRule('r', rule)), text));
});
