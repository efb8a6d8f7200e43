import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { startServer } from '../../../support/loopback-server.ts';
import { type SigningStage, startSigning } from '../../../support/signing.ts';
import { unsignedToken } from '../../../support/sigstore/identity.ts';

const PEM = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ format: 'pem', type: 'pkcs8' })
  .toString();

describe('attach with sign, where it cannot be', () => {
  it('without id-token: write, the error has the line to add, and nothing was sent', async (t) => {
    const stage = await startSigning(t);
    await assert.rejects(stage.sign({}, { GITHUB_ACTIONS: 'true' }), {
      code: 'oidc-token-missing',
      exitCode: 2,
      hint: /permissions: \{ id-token: write \}/,
    });
    await assert.rejects(stage.sign({}, {}), { code: 'oidc-token-missing', hint: /SIGSTORE_ID_TOKEN/ });
    assert.equal(stage.asked(), 0);
    assert.deepEqual(stage.registry.log, []);
  });

  it('outside of Actions SIGSTORE_ID_TOKEN is the token', async (t) => {
    const stage = await startSigning(t);
    const { rows } = await stage.sign({}, { SIGSTORE_ID_TOKEN: unsignedToken(stage.oidc.claims) });
    assert.deepEqual(
      rows.map(({ status }) => status),
      ['attached', 'attached'],
    );
    assert.equal(stage.oidc.requests.length, 0);
  });

  const down: readonly (readonly [string, (stage: SigningStage) => unknown, RegExp])[] = [
    [
      'the token service refuses',
      ({ oidc }) => Object.assign(oidc, { failWith: 403 }),
      /OIDC service 127.0.0.1:\d+ answered 403/,
    ],
    [
      'the token service is down',
      ({ oidc }) => Object.assign(oidc, { failWith: 503 }),
      /OIDC service 127.0.0.1:\d+ answered 503/,
    ],
    [
      'the token is none',
      ({ oidc }) => Object.assign(oidc, { claims: { iss: '', sub: '' } }),
      /the OIDC token cannot be used to sign: it has no iss or no sub/,
    ],
    [
      'Fulcio answers 500',
      ({ world }) => Object.assign(world.services.fulcio, { failWith: 500 }),
      /Fulcio \(http:\/\/127.0.0.1:\d+\) gave no certificate: \(500\)/,
    ],
    [
      'Fulcio refuses the token',
      ({ world }) => Object.assign(world.services.fulcio, { failWith: 401 }),
      /gave no certificate: \(401\)/,
    ],
    [
      'the log answers 503',
      ({ world }) => Object.assign(world.services.rekor ?? {}, { failWith: 503 }),
      /the transparency log \(http:\/\/127.0.0.1:\d+\) did not take the signature: \(503\)/,
    ],
    [
      'the timestamp authority hangs up',
      ({ world }) => Object.assign(world.services.tsa, { failWith: 0 }),
      /the timestamp authority \(http:\/\/127.0.0.1:\d+\/api\/v1\/timestamp\) gave no time stamp: .*(socket hang up|ECONNRESET)/,
    ],
  ];
  for (const [name, breakIt, message] of down) {
    it(`${name}: sign-failed, and nothing is attached`, async (t) => {
      const stage = await startSigning(t, { config: { tsa: true } });
      breakIt(stage);
      const run = await stage.sign({ retries: '0' });
      assert.equal(run.row.status, 'failed');
      assert.equal(run.row.error?.code, 'sign-failed', run.row.error?.message);
      assert.match(run.row.error?.message ?? '', message);
      assert.deepEqual(await stage.listed(), []);
      assert.ok(!JSON.stringify([run.row.error?.message, run.row.error?.hint]).includes('eyJ'), 'the token shows');
    });
  }

  it('where one of the two cannot be attached, each row says its own, and the bundle is in the result', async (t) => {
    const stage = await startSigning(t);
    stage.registry.quirks.failure = {
      status: 400,
      times: 1,
      match: ({ method, path }) => method === 'PUT' && path.includes('/manifests/'),
    };
    const run = await stage.sign({ retries: '0' });
    assert.deepEqual(run.rows.map(({ status }) => status).toSorted(), ['attached', 'failed']);
    const attached = run.rows.find(({ status }) => status === 'attached');
    assert.deepEqual(
      (await stage.listed()).map(({ digest }) => digest),
      [attached?.digest],
    );
    assert.equal(run.bundles?.length, 1);
    const again = await stage.sign();
    assert.ok(again.rows.every(({ status }) => status !== 'failed'));
    assert.equal((await stage.listed()).length, 2, 'the next run does only what is missing');
  });

  it('a log that answers once with 503 is asked again', async (t) => {
    const stage = await startSigning(t);
    const { rekor } = stage.world.services;
    let seen = 0;
    Object.defineProperty(rekor, 'failWith', { get: () => (seen++ === 0 ? 503 : undefined) });
    const { rows } = await stage.sign({ retries: '1' });
    assert.deepEqual(
      rows.map(({ status }) => status),
      ['attached', 'attached'],
    );
    assert.equal(rekor?.requests.length, 2);
  });

  it('a log that finds the statement too large says what to do', async (t) => {
    const stage = await startSigning(t);
    Object.assign(stage.world.services.rekor ?? {}, { failWith: 413 });
    const { row } = await stage.sign();
    assert.equal(row.error?.code, 'sign-too-large');
    assert.match(row.error?.hint ?? '', /sign-by-digest: true/);
    assert.deepEqual(await stage.listed(), []);
  });

  it('an end of the run ends the wait for a service', async (t) => {
    const stage = await startSigning(t);
    const silent = await startServer(t, () => undefined);
    const config = JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
      caUrls: [{ url: silent.url.origin, majorApiVersion: 1 }],
    });
    await stage.workspace.write('signing_config.json', config);
    const { row } = await stage.sign({ deadline: '1' });
    assert.equal(row.error?.code, 'deadline-exceeded');
    assert.deepEqual(await stage.listed(), []);
  });

  const usage: readonly (readonly [string, Readonly<Record<string, string>>, string, RegExp])[] = [
    ['no sign', { sign: 'none' }, 'input-conflict', /signing-config is set, but sign is none/],
    ['no key', { sign: 'key', 'signing-config': '' }, 'input-conflict', /there is no key/],
    [
      'a key for keyless',
      { 'signing-key-file': 'a.pem' },
      'input-conflict',
      /signing-key-file is set, but sign is keyless/,
    ],
    [
      'two places',
      { 'sigstore-instance': 'github' },
      'input-conflict',
      /sigstore-instance: github and signing-config both say where to sign/,
    ],
    [
      'an instance for a key',
      { sign: 'key', 'signing-key': PEM, 'signing-config': '', 'sigstore-instance': 'public-good' },
      'input-conflict',
      /has no effect on sign: key/,
    ],
    [
      'two keys',
      { sign: 'key', 'signing-key': PEM, 'signing-key-file': 'a.pem' },
      'input-conflict',
      /cannot be given together/,
    ],
    [
      'no such key file',
      { sign: 'key', 'signing-key-file': 'no.pem' },
      'file-missing',
      /signing-key-file "no.pem" does not exist/,
    ],
    ['a key that is none', { sign: 'key', 'signing-key': 'x' }, 'key-invalid', /signing-key is no private key in PEM/],
    [
      "cosign's key",
      { sign: 'key', 'signing-key-file': 'cosign.key' },
      'key-invalid',
      /encrypted in cosign's own form/,
    ],
    [
      'no such configuration',
      { 'signing-config': 'no.json' },
      'file-missing',
      /signing-config "no.json" does not exist/,
    ],
    [
      'a configuration that is none',
      { 'signing-config': 'sbom.spdx.json' },
      'input-invalid',
      /is no signing configuration/,
    ],
    ['a root that is none', { 'trusted-root': 'sbom.spdx.json' }, 'trusted-root-invalid', /sbom.spdx.json/],
    [
      'JSON of no known type',
      { files: 'report.json:application/json' },
      'predicate-type-needed',
      /"report.json" cannot be signed/,
    ],
    [
      'no JSON',
      { files: 'a.txt:text/plain', 'predicate-type': 'https://a.example/b' },
      'input-conflict',
      /"a.txt" cannot be signed as a predicate/,
    ],
    [
      'several files in one artifact',
      { files: 'report.json\nsbom.spdx.json', 'artifact-type': 'application/vnd.acme.set' },
      'input-conflict',
      /an artifact of 2 files is no predicate/,
    ],
    [
      'annotations alone',
      { files: '', 'artifact-type': 'application/vnd.acme.note', annotations: 'a=b' },
      'input-conflict',
      /an artifact without a file is no predicate/,
    ],
    [
      'two words on the predicate',
      { 'predicate-type': 'a:b', 'sign-by-digest': 'true' },
      'input-conflict',
      /cannot be given together/,
    ],
    ['a predicate type with a blank', { 'predicate-type': 'a b' }, 'input-invalid', /predicate-type "a b" is no URI/],
  ];
  for (const [name, inputs, code, message] of usage) {
    it(`${name}: ${code}, before anything is asked`, async (t) => {
      const stage = await startSigning(t);
      await stage.workspace.write('a.txt', 'text');
      await stage.workspace.write('cosign.key', '-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nAA==\n-----END');
      // a promise that is rejected, or a throw of the parser before there is one
      await assert.rejects(async () => stage.sign(inputs), { code, message });
      assert.equal(stage.asked(), 0);
      assert.deepEqual(stage.registry.log, []);
    });
  }
});
