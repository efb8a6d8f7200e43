import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Challenge, parseChallenges } from '../../src/auth/challenge.ts';
import { chooseChallenge } from '../../src/auth/choose-challenge.ts';
import { fc } from '../support/fast-check.ts';

type Plain = readonly [scheme: string, parameters: Readonly<Record<string, string>>, token68?: string];

function plain(challenge: Challenge): Plain {
  const parameters = Object.fromEntries(challenge.parameters);
  return challenge.token68 === undefined
    ? [challenge.scheme, parameters]
    : [challenge.scheme, parameters, challenge.token68];
}

const goodies: readonly [title: string, headers: readonly string[], expected: readonly Plain[]][] = [
  ['a Basic challenge', ['Basic realm="x"'], [['basic', { realm: 'x' }]]],
  [
    'commas within a quoted scope',
    ['Bearer realm="https://a/t",service="s",scope="repository:a:pull,push"'],
    [['bearer', { realm: 'https://a/t', service: 's', scope: 'repository:a:pull,push' }]],
  ],
  [
    'two headers',
    ['Basic realm="x"', 'Bearer realm="y"'],
    [
      ['basic', { realm: 'x' }],
      ['bearer', { realm: 'y' }],
    ],
  ],
  [
    'two challenges joined in one header',
    ['Basic realm="x", Bearer realm="y",service="z"'],
    [
      ['basic', { realm: 'x' }],
      ['bearer', { realm: 'y', service: 'z' }],
    ],
  ],
  [
    'a scheme without parameters before another',
    ['Negotiate, Bearer realm="y"'],
    [
      ['negotiate', {}],
      ['bearer', { realm: 'y' }],
    ],
  ],
  ['schemes and names in any case', ['BEARER Realm="Y",SERVICE="S"'], [['bearer', { realm: 'Y', service: 'S' }]]],
  ['escapes within quotes', [String.raw`Bearer realm="a\"b\\c\,d"`], [['bearer', { realm: 'a"b\\c,d' }]]],
  ['blanks around =', ['Bearer realm = "a" , service	=	b'], [['bearer', { realm: 'a', service: 'b' }]]],
  [
    'values without quotes',
    ['Bearer realm=https://a/t?x=1,service=s'],
    [['bearer', { realm: 'https://a/t?x=1', service: 's' }]],
  ],
  ['empty list elements', [', ,Bearer realm="a",, ,service="b",'], [['bearer', { realm: 'a', service: 'b' }]]],
  [
    'token68',
    ['Negotiate YWJj+/==, Basic realm="x"'],
    [
      ['negotiate', {}, 'YWJj+/=='],
      ['basic', { realm: 'x' }],
    ],
  ],
  [
    'a realm with a query',
    ['Bearer realm="https://a/t?account=x&y=1"'],
    [['bearer', { realm: 'https://a/t?account=x&y=1' }]],
  ],
  ['the first of a repeated parameter', ['Bearer realm="a",realm="b"'], [['bearer', { realm: 'a' }]]],
  ['an empty value', ['Bearer realm="",service=""'], [['bearer', { realm: '', service: '' }]]],
];

for (const [title, headers, expected] of goodies) {
  test(`parseChallenges reads ${title}`, () => assert.deepEqual(parseChallenges(headers).map(plain), expected));
}

const uglies: readonly [title: string, headers: readonly string[], expected: readonly Plain[]][] = [
  ['no header', [], []],
  ['empty headers', ['', ' ', ',,'], []],
  ['a parameter without a scheme', ['realm="x"'], []],
  ['a quote that never ends', ['Bearer realm="a, Basic realm=b'], [['bearer', { realm: 'a, Basic realm=b' }]]],
  ['a backslash at the end', ['Bearer realm="a\\'], [['bearer', { realm: 'a' }]]],
  ['a quoted string in place of a scheme', ['"Basic", Bearer realm="y"'], [['bearer', { realm: 'y' }]]],
  ['junk between challenges', ['(@) {}, Bearer realm="y" ;;; "q"'], [['bearer', { realm: 'y' }]]],
  ['only =', ['==='], []],
];

for (const [title, headers, expected] of uglies) {
  test(`parseChallenges survives ${title}`, () => assert.deepEqual(parseChallenges(headers).map(plain), expected));
}

test('parseChallenges never throws, and is fast on long junk', () => {
  const piece = fc.constantFrom('Bearer', 'Basic', ' ', ',', '=', '"', '\\', 'realm', 'a==', '\t', '/', '\u0000', 'é');
  fc.assert(
    fc.property(fc.array(fc.array(piece).map((parts) => parts.join(''))), (headers) => {
      for (const { scheme } of parseChallenges(headers)) assert.match(scheme, /^[^\s,="]+$/);
    }),
  );
  for (const piece of ['a ', 'a=', '"', 'a a="', ',', 'a==,']) {
    const started = performance.now();
    parseChallenges([piece.repeat(100_000)]);
    assert.ok(performance.now() - started < 1000, `slow on ${piece}`);
  }
});

test('what is formatted by the grammar is parsed back, whatever the values hold', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/);
  const value = fc.string({ maxLength: 20 });
  const challenge = fc.tuple(name, fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, minLength: 1 }));
  const quote = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
  fc.assert(
    fc.property(fc.array(challenge, { maxLength: 4 }), fc.boolean(), (challenges, joined) => {
      const texts = challenges.map(([scheme, params]) => `${scheme} ${params.map(([k, v]) => `${k}=${quote(v)}`)}`);
      const headers = joined ? [texts.join(', ')] : texts;
      const parsed = parseChallenges(headers);
      assert.deepEqual(
        parsed.map((one) => [one.scheme, [...one.parameters]]),
        challenges,
      );
    }),
  );
});

test('Bearer is chosen over Basic, whichever comes first', () => {
  for (const headers of [
    ['Basic realm="x", Bearer realm="https://a/t"'],
    ['Bearer realm="https://a/t"', 'Basic realm="x"'],
  ]) {
    assert.equal(chooseChallenge(parseChallenges(headers))?.scheme, 'bearer');
  }
});

test('a Bearer challenge without realm cannot be answered: Basic is chosen, or nothing', () => {
  assert.deepEqual(chooseChallenge(parseChallenges(['Bearer service="s", Basic realm="x"'])), { scheme: 'basic' });
  assert.equal(chooseChallenge(parseChallenges(['Bearer realm=""'])), undefined);
  assert.equal(chooseChallenge(parseChallenges(['Negotiate', 'Digest realm="x"'])), undefined);
});

test('a Bearer challenge without scope and service is read with neither', () => {
  assert.deepEqual(chooseChallenge(parseChallenges(['Bearer realm="https://a/t"'])), {
    scheme: 'bearer',
    realm: 'https://a/t',
    service: undefined,
    scopes: [],
    error: undefined,
  });
});

test('several scopes and the error of a Bearer challenge are read', () => {
  const chosen = chooseChallenge(
    parseChallenges([
      'Bearer realm="r",service="s",scope="repository:a:pull,push  repository:b:pull",error="insufficient_scope"',
    ]),
  );
  assert.deepEqual(chosen, {
    scheme: 'bearer',
    realm: 'r',
    service: 's',
    scopes: ['repository:a:pull,push', 'repository:b:pull'],
    error: 'insufficient_scope',
  });
});
