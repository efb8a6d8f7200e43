/** cosign and this project about each other's signatures, keyless and by key, in a Sigstore on loopback. */
import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { before, describe, it } from 'node:test';
import type { AttachInputs } from '../support/attach-run.ts';
import { buildGoTool, skipWithoutGo } from '../support/go-tools.ts';
import { PEERS } from '../support/interop/peers.ts';
import { runProgram } from '../support/interop/run-program.ts';
import { fileAndSignature, type SigningStage, startSigning } from '../support/signing.ts';
import { GITHUB_ISSUER, githubIdentity, unsignedToken } from '../support/sigstore/identity.ts';
import { signingConfigOf } from '../support/sigstore/signing-config.ts';
import { verify } from '../support/verify-run.ts';

const SPDX_TYPE = 'https://spdx.dev/Document/v2.3';
const CHECKED_TYPE = 'https://acme.example/checked/v1';
const WORKFLOW = 'https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.4.0';
const KEYLESS = ['--certificate-identity', WORKFLOW, '--certificate-oidc-issuer', GITHUB_ISSUER];
const noGo = await skipWithoutGo();

/** How a run is witnessed, and what cosign has to be told where a witness is missing. */
const WORLDS = [
  { name: 'Rekor v1', options: {}, flags: [] },
  { name: 'Rekor v1 and a time stamp', options: { config: { tsa: true } }, flags: ['--use-signed-timestamps'] },
  { name: 'Rekor v2 and a time stamp', options: { config: { rekor: 'v2' } }, flags: ['--use-signed-timestamps'] },
  {
    name: "no log, as in GitHub's own instance",
    options: { kind: 'github' },
    flags: ['--use-signed-timestamps', '--insecure-ignore-tlog', '--insecure-ignore-sct'],
  },
] as const;

describe('cosign and this project', { skip: noGo }, () => {
  let cosign: string;
  before(async () => {
    cosign = await buildGoTool(PEERS.cosign);
  });

  const run = (stage: SigningStage, args: readonly string[]): Promise<Buffer> =>
    runProgram(cosign, args, stage.workspace.path, { cwd: stage.workspace.path, env: { COSIGN_PASSWORD: '' } });
  const imageOf = (stage: SigningStage): string => `${stage.registry.host}/acme/app@${stage.image.descriptor.digest}`;
  const cosignVerifies = async (stage: SigningStage, flags: readonly string[]): Promise<unknown> => {
    const common = ['--trusted-root', 'trusted_root.json', '--allow-http-registry', '--type', SPDX_TYPE];
    const text = (await run(stage, ['verify-attestation', ...common, ...flags, imageOf(stage)])).toString();
    const { payload } = JSON.parse(text.split('\n', 1)[0] ?? '') as { payload: string };
    return JSON.parse(Buffer.from(payload, 'base64').toString());
  };

  for (const { name, options, flags } of WORLDS) {
    it(`cosign verifies what attach signs keyless: ${name}`, async (t) => {
      const stage = await startSigning(t, options);
      const [, signature] = fileAndSignature(await stage.sign());
      const { statement } = await stage.bundleOf(signature.digest);
      assert.deepEqual(await cosignVerifies(stage, [...KEYLESS, ...flags]), statement);
      const other = ['--certificate-identity', WORKFLOW.replace('acme', 'evil'), ...KEYLESS.slice(2)];
      await assert.rejects(cosignVerifies(stage, [...other, ...flags]), /no matching CertificateIdentity found/);
    });
  }

  const keys: readonly (readonly [string, KeyObject])[] = [
    ['P-256', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
    ['Ed25519', generateKeyPairSync('ed25519').privateKey],
    ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey],
  ];
  for (const [name, key] of keys) {
    it(`cosign verifies what attach signs with a key: ${name}`, async (t) => {
      const stage = await startSigning(t);
      const [, signature] = fileAndSignature(await stage.sign(keyInputs(key), {}));
      const { statement } = await stage.bundleOf(signature.digest);
      await stage.workspace.write('right.pub', publicPem(key));
      await stage.workspace.write(
        'wrong.pub',
        publicPem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
      );
      const flags = ['--insecure-ignore-tlog', '--key'];
      assert.deepEqual(await cosignVerifies(stage, [...flags, 'right.pub']), statement);
      await assert.rejects(
        cosignVerifies(stage, [...flags, 'wrong.pub']),
        /accepted signatures do not match threshold/,
      );
    });
  }

  for (const namedCurve of ['P-384', 'P-521']) {
    it(`cosign refuses ${namedCurve} keys, its own signatures too; the gate takes them`, async (t) => {
      const stage = await startSigning(t);
      const key = generateKeyPairSync('ec', { namedCurve }).privateKey;
      await stage.workspace.write('key.pem', key.export({ type: 'pkcs8', format: 'pem' }).toString());
      await stage.workspace.write('right.pub', publicPem(key));
      await stage.workspace.write('predicate.json', '{"checked":true}');
      await run(stage, ['import-key-pair', '--yes', '--key', 'key.pem', '--output-key-prefix', 'theirs']);
      await run(stage, ['signing-config', 'create', '--out', 'no-services.json']);
      const what = ['--type', SPDX_TYPE, '--predicate', 'predicate.json', '--trusted-root', 'trusted_root.json'];
      const how = ['--yes', '--allow-http-registry', '--key', 'theirs.key', '--signing-config', 'no-services.json'];
      await run(stage, ['attest', ...how, ...what, imageOf(stage)]);
      const flags = ['--insecure-ignore-tlog', '--key', 'right.pub'];
      await assert.rejects(cosignVerifies(stage, flags), /accepted signatures do not match threshold/);
      const inputs = { image: imageOf(stage), require: SPDX_TYPE, key: 'right.pub' };
      const { verdict, images } = await verify(inputs, { workspace: stage.workspace.path });
      assert.equal(verdict, 'pass', JSON.stringify(images));

      await stage.sign(keyInputs(key), {});
      await assert.rejects(cosignVerifies(stage, flags), /accepted signatures do not match threshold/);
    });
  }

  for (const { name, options } of WORLDS) {
    it(`the gate verifies what cosign attests keyless: ${name}`, async (t) => {
      const stage = await startSigning(t, options);
      await stage.workspace.write('predicate.json', '{"checked":true}');
      await stage.workspace.write('token', unsignedToken(githubIdentity()));
      const config = 'config' in options ? options.config : undefined;
      await stage.workspace.write('signing_config.json', signingConfigOf(stage.world, config));
      await run(stage, [
        ...['attest', '--yes', '--allow-http-registry', '--identity-token', 'token', '--predicate', 'predicate.json'],
        ...['--type', CHECKED_TYPE, '--signing-config', 'signing_config.json', '--trusted-root', 'trusted_root.json'],
        imageOf(stage),
      ]);
      const ask = (workflow: string): ReturnType<typeof verify> =>
        verify(
          {
            image: imageOf(stage),
            require: CHECKED_TYPE,
            'signer-workflow': workflow,
            'trusted-root': 'trusted_root.json',
          },
          { workspace: stage.workspace.path },
        );
      const right = await ask('acme/app/.github/workflows/release.yml');
      assert.equal(right.verdict, 'pass', JSON.stringify(right.images));
      assert.equal((await ask('evil/app/.github/workflows/release.yml')).verdict, 'fail');
    });
  }
});

function keyInputs(key: KeyObject): AttachInputs {
  const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { sign: 'key', 'signing-key': pem, 'signing-config': '', 'trusted-root': '' };
}

function publicPem(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
}
