import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, it } from 'node:test';
import { CodedError } from '../../../src/errors/coded-error.ts';
import { fingerprintOf, parsePublicKey } from '../../../src/evidence/keys/public-key.ts';
import { fc } from '../../support/fast-check.ts';
import { slipsOf } from '../../support/slips.ts';

const pemOf = (key: KeyObject): string => key.export({ format: 'pem', type: 'spki' }).toString();
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });

describe('parsePublicKey', () => {
  const goodies: readonly (readonly [string, KeyObject])[] = [
    ['P-256', p256.publicKey],
    ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey],
    ['P-521', generateKeyPairSync('ec', { namedCurve: 'P-521' }).publicKey],
    ['RSA 2048', generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey],
    ['Ed25519', generateKeyPairSync('ed25519').publicKey],
  ];
  for (const [title, key] of goodies) {
    it(`reads ${title}, also with CRLF and blank lines around it`, () => {
      assert.ok(parsePublicKey(pemOf(key), 'cosign.pub').equals(key));
      assert.ok(parsePublicKey(`\n${pemOf(key).replaceAll('\n', '\r\n')}\n`, 'cosign.pub').equals(key));
    });
  }

  it('names a key by the digest of its SPKI', () => {
    const pem = pemOf(p256.publicKey);
    assert.match(fingerprintOf(p256.publicKey), /^sha256:[0-9a-f]{64}$/);
    assert.equal(fingerprintOf(parsePublicKey(pem, 'k')), fingerprintOf(p256.publicKey));
  });

  const good = pemOf(p256.publicKey);
  const privatePem = p256.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const uglies: readonly (readonly [string, string, RegExp])[] = [
    ['an empty text', '', /not one public key/],
    ['a private key', privatePem, /private key/],
    ['two keys', good + good, /not one public key/],
    ['a key and text besides', `${good}\nhello`, /not one public key/],
    ['a certificate', good.replaceAll('PUBLIC KEY', 'CERTIFICATE'), /not one public key/],
    ['a cut key', good.replace(/\n.{20}/, '\n'), /cannot be read/],
    ['a short RSA key', pemOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey), /1024 bits/],
    ['an X25519 key', pemOf(generateKeyPairSync('x25519').publicKey), /of type x25519/],
    ['a secp256k1 key', pemOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey), /secp256k1/],
  ];
  for (const [title, pem, says] of uglies) {
    it(`refuses ${title}`, () => {
      assert.throws(
        () => parsePublicKey(pem, 'keys/cosign.pub'),
        (error) =>
          error instanceof CodedError &&
          error.code === 'key-invalid' &&
          error.message.startsWith('keys/cosign.pub') &&
          says.test(error.message),
      );
    });
  }

  it('does not repeat a private key in its error', () => {
    const secret = privatePem.split('\n')[1] ?? '';
    assert.ok(secret.length > 20);
    assert.throws(
      () => parsePublicKey(privatePem, 'k'),
      (error) => error instanceof CodedError && !`${error.message}${error.hint}`.includes(secret),
    );
  });
});

describe('parsePublicKey, any text', () => {
  const keys = [p256, generateKeyPairSync('rsa', { modulusLength: 2048 }), generateKeyPairSync('ed25519')];
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.base64String({ maxLength: 300 }).map((body) => `-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----`),
    ...keys.map(({ publicKey }) => slipsOf(pemOf(publicKey))),
    ...keys.map(({ privateKey }) => slipsOf(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString())),
  );

  it('gives a public key of a kind that is verified with, or key-invalid, which shows nothing of the text', () => {
    fc.assert(
      fc.property(texts, (text) => {
        try {
          const key = parsePublicKey(text, 'k.pub');
          assert.equal(key.type, 'public');
          assert.ok(['ec', 'rsa', 'ed25519'].includes(key.asymmetricKeyType ?? ''));
          assert.ok(!text.includes('PRIVATE KEY'));
        } catch (thrown) {
          assert.ok(thrown instanceof CodedError && thrown.code === 'key-invalid', String(thrown));
          const lines = text.split(/\r?\n/).filter((line) => /^[A-Za-z0-9+/=]{20,}$/.test(line));
          assert.ok(lines.every((line) => !`${thrown.message} ${thrown.hint}`.includes(line)));
        }
      }),
      { numRuns: 500 },
    );
  });
});
