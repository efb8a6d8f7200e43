import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { describe, it } from 'node:test';
import { dsse } from '@sigstore/core';
import { fingerprintOf } from '../../../../src/evidence/keys/public-key.ts';
import { openBundle } from '../../../../src/evidence/sigstore/open-bundle.ts';
import { fileAndSignature, startSigning } from '../../../support/signing.ts';
import { KEY_ONLY, verifyWithLibrary } from '../../../support/sigstore/verify-with-library.ts';

const KEYLESS_INPUTS = { 'signing-config': '', 'trusted-root': '' };

describe('attach with sign: key', () => {
  const keys: readonly (readonly [string, KeyObject, string | null])[] = [
    ['P-256', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, 'sha256'],
    ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey, 'sha384'],
    ['P-521', generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey, 'sha512'],
    ['Ed25519', generateKeyPairSync('ed25519').privateKey, null],
    ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, 'sha256'],
  ];
  for (const [name, key, hash] of keys) {
    it(`signs with ${name}, asks nobody, and our own verifier takes it`, async (t) => {
      const stage = await startSigning(t);
      const run = await stage.sign({ ...KEYLESS_INPUTS, sign: 'key', 'signing-key': pemOf(key) }, {});
      const [, signature] = fileAndSignature(run);
      assert.equal(signature.status, 'attached');
      assert.equal(stage.asked(), 0);
      const { json } = await stage.bundleOf(signature.digest);
      const material = json['verificationMaterial'] as { publicKey: { hint: string }; tlogEntries?: unknown[] };
      const publicKey = createPublicKey(key);
      assert.equal(Buffer.from(material.publicKey.hint, 'base64').toString('hex'), fingerprintOf(publicKey).slice(7));
      assert.deepEqual(material.tlogEntries ?? [], []);

      const { payload, payloadType, signatures } = json['dsseEnvelope'] as {
        payload: string;
        payloadType: string;
        signatures: { sig: string }[];
      };
      const signed = dsse.preAuthEncoding(payloadType, Buffer.from(payload, 'base64'));
      assert.ok(verify(hash, signed, publicKey, Buffer.from(signatures[0]?.sig ?? '', 'base64')));

      const opened = openBundle({
        bytes: run.bundles?.[0] ?? new Uint8Array(),
        mediaType: '',
        annotations: {},
        what: 'it',
      });
      assert.equal(opened.signed, true);
      const fingerprint = fingerprintOf(publicKey);
      const trust = { kind: 'key', name: 'release', key: publicKey, fingerprint, log: 'none' } as const;
      const outcome = await opened.verify(trust, { now: new Date() });
      assert.ok(outcome.verified, JSON.stringify(outcome));
    });
  }

  it('a signing configuration has it logged and stamped', async (t) => {
    const stage = await startSigning(t, { config: { tsa: true, fulcio: false } });
    const [, key] = keys[0] ?? [];
    const run = await stage.sign({ sign: 'key', 'signing-key': pemOf(key), 'trusted-root': '' }, {});
    const { json } = await stage.bundleOf(fileAndSignature(run)[1].digest);
    verifyWithLibrary(stage.world, json, { key: key as KeyObject });
    assert.equal(stage.asked(), 2);
  });

  it('a key may be a file, and encrypted', async (t) => {
    const stage = await startSigning(t);
    const [, key] = keys[0] ?? [];
    const options = { format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'open sesame' } as const;
    await stage.workspace.write('release.pem', key?.export(options) ?? '');
    const inputs = { ...KEYLESS_INPUTS, sign: 'key', 'signing-key-file': 'release.pem' };
    const run = await stage.sign({ ...inputs, 'signing-key-password': 'open sesame' }, {});
    const { json } = await stage.bundleOf(fileAndSignature(run)[1].digest);
    verifyWithLibrary(stage.world, json, { key: key as KeyObject, profile: KEY_ONLY });
    await assert.rejects(stage.sign({ ...inputs, 'signing-key-password': 'open' }, {}), {
      code: 'key-invalid',
      message: /cannot be decrypted with signing-key-password/,
    });
    await assert.rejects(stage.sign(inputs, {}), { code: 'key-invalid', hint: 'Set signing-key-password.' });
  });
});

function pemOf(key: KeyObject | undefined): string {
  return key?.export({ format: 'pem', type: 'pkcs8' }).toString() ?? '';
}
