import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { CliShell } from '../../../src/cli/cli-shell.ts';
import { runCli } from '../../../src/cli/run-cli.ts';
import { startEmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import { plainStyle } from '../../../src/report/text-style.ts';
import { BOTH_REGISTRIES } from '../../support/both-registries.ts';
import { makeTrustedKey } from '../../support/judging.ts';
import { pushSampleImage, pushSampleIndex, type SampleTarget } from '../../support/sample-image.ts';
import { emailIdentity, githubIdentity } from '../../support/sigstore/identity.ts';
import { makeKeyBundle, makeKeylessBundle } from '../../support/sigstore/make-bundle.ts';
import { makeCosignSignature } from '../../support/sigstore/make-cosign.ts';
import { makeStatement, SLSA_V1 } from '../../support/sigstore/make-statement.ts';
import { pushBundle, pushCosignTag } from '../../support/sigstore/push-signed.ts';
import { type SigstoreWorld, startSigstoreWorld } from '../../support/sigstore/sigstore-world.ts';
import { makeTempDir, type TempDir } from '../../support/temp-dir.ts';
import { verify } from '../../support/verify-run.ts';

const REVIEW = 'https://example.com/review/v1';
const SPDX = JSON.stringify({
  spdxVersion: 'SPDX-2.3',
  dataLicense: 'CC0-1.0',
  SPDXID: 'SPDXRef-DOCUMENT',
  name: 'app',
  documentNamespace: 'https://acme.example/app',
  creationInfo: { created: '2026-11-22T00:00:00Z', creators: ['Tool: test'] },
  packages: [{ SPDXID: 'SPDXRef-a', name: 'a', downloadLocation: 'NOASSERTION' }],
});

let world: SigstoreWorld;
let workspace: TempDir;
const key = makeTrustedKey();
const other = makeTrustedKey();

before(async () => {
  [world, workspace] = await Promise.all([startSigstoreWorld(), makeTempDir()]);
  await writeFile(join(workspace.path, 'root.json'), world.trustedRootJson);
  await writeFile(join(workspace.path, 'cosign.pub'), key.trust.key.export({ type: 'spki', format: 'pem' }));
});
after(() => Promise.all([world.close(), workspace.remove()]));

async function init(...words: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const written = { stdout: '', stderr: '' };
  const shell: CliShell = {
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    styles: { stdout: plainStyle, stderr: plainStyle },
    env: {},
    workspace: workspace.path,
    interrupt: new AbortController().signal,
    readStdin: async () => '',
  };
  return { code: await runCli(['policy', 'init', '--retries', '0', ...words], shell), ...written };
}

async function verdictOf(image: string, policy: string): Promise<string> {
  await writeFile(join(workspace.path, 'policy.yml'), policy);
  const { images } = await verify({ image, policy: 'policy.yml' }, { workspace: workspace.path });
  return images[0]?.verdict?.verdict ?? images[0]?.error?.code ?? '';
}

async function attachSpdx(target: SampleTarget, subject: Parameters<typeof pushBundle>[1]): Promise<void> {
  const made = {
    json: {},
    bytes: new TextEncoder().encode(SPDX),
    mediaType: 'application/spdx+json',
    content: 'dsse-envelope' as const,
    predicateType: undefined,
  };
  await pushBundle(target, subject, made, {
    annotations: { 'dev.sigstore.bundle.content': undefined, 'dev.sigstore.bundle.predicateType': undefined },
  });
}

describe('policy init', () => {
  for (const { name, skip, start } of BOTH_REGISTRIES) {
    describe(`on ${name}`, { skip }, () => {
      let host: string;
      let close: () => Promise<void>;
      before(async () => {
        const registry = await start();
        host = registry.host;
        close = () => registry.close();
      });
      after(() => close());

      it('writes a policy that the image passes, and another one without its evidence does not', async () => {
        const target = { host, repository: 'acme/app' };
        const index = await pushSampleIndex(target, { tag: '1' });
        const statement = makeStatement({ subject: index.descriptor.digest });
        await pushBundle(
          target,
          index.descriptor,
          await makeKeylessBundle(world, { statement, identity: githubIdentity() }),
        );
        const review = makeStatement({ subject: index.descriptor.digest, predicateType: REVIEW });
        await pushBundle(
          target,
          index.descriptor,
          await makeKeyBundle({ statement: review, privateKey: key.privateKey }),
        );
        await pushBundle(
          target,
          index.descriptor,
          await makeKeylessBundle(world, { statement: review, identity: emailIdentity('a@acme.example') }),
        );
        for (const platform of index.platforms) await attachSpdx(target, platform);

        const { code, stdout, stderr } = await init(
          `${host}/acme/app:1`,
          '--trusted-root',
          'root.json',
          '--key',
          'cosign.pub',
        );
        assert.equal(code, 0, stderr);
        assert.match(stdout, /^trust:\n {2}root: \{ root: "root\.json" \}\n {2}key: \{ key: "cosign\.pub" \}\n/m);
        assert.match(stdout, new RegExp(`- name: "${SLSA_V1} on the index, signed"`));
        assert.match(
          stdout,
          /- \{ trust: root, github: \{ repository: "acme\/app", workflow: "\.github\/workflows\/release\.yml", ref: "[^"]+" \} \}/,
        );
        assert.match(stdout, /- \{ trust: root, identity: "a@acme\.example", issuer: "https:\/\/accounts\.example" \}/);
        assert.match(stdout, /- \{ trust: key \}/);
        assert.match(stdout, /artifact-type: "application\/spdx\+json"\n {4}on: each-platform\n/);
        assert.equal(stdout.match(/- name: /g)?.length, 3);

        assert.equal(await verdictOf(`${host}/acme/app:1`, stdout), 'pass');
        await pushSampleIndex({ host, repository: 'acme/bare' }, { tag: '1' });
        assert.equal(await verdictOf(`${host}/acme/bare:1`, stdout), 'fail');
      });

      it("asks for cosign v2's signature as any signature, and of one platform only what is there", async () => {
        const target = { host, repository: 'acme/cosign' };
        const index = await pushSampleIndex(target, { tag: '1' });
        const [amd64] = index.platforms;
        assert.ok(amd64);
        const digest = index.descriptor.digest;
        await pushCosignTag(target, digest, 'sig', [
          await makeCosignSignature(world, { digest, identity: githubIdentity() }),
        ]);
        await attachSpdx(target, amd64);
        const { stdout } = await init('--from', `${host}/acme/cosign:1`, '--trusted-root', 'root.json');
        assert.match(stdout, /- name: "a signature of the image on the index, signed"\n {4}on: index\n {4}signed-by:/);
        assert.match(stdout, /on: each-platform\n {4}platforms: \["linux\/amd64"\]/);
        assert.equal(await verdictOf(`${host}/acme/cosign:1`, stdout), 'pass');
      });
    });
  }

  it('does not ask for what nobody who is trusted signed, and says why', async () => {
    await using registry = await startEmbeddedRegistry();
    const target = { host: registry.host, repository: 'acme/app' };
    const { descriptor } = await pushSampleImage(target, { tag: '1' });
    const statement = makeStatement({ subject: descriptor.digest });
    await pushBundle(target, descriptor, await makeKeyBundle({ statement, privateKey: other.privateKey }));
    const image = `${registry.host}/acme/app:1`;
    const alone = await init(image, '--key', 'cosign.pub', '--trusted-root', 'root.json');
    assert.equal(alone.code, 1);
    assert.equal(alone.stdout, '');
    assert.match(alone.stderr, /error\[evidence-missing\].*nothing that refers to it can be asked for: sha256:/);

    await attachSpdx(target, descriptor);
    const beside = await init(image, '--key', 'cosign.pub', '--trusted-root', 'root.json');
    assert.equal(beside.code, 0);
    assert.match(beside.stdout, /# Seen, and not asked for:\n# - sha256:/);
    assert.equal(beside.stdout.match(/- name: /g)?.length, 1);
    assert.doesNotMatch(beside.stdout, /^trust:/m);
    assert.equal(await verdictOf(image, beside.stdout), 'pass');
  });

  it('says that nothing refers to an image, that it does not exist, that none is named', async () => {
    await using registry = await startEmbeddedRegistry();
    await pushSampleImage({ host: registry.host, repository: 'acme/bare' }, { tag: '1' });
    const bare = await init(`${registry.host}/acme/bare:1`);
    assert.equal(bare.code, 1);
    assert.match(bare.stderr, /error\[evidence-missing\].*nothing refers to it/);
    const gone = await init(`${registry.host}/acme/bare:2`);
    assert.match(gone.stderr, /error\[manifest-unknown\]/);
    assert.equal(gone.code, 1);
    const none = await init();
    assert.match(none.stderr, /error\[image-missing\]/);
    assert.equal(none.code, 2);
  });

  it('keeps apart what is not there and what could not be looked at', async () => {
    await using registry = await startEmbeddedRegistry();
    const target = { host: registry.host, repository: 'acme/app' };
    const { descriptor } = await pushSampleImage(target, { tag: '1' });
    registry.quirks.intercept = ({ path }) =>
      path.includes('/referrers/') ? { status: 500, headers: {}, body: new Uint8Array() } : undefined;
    const nothing = await init(`${registry.host}/acme/app:1`);
    assert.match(nothing.stderr, /error\[list-incomplete\]/);
    assert.equal(nothing.code, 3);
    const { digest } = descriptor;
    await pushCosignTag(target, digest, 'sig', [
      await makeCosignSignature(world, { digest, privateKey: key.privateKey }),
    ]);
    const some = await init(`${registry.host}/acme/app:1`, '--key', 'cosign.pub');
    assert.equal(some.code, 0, some.stderr);
    assert.match(some.stdout, /# - could not be looked at: api of sha256:/);
    assert.match(some.stderr, /warning\[source-unread\]/);
  });
});
