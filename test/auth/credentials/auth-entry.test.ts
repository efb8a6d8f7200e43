import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAuthEntry } from '../../../src/auth/credentials/auth-entry.ts';
import { parseAuthFile } from '../../../src/auth/credentials/auth-file.ts';
import { CodedError } from '../../../src/errors/coded-error.ts';
import { fc } from '../../support/fast-check.ts';
import { base64 } from './temp-home.ts';

const parse = (entry: unknown) => parseAuthEntry(entry, 'host', 'FILE');
const basic = (username: string, password: string) => ({ kind: 'basic', username, password, origin: 'FILE' });

const goodies: readonly [title: string, entry: unknown, expected: unknown][] = [
  ['user and password of `auth`', { auth: base64('me:secret') }, basic('me', 'secret')],
  ['a password with colons', { auth: base64('me:a:b::c') }, basic('me', 'a:b::c')],
  ['a password padded with NULs', { auth: base64('me:secret\0\0\0') }, basic('me', 'secret')],
  ['a non-ASCII password', { auth: base64('me:pässwörd') }, basic('me', 'pässwörd')],
  [
    '`auth` without padding, broken over lines',
    { auth: base64('me:secret!').replace(/=+$/, '\n') },
    basic('me', 'secret!'),
  ],
  ['`auth` with an empty user', { auth: base64(':secret') }, basic('', 'secret')],
  ['plain user and password', { username: 'me', password: 'secret' }, basic('me', 'secret')],
  [
    'an identity token beside `auth`',
    { auth: base64('00000000-0000-0000-0000-000000000000:'), identitytoken: 'refresh' },
    { kind: 'identity-token', token: 'refresh', username: '00000000-0000-0000-0000-000000000000', origin: 'FILE' },
  ],
  [
    'an identity token alone',
    { identitytoken: 'refresh' },
    { kind: 'identity-token', token: 'refresh', origin: 'FILE' },
  ],
  ['a registry token', { registrytoken: 'ready' }, { kind: 'registry-token', token: 'ready', origin: 'FILE' }],
  [
    'a registry token before all else',
    { registrytoken: 'ready', identitytoken: 'x', auth: base64('a:b') },
    { kind: 'registry-token', token: 'ready', origin: 'FILE' },
  ],
  ['nothing of an entry that a store left behind', {}, undefined],
  ['nothing of an entry with mail alone', { email: 'a@b' }, undefined],
  ['nothing of an entry without password', { auth: base64('me:') }, undefined],
];

for (const [title, entry, expected] of goodies) {
  test(`parseAuthEntry reads ${title}`, () => assert.deepEqual(parse(entry), expected));
}

for (const entry of [null, [], 'x', 1, { auth: 1 }, { auth: '???' }, { auth: base64('no colon') }, { password: {} }]) {
  test(`parseAuthEntry refuses ${JSON.stringify(entry)}, naming file and key`, () => {
    assert.throws(() => parse(entry), { code: 'docker-config-invalid', message: /FILE: the entry "host"/ });
  });
}

for (const text of [
  '{',
  '[]',
  'null',
  '"x"',
  '{"auths":[]}',
  '{"auths":"x"}',
  '{"credHelpers":1}',
  '{"credsStore":{}}',
  '<html>',
]) {
  test(`parseAuthFile refuses ${text}, naming the file`, () => {
    assert.throws(() => parseAuthFile(text, 'FILE'), {
      code: 'docker-config-invalid',
      message: /^FILE cannot be used/,
    });
  });
}

for (const text of ['', ' \n', '{}', '{"auths":null}', '{"HttpHeaders":{"X":"y"}}']) {
  test(`parseAuthFile finds nothing in ${JSON.stringify(text)}`, () => {
    const file = parseAuthFile(text, 'FILE');
    assert.deepEqual([file.auths.size, file.credHelpers.size, file.credsStore], [0, 0, undefined]);
  });
}

test('the message for a file that is not JSON does not quote what it holds', () => {
  const text = '{"auths":{"host":{"password": hunter2}}}';
  assert.throws(
    () => parseAuthFile(text, 'FILE'),
    (error: Error) => !`${error.message}${String(error.cause)}`.includes('hunter2'),
  );
});

test('any text and any JSON is a credential file or docker-config-invalid, never another error', () => {
  const judge = (text: string): void => {
    try {
      for (const [key, entry] of parseAuthFile(text, 'FILE').auths) parseAuthEntry(entry, key, 'FILE');
    } catch (error) {
      assert.ok(error instanceof CodedError && error.code === 'docker-config-invalid', String(error));
    }
  };
  const entry = fc.record(
    { auth: fc.oneof(fc.base64String(), fc.jsonValue()), password: fc.jsonValue() },
    { requiredKeys: [] },
  );
  fc.assert(fc.property(fc.string(), judge));
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.oneof(entry, fc.jsonValue())), (auths) =>
      judge(JSON.stringify({ auths })),
    ),
  );
});

test('user and password come back from `auth` as they went in', () => {
  const user = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes(':'));
  const password = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.endsWith('\0'));
  fc.assert(
    fc.property(user, password, (username, secret) => {
      assert.deepEqual(parse({ auth: base64(`${username}:${secret}`) }), basic(username, secret));
    }),
  );
});
