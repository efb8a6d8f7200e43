import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { type RegistryOptions, registryOptions } from '../../src/commands/common-options.ts';
import { createStores, originOf, type Stores, type StoresEnvironment } from '../../src/commands/open-stores.ts';
import { parseOptions } from '../../src/commands/parse-options.ts';
import { CodedError } from '../../src/errors/coded-error.ts';
import type { Warning } from '../../src/errors/warning.ts';
import { parseReference, type Reference } from '../../src/oci/reference.ts';
import { startServer } from '../support/loopback-server.ts';
import { buildSelfSigned } from '../support/self-signed.ts';
import { NO_SYMLINKS } from '../support/system.ts';
import { makeTempDir } from '../support/temp-dir.ts';

const OPTIONS: RegistryOptions = parseOptions({ name: 'test', options: registryOptions }, new Map(), (name) => name);

async function open(
  t: TestContext,
  options: Partial<RegistryOptions> = {},
  environment: Partial<StoresEnvironment> = {},
): Promise<Stores> {
  const { signal } = new AbortController();
  const stores = await createStores({ ...OPTIONS, ...options }, { env: {}, workspace: '/', signal, ...environment });
  t.after(() => stores.close());
  return stores;
}

function referenceTo(text: string): Reference {
  return parseReference(text).reference;
}

describe('originOf', () => {
  const cases: readonly (readonly [registry: string, plainHttp: boolean | undefined, origin: string])[] = [
    ['ghcr.io', undefined, 'https://ghcr.io'],
    ['registry.example:5000', undefined, 'https://registry.example:5000'],
    ['registry.example:5000', true, 'http://registry.example:5000'],
    ['registry.example:5000', false, 'https://registry.example:5000'],
    ['localhost:5000', undefined, 'http://localhost:5000'],
    ['127.0.0.1:5000', undefined, 'http://127.0.0.1:5000'],
    ['[::1]:5000', undefined, 'http://[::1]:5000'],
    ['localhost:5000', true, 'http://localhost:5000'],
    ['localhost:5000', false, 'https://localhost:5000'],
    ['127.0.0.1:5000', false, 'https://127.0.0.1:5000'],
    ['[::1]:5000', false, 'https://[::1]:5000'],
    ['docker.io', undefined, 'https://registry-1.docker.io'],
    ['index.docker.io', false, 'https://registry-1.docker.io'],
  ];
  for (const [registry, plainHttp, origin] of cases) {
    it(`of ${registry}${plainHttp === undefined ? '' : ` with plain-http: ${plainHttp}`} is ${origin}`, () =>
      assert.equal(originOf(registry, plainHttp).origin, origin));
  }
});

describe('the stores of a run', () => {
  it('are one for each repository, whatever the tag or digest', async (t) => {
    const stores = await open(t);
    const [a, b, c] = await Promise.all(
      ['ghcr.io/acme/app:1', 'ghcr.io/acme/app:2', 'ghcr.io/acme/other'].map((text) =>
        stores.openStore(referenceTo(text)),
      ),
    );
    assert.equal(a, b);
    assert.notEqual(a, c);
    assert.deepEqual([a?.kind, a?.name], ['registry', 'ghcr.io/acme/app']);
  });

  it('may be layouts, whose paths begin at the workspace', async (t) => {
    await using dir = await makeTempDir();
    const stores = await open(t, {}, { workspace: dir.path });
    await assert.rejects(stores.openStore(referenceTo('oci-layout:nowhere')), { code: 'layout-not-found' });
  });

  it('cannot be had with a ca-file that is missing, or holds no certificate', async (t) => {
    await using dir = await makeTempDir();
    await mkdir(join(dir.path, 'folder'));
    for (const caFile of ['missing.pem', 'folder', '/dev/null']) {
      await assert.rejects(open(t, { caFile }, { workspace: dir.path }), { code: 'ca-file-invalid' });
    }
  });
});

