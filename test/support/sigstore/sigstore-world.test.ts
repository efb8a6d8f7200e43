import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { ASN1Obj } from '@sigstore/core';
import { digestOf } from '../../../src/oci/digest.ts';
import { type Claims, emailIdentity, githubIdentity, uriIdentity, withNames, withoutIssuer } from './identity.ts';
import { type MadeBundle, makeKeyBundle, makeKeylessBundle, makeMessageBundle } from './make-bundle.ts';
import { makeStatement } from './make-statement.ts';
import { type SigstoreWorld, startSigstoreWorld } from './sigstore-world.ts';
import { KEY_ONLY, type LibraryOptions, verifyWithLibrary } from './verify-with-library.ts';

const statement = makeStatement({ subject: digestOf('the manifest') });
const artifact = new TextEncoder().encode('bytes of a file');
const LONG_AGO = new Date(Date.now() - 200 * 24 * 3_600_000);

describe('a Sigstore on loopback', () => {
  let world: SigstoreWorld;
  let other: SigstoreWorld;
  let github: SigstoreWorld;
  before(async () => {
    [world, other, github] = await Promise.all([
      startSigstoreWorld(),
      startSigstoreWorld(),
      startSigstoreWorld({ kind: 'github' }),
    ]);
  });
  after(() => Promise.all([world.close(), other.close(), github.close()]));

  const identity = githubIdentity();
  const p256 = keyOf('P-256');
  const p384 = keyOf('P-384');
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const ed25519 = generateKeyPairSync('ed25519').privateKey;

  const keyless: readonly (readonly [string, () => Promise<MadeBundle>, LibraryOptions?])[] = [
    ['an envelope logged by Rekor v1', () => makeKeylessBundle(world, { statement, identity })],
    [
      'an envelope logged by Rekor v1, with a time stamp',
      () => makeKeylessBundle(world, { statement, identity, tsa: true }),
    ],
    ['an envelope logged by Rekor v2', () => makeKeylessBundle(world, { statement, identity, rekor: 'v2' })],
    ['an envelope of 200 days ago', () => makeKeylessBundle(world, { statement, identity, at: LONG_AGO, tsa: true })],
    ['a v0.1 bundle', () => makeKeylessBundle(world, { statement, identity, version: '0.1' })],
    ['a v0.2 bundle', () => makeKeylessBundle(world, { statement, identity, version: '0.2' })],
    ['a message, Rekor v1', () => makeMessageBundle(world, { artifact, identity }), { artifact }],
    ['a message, Rekor v2', () => makeMessageBundle(world, { artifact, identity, rekor: 'v2' }), { artifact }],
    ['a key with a log', () => makeKeyBundle({ statement, privateKey: p256, world, rekor: 'v1' }), { key: p256 }],
    [
      'a key with Rekor v2',
      () => makeKeyBundle({ statement, privateKey: p256, world, rekor: 'v2', tsa: true }),
      { key: p256 },
    ],
  ];
  for (const [name, make, options] of keyless) {
    it(`makes ${name}: good under its root, and under no other's`, async () => {
      const { json } = await make();
      verifyWithLibrary(world, json, options);
      assert.throws(() => verifyWithLibrary(other, json, options), { name: 'VerificationError' });
    });
  }

  it('makes evidence without a log, as GitHub does for private repositories', async () => {
    const { json } = await makeKeylessBundle(github, { statement, identity });
    const signer = verifyWithLibrary(github, json);
    assert.equal(signer.identity?.extensions?.issuer, 'https://token.actions.githubusercontent.com');
    assert.throws(() => verifyWithLibrary(world, json, { profile: github.profile }), { name: 'VerificationError' });
    const asksForLog = { ...github.profile, transparencyLogs: 1 };
    assert.throws(() => verifyWithLibrary(github, json, { profile: asksForLog }), { code: 'TLOG_ERROR' });
    assert.throws(() => verifyWithLibrary(github, json, { profile: world.profile }), { message: /SCT/ });
  });

  it('without a log entry or without a time, a bundle does not do', async () => {
    const without = await makeKeylessBundle(world, { statement, identity, rekor: 'none' });
    assert.throws(() => verifyWithLibrary(world, without.json), { code: 'TLOG_ERROR' });
    const timeless = await makeKeylessBundle(world, { statement, identity, rekor: 'v2', tsa: false });
    assert.throws(() => verifyWithLibrary(world, timeless.json), { code: 'TIMESTAMP_ERROR' });
  });

  const keys: readonly (readonly [string, KeyObject])[] = [
    ['P-256', p256],
    ['RSA', rsa],
    ['Ed25519', ed25519],
  ];
  for (const [name, key] of keys) {
    it(`signs with a ${name} key alone, and its hint names the key`, async () => {
      const { json } = await makeKeyBundle({ statement, privateKey: key });
      verifyWithLibrary(world, json, { key, profile: KEY_ONLY });
      const wrong = keyOf('P-256');
      assert.throws(() => verifyWithLibrary(world, json, { key: wrong, profile: KEY_ONLY }), {
        code: 'SIGNATURE_ERROR',
      });
      const { hint } = (json['verificationMaterial'] as { publicKey: { hint: string } }).publicKey;
      assert.equal(Buffer.from(hint, 'base64').length, 32);
    });
  }

  it('signs with P-384 over SHA-384, which the library does not verify', async () => {
    const { json } = await makeKeyBundle({ statement, privateKey: p384 });
    assert.throws(() => verifyWithLibrary(world, json, { key: p384, profile: KEY_ONLY }), { code: 'SIGNATURE_ERROR' });
  });

  it('a changed payload is refused', async () => {
    const { json } = await makeKeylessBundle(world, { statement, identity });
    const changed = structuredClone(json) as { dsseEnvelope: { payload: string } };
    changed.dsseEnvelope.payload = Buffer.from('{}').toString('base64');
    assert.throws(() => verifyWithLibrary(world, changed), { name: 'VerificationError' });
  });

  it('a GitHub certificate has the extensions that Fulcio writes', async () => {
    const { json } = await makeKeylessBundle(world, {
      statement,
      identity: githubIdentity({
        signer: 'acme/shared/.github/workflows/sign.yml@refs/heads/main',
        runner: 'self-hosted',
      }),
    });
    const { identity: shown } = verifyWithLibrary(world, json);
    const texts = Object.fromEntries(
      (shown?.oids ?? []).flatMap(({ oid, value }) => {
        const arc = Number(oid?.id.at(-1));
        if (oid?.id.slice(0, -1).join('.') !== '1.3.6.1.4.1.57264.1') return [];
        return [[arc, arc < 8 ? value.toString() : ASN1Obj.parseBuffer(Buffer.from(value)).value.toString()]];
      }),
    );
    const home = 'https://github.com/acme/app';
    assert.equal(
      shown?.subjectAlternativeName,
      'https://github.com/acme/shared/.github/workflows/sign.yml@refs/heads/main',
    );
    assert.deepEqual(texts, {
      1: 'https://token.actions.githubusercontent.com',
      2: 'push',
      3: 'a'.repeat(40),
      4: 'Release',
      5: 'acme/app',
      6: 'refs/tags/v1.4.0',
      8: 'https://token.actions.githubusercontent.com',
      9: 'https://github.com/acme/shared/.github/workflows/sign.yml@refs/heads/main',
      10: 'a'.repeat(40),
      11: 'self-hosted',
      12: home,
      13: 'a'.repeat(40),
      14: 'refs/tags/v1.4.0',
      15: '1001',
      16: 'https://github.com/acme',
      17: '2002',
      18: `${home}/.github/workflows/release.yml@refs/tags/v1.4.0`,
      19: 'a'.repeat(40),
      20: 'push',
      21: `${home}/actions/runs/77/attempts/1`,
      22: 'public',
    });
  });

  const names: readonly (readonly [string, Claims, string | undefined, string | undefined])[] = [
    ['a mail address', emailIdentity('first@acme.example'), 'first@acme.example', 'https://accounts.example'],
    ['a URI', uriIdentity('spiffe://acme/ci', 'https://spiffe.example'), 'spiffe://acme/ci', 'https://spiffe.example'],
    [
      'no issuer',
      withoutIssuer(uriIdentity('https://dotcom.releases.github.com')),
      'https://dotcom.releases.github.com',
      undefined,
    ],
    [
      'an OtherName only',
      withNames(uriIdentity('urn:x'), [{ type: 'upn', value: 'first@acme.example' }]),
      undefined,
      'https://accounts.example',
    ],
  ];
  for (const [name, claims, san, issuer] of names) {
    it(`a certificate with ${name}`, async () => {
      const { json } = await makeKeylessBundle(world, { statement, identity: claims });
      const { identity: shown } = verifyWithLibrary(world, json);
      assert.deepEqual([shown?.subjectAlternativeName, shown?.extensions?.issuer], [san, issuer]);
    });
  }
});

function keyOf(namedCurve: 'P-256' | 'P-384'): KeyObject {
  return generateKeyPairSync('ec', { namedCurve }).privateKey;
}
