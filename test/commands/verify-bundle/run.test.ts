import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { VerifyBundleOptions } from '../../../src/commands/verify-bundle/options.ts';
import { runVerifyBundle } from '../../../src/commands/verify-bundle/run.ts';
import { CodedError } from '../../../src/errors/coded-error.ts';
import { digestOf } from '../../../src/oci/digest.ts';
import { readBundleCases } from '../../conformance/bundle-case.ts';
import { runCase } from '../../conformance/run-case.ts';
import { emailIdentity } from '../../support/sigstore/identity.ts';
import { makeKeyBundle, makeKeylessBundle, makeMessageBundle } from '../../support/sigstore/make-bundle.ts';
import { makeStatement } from '../../support/sigstore/make-statement.ts';
import { type SigstoreWorld, startSigstoreWorld } from '../../support/sigstore/sigstore-world.ts';
import { makeTempDir, type TempDir } from '../../support/temp-dir.ts';

const ARTIFACT = Buffer.from('hello\n');
const WHO = { identity: 'me@acme.example', issuer: 'https://accounts.example' };
let world: SigstoreWorld;
let folder: TempDir;
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });

before(async () => {
  [world, folder] = await Promise.all([startSigstoreWorld(), makeTempDir()]);
  const statement = makeStatement({ subject: digestOf(ARTIFACT) });
  const identity = emailIdentity(WHO.identity, WHO.issuer);
  const { privateKey } = keys;
  const files: Readonly<Record<string, Uint8Array | string>> = {
    'a.txt': ARTIFACT,
    'b.txt': 'something else',
    'root.json': world.trustedRootJson,
    'key.pub': keys.publicKey.export({ format: 'pem', type: 'spki' }),
    'attestation.json': (await makeKeylessBundle(world, { statement, identity })).bytes,
    'message.json': (await makeMessageBundle(world, { artifact: ARTIFACT, identity })).bytes,
    'by-key.json': (await makeKeyBundle({ statement, privateKey, world, rekor: 'v1' })).bytes,
    'by-key-unlogged.json': (await makeKeyBundle({ statement, privateKey })).bytes,
  };
  await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(folder.path, name), content)));
});
after(() => Promise.all([world.close(), folder.remove()]));

function run(bundle: string, target: string, options: Partial<VerifyBundleOptions> = {}) {
  const byKey = options.key !== undefined;
  return runVerifyBundle(
    {
      fileOrDigest: target,
      bundle,
      certificateIdentity: byKey ? undefined : WHO.identity,
      certificateOidcIssuer: byKey ? undefined : WHO.issuer,
      key: undefined,
      trustedRoot: 'root.json',
      staging: false,
      ...options,
    },
    { workspace: folder.path },
  );
}

