import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import { parsePolicy } from '../../src/policy/parse/parse-policy.ts';
import { compilePattern, matchesPattern } from '../../src/policy/text-matcher.ts';
import { KEY_TRUST, SIGNER, withRule, withSigner } from './parse/samples.ts';

const WAIVED = `${withRule('name: r', KEY_TRUST)}waivers:`;

/** What a reader may take for something weaker than its writer meant, or two readers for two things. */
const REFUSED: Readonly<Record<string, string>> = {
  // YAML 1.1 calls these false; here they are texts
  'signed: no': withRule('name: r\nartifact-type: a/b\nsigned: no', KEY_TRUST),
  'signed: off': withRule('name: r\nartifact-type: a/b\nsigned: off', KEY_TRUST),
  'signed: "false"': withRule('name: r\nartifact-type: a/b\nsigned: "false"', KEY_TRUST),
  'signed: 0': withRule('name: r\nartifact-type: a/b\nsigned: 0', KEY_TRUST),
  'signed without a value': withRule('name: r\nartifact-type: a/b\nsigned:', KEY_TRUST),
  'signed-by without a value': withRule('name: r\nsigned-by:', KEY_TRUST),
  'signed-by with nobody': withRule('name: r\nsigned-by: {}', KEY_TRUST),
  'any-of without a value': withRule('name: r\nsigned-by: { any-of: }', KEY_TRUST),
  'any-of nobody': withRule('name: r\nsigned-by: { any-of: [] }', KEY_TRUST),
  'at-least: 0': withRule('name: r\nsigned-by: { at-least: 0, of: [{ trust: key }] }', KEY_TRUST),
  'at-least: -1': withRule('name: r\nsigned-by: { at-least: -1, of: [{ trust: key }] }', KEY_TRUST),
  'at-least: 0.5': withRule('name: r\nsigned-by: { at-least: 0.5, of: [{ trust: key }] }', KEY_TRUST),
  'at-least: 1e0': withRule('name: r\nsigned-by: { at-least: 1e0, of: [{ trust: key }] }', KEY_TRUST),
  'at-least without a value': withRule('name: r\nsigned-by: { at-least: , of: [{ trust: key }] }', KEY_TRUST),
  'at-least: .nan': withRule('name: r\nsigned-by: { at-least: .nan, of: [{ trust: key }] }', KEY_TRUST),
  'max-age: 0d': withRule(`name: r\nmax-age: 0d\nsigned-by: ${SIGNER}`),
  'max-age: .inf': withRule(`name: r\nmax-age: .inf\nsigned-by: ${SIGNER}`),
  'max-age without a value': withRule(`name: r\nmax-age:\nsigned-by: ${SIGNER}`),
  'where without a value': withRule('name: r\nwhere:', KEY_TRUST),
  'where: true, which is no text': withRule('name: r\nwhere: true', KEY_TRUST),
  'referrer without a value': withRule('name: r\nreferrer:', KEY_TRUST),
  'platforms without a value': withRule('name: r\nplatforms:', KEY_TRUST),
  'no platform': withRule('name: r\nplatforms: []', KEY_TRUST),
  'no type': withRule('name: r\nartifact-type: []', KEY_TRUST),
  'a type of white space': withRule('name: r\npredicate-type: " "', KEY_TRUST),
  'no rules': `version: 1\n${KEY_TRUST}\nrules: []`,
  'rules without a value': `version: 1\n${KEY_TRUST}\nrules:`,
  'a rule without a value': `version: 1\n${KEY_TRUST}\nrules: [~]`,
  // one key, two meanings
  'a merge key': `version: 1\n${KEY_TRUST}\nrules:\n  - &r { name: r }\n  - { <<: *r, name: s }`,
  'a merge key that would loosen a rule': withRule('name: r\nartifact-type: a/b\n<<: { signed: false }', KEY_TRUST),
  'a key twice, once in quotes': withRule('name: r\nartifact-type: a/b\nsigned: true\n"signed": false', KEY_TRUST),
  'a key twice, once with an escape': withRule(
    'name: r\nartifact-type: a/b\nsigned: true\n"sig\\u006eed": false',
    KEY_TRUST,
  ),
  'a key twice, once as an explicit key': withRule(
    'name: r\nartifact-type: a/b\nsigned: true\n? signed\n: false',
    KEY_TRUST,
  ),
  'a key twice, once by an alias': `version: 1\n${KEY_TRUST}\nrules:\n  - { name: &k signed, artifact-type: a/b, signed: true, *k : false }`,
  'rules twice': `${withRule('name: r', KEY_TRUST)}rules: [{ name: s, artifact-type: a/b, signed: false }]`,
  'two rules of one name': `version: 1\n${KEY_TRUST}\nrules: [{ name: r }, { name: r, artifact-type: a/b, signed: false }]`,
  'two trusts of one name': `version: 1\ntrust: { k: { key: a.pub }, "k": { key: b.pub } }\nrules: [{ name: r }]`,
  'a second document': `${withRule('name: r', KEY_TRUST)}---\nversion: 1`,
  'a document of another YAML': `%YAML 1.1\n---\n${withRule('name: r', KEY_TRUST)}`,
  'a tag': withRule('name: r\nartifact-type: a/b\nsigned: !!bool "false"', KEY_TRUST),
  'a key that looks like another': withRule('name: r\nartifact-type: a/b\n"s\u0456gned": true', KEY_TRUST),
  'a key with white space': withRule('name: r\nartifact-type: a/b\n"signed ": true', KEY_TRUST),
  __proto__: withRule('name: r\nartifact-type: a/b\n__proto__: { signed: false }', KEY_TRUST),
  'an anchor that holds itself': `version: 1\n${KEY_TRUST}\nrules: &r [{ name: r }, *r]`,
  // whom to trust
  'an empty identity': withSigner('{ trust: sigstore, identity: "", issuer: "https://accounts.example" }'),
  'an identity without a value': withSigner('{ trust: sigstore, identity: , issuer: "https://accounts.example" }'),
  'an identity without an issuer': withSigner('{ trust: sigstore, identity: "a@acme.example" }'),
  'an issuer without a value': withSigner('{ trust: sigstore, identity: "a@acme.example", issuer: }'),
  'github without a value': withSigner('{ trust: sigstore, github: }'),
  'github with nothing in it': withSigner('{ trust: sigstore, github: {} }'),
  'an identity of two lines': withSigner('{ trust: sigstore, identity: "a@acme.example\\nb", issuer: "https://i" }'),
  // until when
  'a waiver with a time': `${WAIVED} [{ rule: r, image: a/b, until: 2027-01-31T00:00:00Z, reason: x }]`,
  'a waiver with a zone': `${WAIVED} [{ rule: r, image: a/b, until: "2027-01-31+14:00", reason: x }]`,
  'a waiver until a day that is none': `${WAIVED} [{ rule: r, image: a/b, until: 2027-02-29, reason: x }]`,
  'a waiver until a year of five digits': `${WAIVED} [{ rule: r, image: a/b, until: "12027-01-31", reason: x }]`,
  'a waiver in other digits': `${WAIVED} [{ rule: r, image: a/b, until: "\u0662\u0660\u0662\u0667-01-31", reason: x }]`,
  'a waiver of every image by nothing': `${WAIVED} [{ rule: r, image: "", until: 2027-01-31, reason: x }]`,
  'a waiver of every rule': `${WAIVED} [{ rule: , image: a/b, until: 2027-01-31, reason: x }]`,
};