describe('what is known of registries', () => {
  it('is taken to the next step of the job under RUNNER_TEMP, and nowhere without it', async (t) => {
    await using temp = await makeTempDir();
    const env = { RUNNER_TEMP: temp.path };
    const first = await open(t, {}, { env });
    first.capabilities.set('ghcr.io/acme/app', { capability: 'tag-schema', reason: 'a 404' });
    await first.close();
    const second = await open(t, {}, { env });
    assert.deepEqual(second.capabilities.get('ghcr.io/acme/app')?.capability, 'tag-schema');
    const elsewhere = await open(t);
    assert.equal(elsewhere.capabilities.get('ghcr.io/acme/app'), undefined);
  });

  it('that cannot be kept is a warning, not an error', async (t) => {
    await using temp = await makeTempDir();
    const warnings: Warning[] = [];
    const runnerTemp = join(temp.path, 'not', 'there');
    const stores = await open(
      t,
      {},
      { env: { RUNNER_TEMP: runnerTemp }, onWarning: (warning) => warnings.push(warning) },
    );
    stores.capabilities.set('a/b', { capability: 'api', reason: 'a list' });
    await stores.close();
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ['capability-not-saved'],
    );
  });
});

describe('what is no registry', () => {
  const tls = buildSelfSigned();

  /** How a server with a certificate of a private authority is answered: by its status, or with the code of an error. */
  async function ask(
    t: TestContext,
    options: Partial<RegistryOptions>,
    environment: Partial<StoresEnvironment>,
  ): Promise<{ readonly github: string; readonly warnings: readonly string[] }> {
    const server = await startServer(t, (_request, response) => response.end('ok'), { tls });
    const warnings: string[] = [];
    const onWarning = ({ code }: Warning): void => void warnings.push(code);
    const stores = await open(t, { ...options, retries: 0 }, { ...environment, onWarning });
    const code = (thrown: unknown): string => (thrown instanceof CodedError ? thrown.code : String(thrown));
    const github = await stores.http
      .request({ method: 'GET', url: server.url }, 10)
      .then(({ status }) => String(status), code);
    return { github, warnings };
  }

  it('is not asked without a look at its certificate, whatever the registry may be', async (t) => {
    const { github } = await ask(t, { insecure: true }, {});
    assert.equal(github, 'tls-failed');
  });

  const places: readonly (readonly [event: string, place: 'workspace' | 'link' | 'beside', answer: string])[] = [
    ['push', 'workspace', '200'],
    ['pull_request', 'workspace', 'tls-failed'],
    ['pull_request_target', 'workspace', 'tls-failed'],
    ['workflow_run', 'workspace', 'tls-failed'],
    ['pull_request', 'link', 'tls-failed'],
    ['pull_request', 'beside', '200'],
  ];
  for (const [event, place, answer] of places) {
    it(`is answered ${answer} on ${event} where ca-file is ${place === 'link' ? 'a link into the workspace' : `in a folder ${place}`}`, {
      skip: place === 'link' && NO_SYMLINKS,
    }, async (t) => {
      await using dir = await makeTempDir();
      const workspace = join(dir.path, 'workspace');
      await mkdir(workspace);
      await writeFile(join(workspace, 'ca.pem'), tls.cert);
      await writeFile(join(dir.path, 'ca.pem'), tls.cert);
      if (place === 'link') await symlink(join(workspace, 'ca.pem'), join(dir.path, 'link.pem'));
      const caFile = { workspace: 'ca.pem', link: '../link.pem', beside: '../ca.pem' }[place];
      const { github, warnings } = await ask(t, { caFile }, { workspace, env: { GITHUB_EVENT_NAME: event } });
      assert.equal(github, answer);
      assert.deepEqual(warnings, answer === '200' ? [] : ['ca-file-proposed']);
    });
  }

  it('counts towards the same cost', async (t) => {
    const server = await startServer(t, (_request, response) => response.end('ok'));
    const stores = await open(t, { insecure: true });
    await stores.http.request({ method: 'GET', url: server.url }, 10);
    assert.equal(stores.economy.requests, 1);
  });

  it('is named where the run waits for it, though a registry was asked as well', async (t) => {
    const answering = Promise.withResolvers<void>();
    const silent = await startServer(t, () => answering.resolve());
    const registry = await startServer(t, (_request, response) => response.writeHead(404).end());
    const stores = await open(t, { insecure: true, retries: 0 });
    const store = await stores.openStore(parseReference(`${registry.url.host}/acme/app:v1`).reference);
    await store.findManifest({ tag: 'v1' });
    const waiting = stores.http.request({ method: 'GET', url: silent.url }, 10).catch(() => undefined);
    await answering.promise;
    assert.match(stores.describePending() ?? '', new RegExp(`^it waited for GET ${silent.url.href}, for `));
    await stores.close();
    await waiting;
  });
});