describe('verify-bundle', () => {
  const digest = digestOf(ARTIFACT);
  const accepted: readonly (readonly [string, string, string, Partial<VerifyBundleOptions>?])[] = [
    ['an attestation of a file', 'attestation.json', 'a.txt'],
    ['an attestation of a digest', 'attestation.json', digest],
    ['a signature of a file', 'message.json', 'a.txt'],
    ['an attestation by a key, in the log', 'by-key.json', 'a.txt', { key: 'key.pub' }],
  ];
  for (const [title, bundle, target, options] of accepted) {
    it(`accepts ${title}`, async () => {
      assert.deepEqual((await run(bundle, target, options)).verified, true);
    });
  }

  const refused: readonly (readonly [string, RegExp, string, string, Partial<VerifyBundleOptions>?])[] = [
    ['an attestation of another file', /wrong-subject/, 'attestation.json', 'b.txt'],
    ['an attestation of another digest', /wrong-subject/, 'attestation.json', digestOf('x')],
    ['a signature of another file', /which these bytes are not/, 'message.json', 'b.txt'],
    ['a signature of which only the digest is given', /unsupported/, 'message.json', digest],
    ['another identity', /untrusted-identity/, 'attestation.json', 'a.txt', { certificateIdentity: 'me@acme.exampl' }],
    ['an identity as a pattern', /untrusted-identity/, 'attestation.json', 'a.txt', { certificateIdentity: '.*' }],
    [
      'another issuer',
      /untrusted-identity/,
      'attestation.json',
      'a.txt',
      { certificateOidcIssuer: 'https://accounts' },
    ],
    ['a certificate where a key is asked for', /untrusted/, 'attestation.json', 'a.txt', { key: 'key.pub' }],
    ['a key where a certificate is asked for', /untrusted/, 'by-key.json', 'a.txt'],
    ['a key whose signature is in no log', /invalid/, 'by-key-unlogged.json', 'a.txt', { key: 'key.pub' }],
    ['another root', /unknown-root-material/, 'attestation.json', 'a.txt', { trustedRoot: undefined }],
    ['what is no bundle', /invalid: root\.json is no bundle/, 'root.json', 'a.txt'],
  ];
  for (const [title, says, bundle, target, options] of refused) {
    it(`refuses ${title}`, async () => {
      const result = await run(bundle, target, options);
      assert.ok(!result.verified);
      assert.match(result.reason, says);
    });
  }

  const usage: readonly (readonly [string, string, Parameters<typeof run>])[] = [
    ['no bundle at that path', 'file-missing', ['none.json', 'a.txt']],
    ['no file at that path', 'file-missing', ['attestation.json', 'none.txt']],
    ['a digest that is none', 'file-missing', ['attestation.json', 'sha256:abc']],
    ['a folder for a file', 'file-unreadable', ['attestation.json', '.']],
    ['no bundle', 'input-invalid', ['attestation.json', 'a.txt', { bundle: undefined }]],
    ['neither key nor identity', 'input-invalid', ['attestation.json', 'a.txt', { certificateIdentity: undefined }]],
    ['a root that is none', 'trusted-root-invalid', ['attestation.json', 'a.txt', { trustedRoot: 'a.txt' }]],
    ['a key that is none', 'key-invalid', ['by-key.json', 'a.txt', { key: 'a.txt' }]],
    [
      'staging without its root',
      'input-conflict',
      ['message.json', 'a.txt', { staging: true, trustedRoot: undefined }],
    ],
  ];
  for (const [title, code, args] of usage) {
    it(`throws ${code} for ${title}`, async () => {
      await assert.rejects(run(...args), (error) => error instanceof CodedError && error.code === code);
    });
  }
});

describe('a folder of conformance cases', () => {
  it('is run as its names say, with the files that each case brings along', async () => {
    await using cases = await makeTempDir();
    const make = async (name: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> => {
      await mkdir(join(cases.path, name));
      const write = ([file, content]: readonly [string, string | Uint8Array]) =>
        writeFile(join(cases.path, name, file), content);
      await Promise.all(Object.entries(files).map(write));
    };
    const statement = makeStatement({ subject: digestOf(ARTIFACT) });
    const identity = emailIdentity(WHO.identity, WHO.issuer);
    const { bytes } = await makeKeylessBundle(world, { statement, identity });
    const own = { ...WHO, 'bundle.sigstore.json': bytes, 'trusted_root.json': world.trustedRootJson };
    await writeFile(join(cases.path, 'a.txt'), ARTIFACT);
    await make('happy', own);
    await make('other-artifact_fail', { ...own, artifact: 'other' });
    await make('other-identity_fail', { ...own, identity: 'you@acme.example' });
    await make('other-root_fail', { ...WHO, 'bundle.sigstore.json': bytes });
    await make('no-root_fail', { ...own, 'trusted_root.json': '{}' });
    await make('notes', { README: 'no case' });
    const read = await readBundleCases(cases.path);
    assert.equal(read.length, 5);
    for (const one of read) assert.equal((await runCase(one)).verified, !one.mustFail, one.name);
  });

  it('that holds none is an error, and not a suite that passed', async () => {
    await using cases = await makeTempDir();
    await assert.rejects(readBundleCases(cases.path), /no folder with a bundle/);
  });
});
