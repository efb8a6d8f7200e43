import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { inputRegistryOf } from '../../src/action/input-registry.ts';
import { registryOptions } from '../../src/commands/common-options.ts';
import { createStores, type StoresEnvironment } from '../../src/commands/open-stores.ts';
import { parseOptions } from '../../src/commands/parse-options.ts';
import { openRegistry } from '../../src/library/open-registry.ts';
import { parseReference } from '../../src/oci/reference.ts';
import { makeWorkspace } from '../support/attach-run.ts';
import { type LoopbackServer, startServer } from '../support/loopback-server.ts';

const BASIC = `Basic ${Buffer.from('u:pw-secret').toString('base64')}`;
const ENV = { HOME: '/nonexistent', DOCKER_CONFIG: '/nonexistent', PATH: '' };

/** A registry that asks everybody for a password, and has nothing. */
function startAsking(t: TestContext): Promise<LoopbackServer> {
  return startServer(t, (request, response) => {
    const asked = request.headers.authorization === undefined;
    response.writeHead(asked ? 401 : 404, asked ? { 'www-authenticate': 'Basic realm="x"' } : {}).end();
  });
}

function credentialsSeen(server: LoopbackServer): string[] {
  return server.requests.flatMap(({ headers }) => headers.authorization ?? []);
}

/** Opens both registries, in this order, and asks each for a tag; an error is an answer like another. */
async function askBoth(t: TestContext, servers: readonly LoopbackServer[], extra: Partial<StoresEnvironment>) {
  const raw = new Map([
    ['registry-username', ['u']],
    ['registry-password', ['pw-secret']],
    ['retries', ['0']],
  ]);
  const options = parseOptions({ name: 'x', options: registryOptions }, raw, (name) => name);
  const { signal } = new AbortController();
  const stores = await createStores(options, { env: ENV, workspace: '.', signal, ...extra });
  t.after(() => stores.close());
  for (const { url } of servers) {
    const store = await stores.openStore(parseReference(`${url.host}/acme/app:1`).reference);
    await store.findManifest({ tag: '1' }).catch(() => undefined);
  }
}

describe('whom registry-username and registry-password reach', () => {
  it('is the registry that is opened first, and never another', async (t) => {
    const [own, other] = [await startAsking(t), await startAsking(t)];
    await askBoth(t, [own, other], {});
    assert.deepEqual([credentialsSeen(own), credentialsSeen(other)], [[BASIC], []]);
    assert.equal(other.requests.length, 1, 'it was asked, and asked for a password');
  });

  it('is the registry that is named for them, whichever is opened first', async (t) => {
    const [own, other] = [await startAsking(t), await startAsking(t)];
    await askBoth(t, [other, own], { inputRegistry: own.url.host });
    assert.deepEqual([credentialsSeen(own), credentialsSeen(other)], [[BASIC], []]);
  });

  it('is nobody where there is no such registry', async (t) => {
    const other = await startAsking(t);
    await askBoth(t, [other], { inputRegistry: null });
    assert.deepEqual(credentialsSeen(other), []);
    assert.equal(other.requests.length, 1);
  });

  it('is the first repository of openRegistry', async (t) => {
    const [own, other] = [await startAsking(t), await startAsking(t)];
    const registry = await openRegistry({ username: 'u', password: 'pw-secret', retries: 0, env: ENV });
    t.after(() => registry.close());
    for (const { url } of [own, other]) {
      const store = await registry.repository(`${url.host}/acme/app`);
      await store.findManifest({ tag: '1' }).catch(() => undefined);
    }
    assert.deepEqual([credentialsSeen(own), credentialsSeen(other)], [[BASIC], []]);
  });
});

describe('the registry of the inputs, for the post step', () => {
  const user = { 'INPUT_REGISTRY-USERNAME': 'u', 'INPUT_REGISTRY-PASSWORD': 'p' };
  const digest = `sha256:${'a'.repeat(64)}`;

  it('is that of image, or of subject-name', async () => {
    assert.equal(await inputRegistryOf({ ...user, INPUT_IMAGE: 'a.example/x:1\na.example/y' }), 'a.example');
    const named = { 'INPUT_SUBJECT-NAME': 'b.example/x', 'INPUT_SUBJECT-DIGEST': digest };
    assert.equal(await inputRegistryOf({ ...user, ...named }), 'b.example');
  });

  it('is that of what the job has built, where no input names an image', async (t) => {
    const workspace = await makeWorkspace();
    t.after(() => workspace.remove());
    const subjects = [{ name: 'c.example/x', kind: 'oci', digest }];
    const list = await workspace.write('list.json', JSON.stringify({ version: 1, subjects }));
    assert.equal(await inputRegistryOf({ ...user, GITHUB_ARTIFACTS_LIST: list }), 'c.example');
  });

  it('is none without registry-username, without images, or with layouts alone', async () => {
    assert.equal(await inputRegistryOf({ INPUT_IMAGE: 'a.example/x:1' }), null);
    assert.equal(await inputRegistryOf(user), null);
    assert.equal(await inputRegistryOf({ ...user, INPUT_IMAGE: 'oci-layout:out' }), null);
  });
});
