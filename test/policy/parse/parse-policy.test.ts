import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { MAX_POLICY_LENGTH, MAX_PROBLEMS, parsePolicy } from '../../../src/policy/parse/parse-policy.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { PolicyProblems } from '../../../src/policy/policy-problems.ts';
import { matchesPattern } from '../../../src/policy/text-matcher.ts';
import { fc } from '../../support/fast-check.ts';
import { BAD, GOOD, KEY_TRUST, SIGNER, withRule, withSigner } from './samples.ts';

const file = '.github/referrers.yml';
const parse = (text: string): Promise<Policy> => parsePolicy(text, { file });

async function problemsOf(text: string): Promise<PolicyProblems> {
  try {
    await parse(text);
  } catch (thrown) {
    assert.ok(thrown instanceof PolicyProblems, String(thrown));
    return thrown;
  }
  return assert.fail(`no problem in ${text}`);
}

describe('a policy file', () => {
  for (const [title, text] of Object.entries(GOOD)) {
    it(`may be so: ${title}`, async () => {
      const policy = await parse(text);
      assert.ok(policy.rules.length > 0);
      assert.equal(policy.origin, file);
    });
  }

  for (const [text, words, line, column] of BAD) {
    it(`may not be so: ${words.source} at ${line}:${column}`, async () => {
      const { problems, code, location } = await problemsOf(text);
      assert.equal(code, 'policy-invalid');
      assert.deepEqual(location, problems[0]?.location);
      const found = problems.find(({ message }) => words.test(message));
      assert.ok(found !== undefined, JSON.stringify(problems));
      assert.deepEqual(found.location, { file, line, column });
    });
  }

  it('of the examples says what it means', async () => {
    const text = await readFile(new URL('../../../examples/policies/referrers.yml', import.meta.url), 'utf8');
    const { trust, rules, waivers } = await parse(text);
    assert.deepEqual([...trust.keys()], ['sigstore', 'release-key', 'corp']);
    assert.partialDeepStrictEqual(trust.get('sigstore'), { kind: 'sigstore', root: 'public-good', refresh: false });
    assert.partialDeepStrictEqual(trust.get('release-key'), {
      kind: 'key',
      log: 'none',
      key: { kind: 'file', path: 'keys/cosign.pub' },
    });
    assert.partialDeepStrictEqual(trust.get('corp'), { kind: 'notation', level: 'strict', signingAuthority: [] });
    const [sbom, slsa, reviewers, nested] = rules;
    assert.partialDeepStrictEqual(sbom, {
      on: 'each-platform',
      platforms: 'all',
      signed: false,
      wanted: { kind: 'artifact-type', types: ['application/spdx+json', 'application/vnd.cyclonedx+json'] },
    });
    assert.equal(sbom?.signedBy, undefined);
    assert.partialDeepStrictEqual(slsa, {
      on: 'either',
      signed: true,
      maxAge: 30 * 86_400,
      wanted: { kind: 'predicate-type', types: ['https://slsa.dev/provenance/v1'] },
      signedBy: {
        atLeast: 1,
        of: [
          {
            trust: 'sigstore',
            issuer: { kind: 'exact', text: 'https://token.actions.githubusercontent.com' },
            github: {
              repository: { kind: 'exact', text: 'acme/app' },
              ref: { kind: 'glob', text: 'refs/tags/v*' },
              workflow: { kind: 'exact', text: '.github/workflows/release.yml' },
            },
          },
          { trust: 'release-key' },
        ],
      },
    });
    assert.equal(typeof slsa?.where?.evaluate, 'function');
    assert.equal(reviewers?.signedBy?.atLeast, 2);
    assert.deepEqual(reviewers?.signedBy?.of[2]?.distinguishedNames, ['C=US, O=Acme']);
    assert.partialDeepStrictEqual(nested, {
      signed: true,
      referrer: { signedBy: { atLeast: 1, of: [{ trust: 'release-key' }] } },
    });
    assert.partialDeepStrictEqual(waivers, [{ rule: 'two reviewers', until: '2027-01-31', reason: 'being retired' }]);
    assert.ok(waivers[0] !== undefined && matchesPattern(waivers[0].image, 'ghcr.io/acme/legacy-app'));
  });

  it("takes the issuer that is given in place of GitHub's, and none where none is said", async () => {
    const given = await parse(GOOD['GitHub of an enterprise'] ?? '');
    assert.partialDeepStrictEqual(given.rules[0]?.signedBy?.of[0]?.issuer, {
      text: 'https://token.actions.githubusercontent.com/acme',
    });
    const none = await parse(GOOD['no issuer, said so'] ?? '');
    assert.equal(none.rules[0]?.signedBy?.of[0]?.issuer, 'none');
  });

  it('asks for the strict level of the Notary Project, and for no log of a key, where nothing is said', async () => {
    const { trust } = await parse(`version: 1
trust:
  corp: { notation: { ca: ca.pem } }
  release-key: { key: cosign.pub }
rules:
  - { name: r, artifact-type: application/spdx+json, signed: false }
`);
    assert.partialDeepStrictEqual(trust.get('corp'), { kind: 'notation', level: 'strict', tsa: [] });
    assert.partialDeepStrictEqual(trust.get('release-key'), { kind: 'key', log: 'none' });
  });

  it('keeps pins, inline content and kinds of material apart', async () => {
    const { trust } = await parse(GOOD['roots by name and as files'] ?? '');
    assert.partialDeepStrictEqual(trust.get('a'), { root: 'github', refresh: true });
    assert.partialDeepStrictEqual(trust.get('b'), { root: { kind: 'file', path: 'roots/trusted_root.jsonl' } });
    assert.partialDeepStrictEqual(trust.get('c'), { root: { kind: 'file', sha256: 'a'.repeat(64) } });
    assert.partialDeepStrictEqual(trust.get('d'), { root: { kind: 'inline' } });
    assert.partialDeepStrictEqual(trust.get('e'), { log: 'required', key: { sha256: 'b'.repeat(64) } });
    assert.partialDeepStrictEqual(trust.get('h'), { log: 'required', logRoot: { sha256: 'c'.repeat(64) } });
    assert.partialDeepStrictEqual(trust.get('i'), { log: 'required', logRoot: 'public-good', refresh: true });
    assert.partialDeepStrictEqual(trust.get('f'), {
      ca: [],
      signingAuthority: [{ path: 'sa.pem' }, { path: 'sb.pem' }],
      level: 'audit',
    });
    const inline = trust.get('g');
    assert.ok(
      inline?.kind === 'key' &&
        inline.key.kind === 'inline' &&
        inline.key.text.startsWith('-----BEGIN PUBLIC KEY-----\n'),
    );
  });

  it('reports all problems at once, in the order of the file', async () => {
    const text = `version: 2
trust:
  sigstore: { root: public_good }
rules:
  - name: a
    on: platform
    predicate_type: https://x.example
    signed-by: { trust: nobody }
  - nam: b
    max-age: soon
waivers: [{ rule: a, image: "", until: never, reason: x }]`;
    const { problems, message } = await problemsOf(text);
    assert.deepEqual(
      problems.map(({ location }) => `${location.line}:${location.column}`),
      ['1:10', '3:21', '6:9', '7:5', '8:25', '9:5', '9:5', '10:14', '11:29', '11:40'],
    );
    assert.equal(problems.find(({ location }) => location.line === 7)?.hint, 'Did you mean predicate-type?');
    assert.match(message, /^version: expected 1, got the number 2 \(and 9 more\)$/);
  });

  const HINTS: readonly (readonly [string, RegExp])[] = [
    [withRule('name: r', KEY_TRUST).replace('rules', 'rulez'), /^Did you mean rules\?$/],
    [withSigner('{ trust: sigstor, github: { repository: a/b } }'), /^Did you mean sigstore\?$/],
    [withRule('name: r\npredicate-type: slsaprovenance', KEY_TRUST), /^Did you mean predicate-type: https:.*\/v1\?$/],
    [withRule('name: r\nartifact-type: cyclonedx', KEY_TRUST), /^Did you mean artifact-type: application.*\+json\?$/],
    [withSigner('{ trust: nobody }'), /^Defined: sigstore, key, corp\.$/],
    [withSigner('{ trust: sigstore }'), /^Add github: \{ repository: owner\/name, .*, or identity: and issuer:\.$/],
    [withSigner('{ trust: sigstore, identity: a@b }'), /^Add issuer: "https:/],
    [withRule('name: r'), /^Add signed-by: \{ trust: sigstore, … \}\. Add github: /],
    [withRule('name: r\nartifact-type: https://slsa.dev/provenance/v1', KEY_TRUST), /^A URL is a predicate-type\.$/],
    [withRule('name: r\npredicate-type: application/json', KEY_TRUST), /^A media type is an artifact-type\.$/],
    [
      withRule('name: r', 'trust: { k: { key: a.pub, log-root: r.json } }'),
      /^Add log: required, or leave log-root out\.$/,
    ],
    [withRule('name: r', 'trust: { k: { key: a.pub, refresh: true } }'), /^Add log: required, or leave refresh out\.$/],
    [withRule('name: r', 'trust: { k: { key: a.pub, log: required, log-root: githb } }'), /^For a file write its path/],
    [
      withRule('name: r', 'trust: { k: { key: a.pub, log: required, log-root: public_goo } }'),
      /^Did you mean public-good\?$/,
    ],
    [withRule('name: r', 'trust: { k: { root: githb } }'), /^Did you mean github\?$/],
    [withRule('name: r\non: each_platform', KEY_TRUST), /^Did you mean each-platform\?$/],
  ];
  for (const [text, hint] of HINTS) {
    it(`says what to write instead: ${hint.source}`, async () => {
      const hints = (await problemsOf(text)).problems.map((problem) => problem.hint ?? '');
      assert.ok(
        hints.some((one) => hint.test(one)),
        hints.join('\n'),
      );
    });
  }

  it('names no line behind the last one', async () => {
    const { location } = await problemsOf('version: 1\nrules: [\n\n\n');
    assert.deepEqual(location, { file, line: 2, column: 9 });
  });

  it('of a trust that is broken says so once, not at each rule', async () => {
    const { problems } = await problemsOf(withSigner(SIGNER).replace('public-good', 'public_good'));
    assert.equal(problems.length, 1);
  });

  it('has no more problems than one can read', async () => {
    const { problems } = await problemsOf(`version: 1\n${KEY_TRUST}\nrules:\n${'  - nam: x\n'.repeat(150)}`);
    assert.equal(problems.length, MAX_PROBLEMS);
  });

  it('is of limited size', async () => {
    const comment = `# ${'x'.repeat(MAX_POLICY_LENGTH)}`;
    assert.match(
      (await problemsOf(`${withRule('name: r', KEY_TRUST)}${comment}`)).message,
      /at most 262144 characters/,
    );
  });

  it('of nothing but brackets is refused', async () => {
    for (const text of ['['.repeat(100_000), '{'.repeat(100_000), '- '.repeat(50_000), '? '.repeat(50_000)]) {
      assert.match((await problemsOf(text)).message, /nested too deeply|not valid YAML/);
    }
  });

  it('with tens of thousands of keys is read in bounded time', async () => {
    const keys = Array.from({ length: 18_000 }, (_, n) => `k${n}: 1`).join('\n');
    const started = performance.now();
    assert.equal((await problemsOf(keys)).problems.length, MAX_PROBLEMS);
    assert.ok(performance.now() - started < 10_000);
  });

  it('of any text is a policy or its problems, each with a place inside the file', async () => {
    const words = fc.constantFrom(
      'version: 1',
      'trust:',
      'rules:',
      'waivers:',
      '\n',
      '\n  ',
      '\n    ',
      '  - ',
      'name: r',
      'signed-by:',
      '{',
      '}',
      '[',
      ']',
      ', ',
      ': ',
      'trust: key',
      'key: a.pub',
      'root: github',
      '&a ',
      '*a',
      '|',
      '"',
      "'",
      '#',
      '!x ',
      'any-of:',
      'of: ',
      'at-least: 2',
      'where: ',
      'predicate',
      'github:',
      'identity: ',
      'null',
      '1',
      'max-age: 3d',
      '\t',
      '---\n',
      '\r\n',
      '__proto__: ',
      '? ',
      '<<: ',
      '😀',
      '\u2028',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.array(words, { maxLength: 30 }).map((all) => all.join('')),
      fc
        .tuple(fc.constantFrom(...Object.values(GOOD)), fc.nat(), fc.nat(20), fc.string())
        .map(([text, at, drop, put]) => {
          const start = at % (text.length + 1);
          return text.slice(0, start) + put + text.slice(start + drop);
        }),
      fc.json(),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        try {
          await parse(text);
        } catch (thrown) {
          assert.ok(thrown instanceof PolicyProblems, thrown instanceof Error ? thrown.stack : String(thrown));
          const lines = text.split('\n');
          for (const { location, message } of thrown.problems) {
            const line = lines[(location.line ?? 0) - 1];
            assert.ok(line !== undefined, `${message} at ${JSON.stringify(location)} of ${JSON.stringify(text)}`);
            assert.ok(
              (location.column ?? 0) >= 1 && (location.column ?? 0) <= line.length + 1,
              `${message} ${JSON.stringify(location)}`,
            );
          }
        }
      }),
      { numRuns: 3000 },
    );
  });
});
