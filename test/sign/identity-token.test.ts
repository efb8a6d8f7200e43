import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseIdentityToken } from '../../src/sign/identity-token.ts';
import { emailIdentity, githubIdentity, unsignedToken, uriIdentity } from '../support/sigstore/identity.ts';

describe('parseIdentityToken', () => {
  it("names a job by the workflow that signs, as Fulcio's certificate does", () => {
    const token = unsignedToken(githubIdentity({ signer: 'acme/shared/.github/workflows/sign.yml@refs/heads/main' }));
    const { identity, issuer, visibility } = parseIdentityToken(token);
    assert.equal(identity, 'https://github.com/acme/shared/.github/workflows/sign.yml@refs/heads/main');
    assert.equal(issuer, 'https://token.actions.githubusercontent.com');
    assert.equal(visibility, 'public');
    assert.match(
      parseIdentityToken(token, 'https://acme.ghe.com/').identity,
      /^https:\/\/acme\.ghe\.com\/acme\/shared/,
    );
  });

  it('names others by their mail address, else by their subject', () => {
    assert.equal(parseIdentityToken(unsignedToken(emailIdentity('a@b.example'))).identity, 'a@b.example');
    assert.equal(parseIdentityToken(unsignedToken(uriIdentity('spiffe://a/b'))).identity, 'spiffe://a/b');
  });

  const uglies: readonly (readonly [string, string, RegExp])[] = [
    ['no JWT', 'secret', /it is no JWT/],
    ['four parts', 'a.b.c.d', /it is no JWT/],
    ['claims that are no JSON', `a.${Buffer.from('secret').toString('base64url')}.c`, /its claims are no JSON object/],
    [
      'claims that are a list',
      `a.${Buffer.from('["secret"]').toString('base64url')}.c`,
      /its claims are no JSON object/,
    ],
    ['no subject', unsignedToken({ iss: 'https://a.example' }), /it has no iss or no sub/],
    [
      'an address that nobody verified',
      unsignedToken({ ...emailIdentity('secret@b.example'), email_verified: false }),
      /did not verify/,
    ],
  ];
  for (const [name, token, message] of uglies) {
    it(`refuses ${name}, and shows nothing of it`, () => {
      assert.throws(
        () => parseIdentityToken(token),
        (error: Error) => {
          assert.match(error.message, message);
          assert.ok(!`${error.message} ${String(error.cause)}`.includes('secret'));
          return (error as { code?: string }).code === 'sign-failed';
        },
      );
    });
  }
});
