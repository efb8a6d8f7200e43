import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeErrorBody, parseErrorBody } from '../../src/oci/error-body.ts';
import { fc } from '../support/fast-check.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const goodies: readonly [title: string, body: string, expected: readonly unknown[]][] = [
  [
    'a spec error list',
    '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown","detail":{"Tag":"v1"}}]}',
    [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown', detail: '{"Tag":"v1"}' }],
  ],
  ['a code without message', '{"errors":[{"code":"DENIED"}]}', [{ code: 'DENIED', message: '', detail: '' }]],
  ['a lower-case code', '{"errors":[{"code":"denied"}]}', [{ code: 'DENIED', message: '', detail: '' }]],
  [
    'an OAuth2 error',
    '{"error":"invalid_grant","error_description":"expired"}',
    [{ code: 'INVALID_GRANT', message: 'expired', detail: '' }],
  ],
  [
    'a Docker Hub token error',
    '{"details":"incorrect username or password"}',
    [{ code: '', message: '', detail: 'incorrect username or password' }],
  ],
  ['an error object', '{"error":{"code":403,"message":"no"}}', [{ code: '403', message: 'no', detail: '' }]],
  ['a message alone', '{"message":"Bad credentials"}', [{ code: '', message: 'Bad credentials', detail: '' }]],
  ['a list of texts', '{"errors":["no such repo"]}', [{ code: '', message: 'no such repo', detail: '' }]],
];

for (const [title, body, expected] of goodies) {
  test(`parseErrorBody reads ${title}`, () => assert.deepEqual(parseErrorBody(bytes(body)), expected));
}

for (const body of [
  '',
  'null',
  '[]',
  '{}',
  '{"errors":{}}',
  '{"errors":[null,1,[]]}',
  '<html>',
  '{"errors":[',
  '\u0000',
]) {
  test(`parseErrorBody gives an empty list for ${JSON.stringify(body)}`, () => {
    assert.deepEqual(parseErrorBody(bytes(body)), []);
  });
}

test('parseErrorBody bounds the number of entries and the length of texts, and does not parse huge bodies', () => {
  const long = 'x'.repeat(5000);
  const many = parseErrorBody(bytes(JSON.stringify({ errors: Array(100).fill({ code: 'A', message: 'b' }) })));
  assert.equal(many.length, 16);
  const [one] = parseErrorBody(bytes(JSON.stringify({ errors: [{ code: 'A', message: long }] })));
  assert.equal(one?.message.length, 1001);
  assert.deepEqual(parseErrorBody(bytes(JSON.stringify({ errors: [{ code: 'A' }], pad: ' '.repeat(70_000) }))), []);
});

test('parseErrorBody survives a detail and an error nested very deep', () => {
  const nested = (open: string, close: string): string => `${open.repeat(4000)}1${close.repeat(4000)}`;
  const detail = parseErrorBody(bytes(`{"errors":[{"code":"A","detail":${'['.repeat(30_000)}${']'.repeat(30_000)}}]}`));
  assert.deepEqual(detail, [{ code: 'A', message: '', detail: '' }]);
  assert.deepEqual(parseErrorBody(bytes(nested('{"error":', '}'))), []);
});

test('describeErrorBody gives the list, the first line of plain text, or names HTML as such', () => {
  assert.equal(describeErrorBody(bytes('{"errors":[{"code":"A","message":"b"},{"code":"C"}]}')), 'A: b; C');
  assert.equal(describeErrorBody(bytes('404 page not found\nmore')), '404 page not found');
  assert.equal(describeErrorBody(bytes(' <!doctype html>')), 'an HTML page');
  assert.equal(describeErrorBody(bytes('')), undefined);
  assert.equal(describeErrorBody(bytes('{"x":1}')), undefined);
});

test('parseErrorBody never throws, whatever the bytes or the JSON', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (input) => Array.isArray(parseErrorBody(input))));
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const input of [value, { errors: value }, { errors: [value] }]) {
        for (const error of parseErrorBody(bytes(JSON.stringify(input)))) {
          assert.equal(typeof error.code + typeof error.message + typeof error.detail, 'stringstringstring');
        }
      }
    }),
  );
});
