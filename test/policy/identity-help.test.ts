import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Signer } from '../../src/evidence/signer.ts';
import { explainMismatch, explainSigner, writeSignerEntry } from '../../src/policy/identity-help.ts';
import { matchSigner } from '../../src/policy/match-signer.ts';
import { parsePolicy } from '../../src/policy/parse/parse-policy.ts';
import type { SignerRule } from '../../src/policy/policy.ts';
import { fc } from '../support/fast-check.ts';
import { CALLER, githubSigner, keySigner, notationSigner, personSigner, RELEASE_WORKFLOW } from './make-evidence.ts';

const REUSABLE = 'https://github.com/acme/ci/.github/workflows/sign.yml@refs/heads/main';
const reusable = githubSigner({ '9': REUSABLE }, { identity: REUSABLE });

const TRUST = `  "sigstore": { root: public-good }
  "no": { key: "-----BEGIN PUBLIC KEY-----\\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\\n-----END PUBLIC KEY-----\\n" }
  "corp": { notation: { ca: [certs/root.pem], level: strict } }`;

/** The entry as it would be read where a user pastes it. */
async function paste(entry: string): Promise<SignerRule> {
  const text = `version: 1\ntrust:\n${TRUST}\nrules:\n  - name: x\n    predicate-type: https://slsa.dev/provenance/v1\n    signed-by:\n      any-of:\n        ${entry}\n`;
  const policy = await parsePolicy(text, { file: 'referrers.yml' });
  const [signer] = policy.rules[0]?.signedBy?.of ?? [];
  assert.ok(signer !== undefined);
  return signer;
}

describe('on a mismatch', () => {
  it('expected and found stand side by side, with the fields that are right', () => {
    const other = githubSigner({ '12': 'https://github.com/acme/lib', '14': 'refs/heads/main' });
    const { rows } = explainMismatch(matchSigner(RELEASE_WORKFLOW, other), other, RELEASE_WORKFLOW);
    assert.deepEqual(
      rows.map(({ field, expected, found, matches }) => [field, expected, found, matches]),
      [
        ['issuer', 'https://token.actions.githubusercontent.com', 'https://token.actions.githubusercontent.com', true],
        ['repository', 'acme/app', 'acme/lib', false],
        ['workflow', '.github/workflows/release.yml', 'acme/app/.github/workflows/release.yml@refs/tags/v1.4', false],
        ['ref', 'refs/tags/v*', 'refs/heads/main', false],
      ],
    );
  });
  it('a reusable workflow is named with the one that called it', () => {
    assert.equal(
      explainSigner(reusable),
      'signed by reusable workflow acme/ci/.github/workflows/sign.yml@refs/heads/main, called from acme/app/.github/workflows/release.yml@refs/tags/v1.4',
    );
  });
  it('a workflow of its own is no reusable one', () => {
    assert.equal(
      explainSigner(githubSigner()),
      'signed by workflow acme/app/.github/workflows/release.yml@refs/tags/v1.4',
    );
  });
  it('nothing is explained of what is no workflow', () => {
    for (const signer of [keySigner(), notationSigner(), personSigner('a@acme.example')]) {
      assert.equal(explainSigner(signer), undefined);
    }
  });
});

describe('the entry to paste', () => {
  const signers: readonly (readonly [string, Signer, string])[] = [
    ['a workflow', githubSigner(), 'sigstore'],
    ['a reusable workflow', reusable, 'sigstore'],
    [
      'a required workflow of another repository',
      githubSigner({ '18': 'https://github.com/acme/rules/.github/workflows/x.yml@refs/heads/main' }),
      'sigstore',
    ],
    [
      'a workflow of an enterprise',
      githubSigner({}, { issuer: 'https://token.actions.githubusercontent.com/acme-corp' }),
      'sigstore',
    ],
    [
      'a workflow without extensions',
      githubSigner(Object.fromEntries(['9', '11', '12', '14', '15', '17', '18', '20'].map((arc) => [arc, undefined]))),
      'sigstore',
    ],
    ['a person', personSigner('anne@acme.example'), 'sigstore'],
    [
      'a certificate without an issuer',
      { ...personSigner('https://dotcom.releases.github.com'), issuer: undefined },
      'sigstore',
    ],
    ['an identity with wildcards', personSigner('https://x.example/?a=*&b=[c].(d)+\\e'), 'sigstore'],
    ['an identity with signs of YAML', personSigner(`"',: #{}[]&*!|>%@\` \u2028 ä 漢 - ? : `), 'sigstore'],
    ['a key', keySigner(), 'no'],
    ['a Notary Project signer', notationSigner(), 'corp'],
  ];
  for (const [title, signer, trust] of signers) {
    it(`accepts ${title}`, async () => {
      const rule = await paste(writeSignerEntry(signer, trust));
      assert.equal(rule.trust, trust);
      assert.deepEqual(
        matchSigner(rule, signer).rows.filter((row) => !row.matches),
        [],
      );
    });
  }

  it('is shown in several lines where one would be long, and reads as the same', async () => {
    const long = githubSigner({ '14': 'refs/heads/main' });
    const { paste: shown } = explainMismatch(matchSigner(RELEASE_WORKFLOW, long), long, { trust: 'sigstore' });
    assert.deepEqual(shown.split('\n'), [
      '- trust: sigstore',
      '  github:',
      '    repository: "acme/app"',
      '    workflow: ".github/workflows/release.yml"',
      '    ref: "refs/heads/main"',
    ]);
    const { at: _, ...rule } = await paste(shown.replaceAll('\n', '\n        '));
    const { at: __, ...same } = await paste(writeSignerEntry(long, 'sigstore'));
    assert.deepEqual(rule, same);
    const key = keySigner();
    const short = explainMismatch(matchSigner(RELEASE_WORKFLOW, key), key, { trust: 'no' });
    assert.equal(short.paste, '- { trust: "no" }');
  });

  it('accepts no other repository, workflow, ref, issuer or person', async () => {
    const others: readonly (readonly [Signer, Signer])[] = [
      [githubSigner(), githubSigner({ '12': 'https://github.com/acme/lib' })],
      [githubSigner(), githubSigner({ '14': 'refs/heads/main' })],
      [githubSigner(), githubSigner({ '18': CALLER.replace('release', 'test') })],
      [githubSigner(), githubSigner({}, { issuer: 'https://token.actions.githubusercontent.com/x' })],
      [reusable, githubSigner()],
      [personSigner('a?@acme.example'), personSigner('ab@acme.example')],
      [personSigner('a.b@acme.example'), personSigner('axb@acme.example')],
      [personSigner('a@acme.example'), personSigner('a@acme.example', 'https://evil.example')],
    ];
    for (const [signer, other] of others) {
      const rule = await paste(writeSignerEntry(signer, 'sigstore'));
      assert.equal(matchSigner(rule, other).matches, false, JSON.stringify(other));
    }
  });

  it('is one line that reads as what it was written from, whatever the identity', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((one) => !/[\p{Cc}]/u.test(one));
    await fc.assert(
      fc.asyncProperty(text, text, async (identity, issuer) => {
        fc.pre(!/[*?]/.test(issuer) && issuer !== 'none' && identity.trim() === identity && issuer.trim() === issuer);
        const signer = personSigner(identity, issuer);
        const entry = writeSignerEntry(signer, 'sigstore');
        assert.match(entry, /^[\x20-\x7e]+$/);
        assert.equal(matchSigner(await paste(entry), signer).matches, true, entry);
      }),
      { numRuns: 300 },
    );
  });
});