describe('a policy with', () => {
  for (const [title, text] of Object.entries(REFUSED)) {
    it(`${title} is refused, at its place, and never read as something weaker`, async () => {
      await assert.rejects(parsePolicy(text, { file: 'policy.yml' }), (thrown) => {
        assert.ok(thrown instanceof CodedError);
        assert.equal(thrown.code, 'policy-invalid', thrown.message);
        assert.ok(thrown.location?.line !== undefined, thrown.message);
        return true;
      });
    });
  }

  it('aliases means what stands at their anchors, each time', async () => {
    const text = `version: 1\n${KEY_TRUST}\nrules:\n  - { name: r, signed-by: &s { at-least: 1, of: [{ trust: key }] } }\n  - { name: s, signed-by: *s }`;
    const { rules } = await parsePolicy(text, { file: 'policy.yml' });
    assert.deepEqual(
      rules.map(({ signed, signedBy }) => [signed, signedBy?.atLeast, signedBy?.of.map(({ trust }) => trust)]),
      [
        [true, 1, ['key']],
        [true, 1, ['key']],
      ],
    );
  });
});

describe('a pattern for identities', () => {
  const RELEASE = 'https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1';
  const CASES: readonly (readonly [pattern: string, kind: 'regexp' | undefined, text: string])[] = [
    // no flag opens the ends
    ['(?m)^https://github.com/acme/app$', 'regexp', 'https://github.com/acme/app\nhttps://evil.example'],
    ['(?m)^https://github.com/acme/app$', 'regexp', 'https://evil.example\nhttps://github.com/acme/app'],
    ['(?s)https://github.com/acme/app', 'regexp', 'https://github.com/acme/app\n'],
    ['https://github.com/acme/app|x', 'regexp', 'https://github.com/acme/app-evil'],
    ['x|https://github.com/acme/app', 'regexp', 'evil https://github.com/acme/app'],
    ['https://github.com/acme/[^/]+', 'regexp', 'https://github.com/acme/app/../../evil/app'],
    // signs that look like wildcards, or like what is asked for
    ['https://github.com/acme/*', undefined, 'https://github.com/acme/app/evil'],
    ['https://github.com/acme/*', undefined, 'https://github.com\u2215acme\u2215app'],
    ['https://github.com/acme/\uff0a', undefined, 'https://github.com/acme/app'],
    ['https://github.com/acme/app', undefined, 'https://github.com/\u0430cme/app'],
    ['https://github.com/acme/app', undefined, 'https://github.com/acme/app\u200b'],
    ['https://github.com/acme/app', undefined, 'https://github.com/acme/app\u0000.evil'],
    ['https://github.com/acme/?pp', undefined, 'https://github.com/acme//pp'],
    ['caf\u00e9@acme.example', undefined, 'cafe\u0301@acme.example'],
    [RELEASE.replace('v1', 'v*'), undefined, `${RELEASE}/../../heads/evil`],
    [RELEASE.replace('v1', 'v*'), undefined, RELEASE.replace('refs/tags/v1', 'refs/heads/refs/tags/v1')],
  ];
  for (const [text, kind, other] of CASES) {
    it(`${JSON.stringify(text)} does not match ${JSON.stringify(other)}`, async () => {
      const pattern = await compilePattern(text, kind);
      assert.ok(!('problem' in pattern));
      assert.equal(matchesPattern(pattern, other), false);
    });
  }
});
