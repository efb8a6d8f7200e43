import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { OCI_INDEX } from '../../src/oci/media-types.ts';
import { openTestStore } from '../support/listing.ts';
import { type LoopbackProxy, startProxy } from '../support/loopback-proxy.ts';
import { NODE_24, PROJECT_ROOT, runStep } from '../support/runner-harness.ts';
import { buildSelfSigned } from '../support/self-signed.ts';
import { makeTempDir } from '../support/temp-dir.ts';

/** A host that is not on loopback, so that TLS is what is spoken unless an input says otherwise; a proxy leads there. */
const HOST = 'registry.example';
const IMAGE = `${HOST}/acme/app:1`;
const TYPE = 'application/vnd.example.report';

type Inputs = Readonly<Record<string, string>>;

interface Place {
  readonly workspace: string;
  readonly env: Readonly<Record<string, string>>;
}

interface Ran {
  readonly exitCode: number | null;
  readonly said: string;
}

interface Shell {
  readonly name: string;
  run(command: 'attach' | 'list', inputs: Inputs, place: Place): Promise<Ran>;
}

const SHELLS: readonly Shell[] = [
  {
    name: 'the Action',
    run: async (command, inputs, { workspace, env }) => {
      const step = await runStep(command, { with: { image: IMAGE, ...inputs }, workspace, env });
      return { exitCode: step.exitCode, said: step.log + step.stderr };
    },
  },
  {
    name: 'the command line',
    run: async (command, { files, ...inputs }, { workspace, env }) => {
      const flags = Object.entries(inputs).map(([name, value]) => `--${name}=${value}`);
      const words = [join(PROJECT_ROOT, 'dist/cli.js'), command, IMAGE, ...(files === undefined ? [] : [files])];
      const child = spawn(NODE_24, [...words, ...flags], { cwd: workspace, env: { HOME: workspace, ...env } });
      const chunks: Buffer[] = [];
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      const exitCode = await new Promise<number | null>((done, fail) => child.on('close', done).on('error', fail));
      return { exitCode, said: Buffer.concat(chunks).toString('utf8') };
    },
  },
];

interface Stage extends Place, AsyncDisposable {
  readonly proxy: LoopbackProxy;
}

/** An image at HOST, whose certificate (none: it speaks plain HTTP) is `ca.pem` in the workspace, and a file to attach. */
async function stageOf(t: TestContext, names?: readonly string[]): Promise<Stage> {
  const tls = names === undefined ? undefined : buildSelfSigned(names);
  const registry = await startEmbeddedRegistry({ quirks: { referrersApi: true }, ...(tls && { tls }) });
  t.after(() => registry.close());
  const store = openTestStore(t, registry.url, { insecure: true });
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] }));
  await store.pushManifest({ bytes, mediaType: OCI_INDEX, target: { tag: '1' } });
  const proxy = await startProxy(t, { upstream: Number(new URL(registry.url).port) });
  const workspace = await makeTempDir();
  await writeFile(join(workspace.path, 'report.json'), '{}');
  if (tls !== undefined) await writeFile(join(workspace.path, 'ca.pem'), tls.cert);
  const env = { HTTPS_PROXY: proxy.url.href, HTTP_PROXY: proxy.url.href };
  return { proxy, workspace: workspace.path, env, [Symbol.asyncDispose]: workspace.remove };
}

for (const shell of SHELLS) {
  const attach = (stage: Stage, inputs: Inputs): Promise<Ran> =>
    shell.run('attach', { files: 'report.json', 'artifact-type': TYPE, retries: '0', ...inputs }, stage);
  const list = (stage: Stage, inputs: Inputs): Promise<Ran> =>
    shell.run('list', { 'min-count': '1', 'artifact-type': TYPE, retries: '0', ...inputs }, stage);

  /** Both commands do their work by `inputs`, asking for nothing but `asked`, and do not without them. */
  async function assertNeeds(stage: Stage, inputs: Inputs, asked: RegExp): Promise<void> {
    for (const command of [attach, list]) {
      const without = await command(stage, {});
      assert.equal(without.exitCode, 3, without.said);
      assert.match(without.said, /tls-failed/);
    }
    const before = stage.proxy.asked.length;
    assert.ok(before > 0, 'the proxy was asked');
    for (const command of [attach, list]) {
      const { exitCode, said } = await command(stage, inputs);
      assert.equal(exitCode, 0, said);
    }
    const later = stage.proxy.asked.slice(before);
    assert.ok(later.length > 0);
    assert.deepEqual(
      later.filter((line) => !asked.test(line)),
      [],
    );
  }

  describe(`the way to a registry that is not on loopback, by ${shell.name}`, () => {
    it('`ca-file` vouches for its certificate', async (t) => {
      await using stage = await stageOf(t, [HOST]);
      await assertNeeds(stage, { 'ca-file': 'ca.pem' }, /^CONNECT registry\.example:443$/);
    });

    it('`ca-file` does not vouch for a certificate of another host; `insecure` asks for none', async (t) => {
      await using stage = await stageOf(t, ['other.example']);
      const refused = await attach(stage, { 'ca-file': 'ca.pem' });
      assert.equal(refused.exitCode, 3, refused.said);
      assert.match(refused.said, /tls-failed/);
      await assertNeeds(stage, { insecure: 'true' }, /^CONNECT registry\.example:443$/);
    });

    it('`plain-http` speaks HTTP with it, and nothing else does', async (t) => {
      await using stage = await stageOf(t);
      await assertNeeds(stage, { 'plain-http': 'true' }, /^[A-Z]+ http:\/\/registry\.example\//);
    });
  });
}
