import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { InternalError } from '@sigstore/sign';
import { signError } from '../../src/sign/sign-error.ts';
import type { SigningServices } from '../../src/sign/signing-services.ts';
import { unsignedToken } from '../support/sigstore/identity.ts';

const TOKEN = unsignedToken({ iss: 'https://issuer.test', sub: 'acme' });
const SERVICES: SigningServices = {
  label: 'test',
  fulcioUrl: 'https://fulcio.test',
  rekor: { url: 'https://rekor.test', version: 1 },
  tsaUrl: 'https://tsa.test',
};

/** As @sigstore/sign throws it: its own error around that of the request. */
function thrown(code: string, message: string, cause: Error): InternalError {
  return new InternalError({ code: code as InternalError['code'], message, cause });
}

describe('signError', () => {
  const leaks: readonly (readonly [title: string, thrown: unknown])[] = [
    [
      'the library quotes it',
      thrown('IDENTITY_TOKEN_PARSE_ERROR', `invalid identity token: ${TOKEN}`, new Error('bad')),
    ],
    [
      'Fulcio sends it back',
      thrown('CA_CREATE_SIGNING_CERTIFICATE_ERROR', 'error', new Error(`(401) not valid: ${TOKEN}`)),
    ],
    [
      'Fulcio sends back its claims alone',
      thrown('CA_CREATE_SIGNING_CERTIFICATE_ERROR', 'error', new Error(`(401) bad claims: ${TOKEN.split('.')[1]}`)),
    ],
    ['it stands in an error of another kind', new TypeError(`cannot read ${TOKEN}`)],
    ['it stands deep in the causes', new Error('outer', { cause: new Error(`inner ${TOKEN}`) })],
  ];
  for (const [title, error] of leaks) {
    it(`shows no token where ${title}`, () => {
      const shown = signError(error, { services: SERVICES, payloadBytes: 10, token: TOKEN });
      assert.equal(shown.code, 'sign-failed');
      const all = inspect(shown, { depth: 20, showHidden: true });
      assert.ok(!all.includes(TOKEN), all);
      assert.ok(!all.includes(TOKEN.split('.')[1] ?? TOKEN), all);
    });
  }

  it('keeps the cause where no token is in it, and cuts an answer that is long', () => {
    const cause = new Error('x'.repeat(100_000));
    const error = signError(thrown('TSA_CREATE_TIMESTAMP_ERROR', 'error', cause), {
      services: SERVICES,
      payloadBytes: 10,
      token: TOKEN,
    });
    assert.equal(error.cause, cause);
    assert.ok(error.message.length < 1000);
  });

  it('says that the log may have an entry, where it was asked before something failed', () => {
    const failures = [
      ['CA_CREATE_SIGNING_CERTIFICATE_ERROR', false],
      ['TLOG_CREATE_ENTRY_ERROR', true],
      ['TSA_CREATE_TIMESTAMP_ERROR', true],
    ] as const;
    for (const [code, mayBeLogged] of failures) {
      const error = thrown(code, 'error', new Error('hung up'));
      const { hint } = signError(error, { services: SERVICES, payloadBytes: 10, token: undefined });
      assert.equal(/entry may stand in the log https:\/\/rekor\.test/.test(hint ?? ''), mayBeLogged, code);
      assert.match(hint ?? '', /^Nothing was attached/);
      const without = signError(error, {
        services: { ...SERVICES, rekor: undefined },
        payloadBytes: 10,
        token: undefined,
      });
      assert.doesNotMatch(without.hint ?? '', /in the log/);
    }
  });
});
