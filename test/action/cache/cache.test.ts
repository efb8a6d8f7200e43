import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { KeptContent } from '../../../src/action/cache/kept-content.ts';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import { digestOf } from '../../../src/oci/digest.ts';
import { startCacheService } from '../../support/cache-service.ts';
import { makeTrustedKey } from '../../support/judging.ts';
import { runStep, type StepRun } from '../../support/runner-harness.ts';
import { pushSampleImage } from '../../support/sample-image.ts';
import { makeKeyBundle } from '../../support/sigstore/make-bundle.ts';
import { makeStatement, SLSA_V1 } from '../../support/sigstore/make-statement.ts';
import { pushBundle } from '../../support/sigstore/push-signed.ts';
import { makeTempDir, type TempDir } from '../../support/temp-dir.ts';

const key = makeTrustedKey();
let registry: EmbeddedRegistry;
let workspace: TempDir;
before(async () => {
  [registry, workspace] = await Promise.all([startEmbeddedRegistry(), makeTempDir()]);
  await writeFile(join(workspace.path, 'cosign.pub'), key.trust.key.export({ type: 'spki', format: 'pem' }));
});
after(() => Promise.all([registry.close(), workspace.remove()]));

async function push(repository: string, { signed = true } = {}): Promise<string> {
  const target = { host: registry.host, repository };
  const image = await pushSampleImage(target, { tag: '1' });
  const statement = makeStatement({ subject: image.descriptor.digest });
  const privateKey = signed ? key.privateKey : makeTrustedKey().privateKey;
  await pushBundle(target, image.descriptor, await makeKeyBundle({ statement, privateKey }));
  return `${registry.host}/${repository}:1`;
}

/** A gate with the cache on, and how many requests for blobs reached the registry meanwhile. */
async function verify(image: string, env: Record<string, string>): Promise<StepRun & { readonly blobs: number }> {
  const seen = registry.log.length;
  const step = await runStep('verify', {
    main: 'src/action/verify.ts',
    with: { image, require: SLSA_V1, key: 'cosign.pub', cache: 'true', retries: '0' },
    workspace: workspace.path,
    env,
  });
  const blobs = registry.log.slice(seen).filter(({ path }) => path.includes('/blobs/')).length;
  return { ...step, blobs };
}

describe('cache: true', () => {
  it('saves what was read, and takes it from there in the next run; says what and what it cost', async (t) => {
    const service = await startCacheService(t);
    const image = await push('acme/kept');
    const first = await verify(image, service.env);
    assert.equal(first.exitCode, 0, first.stdout + first.stderr);
    assert.ok(first.blobs > 0);
    assert.match(first.log, /cache: nothing is kept yet/);
    assert.match(first.log, /cache: saved 1 documents, [\d.]+ \w+ as oci-referrers-1-\S+ in [\d.]+ s/);
    const second = await verify(image, service.env);
    assert.deepEqual([second.exitCode, second.blobs], [0, 0], second.stdout);
    assert.match(second.log, /cache: restored oci-referrers-1-/);
    assert.match(second.log, /cache: 1 requests for documents were not needed/);
    assert.equal(service.entries.size, 1, 'nothing new: nothing is saved');
    assert.ok(!second.log.includes('runtime-token') && !second.log.includes('sig=signed'));
  });

  it('refuses other bytes under a digest, reads them from the registry, and does not keep them', async (t) => {
    const service = await startCacheService(t);
    // by another key: what a poisoned cache would have to replace
    const image = await push('acme/poisoned', { signed: false });
    assert.equal((await verify(image, service.env)).exitCode, 1);
    const [[name, entry] = []] = [...service.entries];
    assert.ok(name !== undefined && entry !== undefined);
    const good = await push('acme/good');
    await verify(good, service.env);
    const parse = (bytes: Buffer) => JSON.parse(bytes.toString()) as { version: 1; blobs: Record<string, string> };
    const [document = ''] = Object.keys(parse(entry.bytes).blobs);
    const better = [...service.entries.values()].flatMap(({ bytes }) => Object.entries(parse(bytes).blobs));
    const bundle = better.find(([digest]) => digest !== document)?.[1] ?? '';
    assert.notEqual(bundle, '');
    const poison = Buffer.from(JSON.stringify({ version: 1, blobs: { [document]: bundle } }));
    for (const one of service.entries.values()) one.bytes = poison;
    const step = await verify(image, service.env);
    assert.equal(step.exitCode, 1, step.stdout);
    assert.ok(step.blobs > 0);
    assert.match(step.log, /1 had other bytes than their digest says, and were not used/);
  });

  it('does not make evidence of what the registry no longer lists', async (t) => {
    const service = await startCacheService(t);
    const image = await push('acme/withdrawn');
    assert.equal((await verify(image, service.env)).exitCode, 0);
    const [name = ''] = image.split(`${registry.host}/`).slice(1);
    const repository = name.replace(/:1$/, '');
    const subject = (
      await fetch(`http://${registry.host}/v2/${repository}/manifests/1`, { method: 'HEAD' })
    ).headers.get('docker-content-digest');
    const list = await fetch(`http://${registry.host}/v2/${repository}/referrers/${subject}`);
    const { manifests } = (await list.json()) as { manifests: { digest: string }[] };
    for (const { digest } of manifests) {
      const url = `http://${registry.host}/v2/${repository}/manifests/${digest}`;
      assert.equal((await fetch(url, { method: 'DELETE' })).status, 202);
    }
    assert.equal((await verify(image, service.env)).exitCode, 1);
  });

  for (const event of ['pull_request_target', 'issue_comment', 'workflow_run', 'pull_request_review']) {
    it(`saves nothing on ${event}`, async (t) => {
      const service = await startCacheService(t);
      const image = await push(`acme/${event}`);
      const env: Record<string, string> = { ...service.env, GITHUB_EVENT_NAME: event, GITHUB_REPOSITORY: 'acme/app' };
      // the policy's key is read at the base on pull requests, which nobody serves here: the verdict does not matter
      const step = await verify(image, { ...env, GITHUB_BASE_REF: 'main', GITHUB_API_URL: 'http://127.0.0.1:1' });
      assert.match(step.log, new RegExp(`cache: nothing is saved on ${event}`));
      assert.ok(!service.calls.includes('CreateCacheEntry'));
      assert.equal(service.entries.size, 0);
    });
  }

  it('is no error where there is no cache service, where it fails, and where it has rubbish', async (t) => {
    const image = await push('acme/without');
    const none = await verify(image, {});
    assert.equal(none.exitCode, 0, none.stdout);
    assert.match(none.log, /the runner offers no cache service/);
    const failing = await startCacheService(t, { status: 500 });
    const step = await verify(image, failing.env);
    assert.equal(step.exitCode, 0, step.stdout);
    assert.match(step.log, /cache: nothing is restored: .*HTTP 500/);
    assert.match(step.log, /cache: nothing is saved: .*HTTP 500/);
    assert.deepEqual(step.messages('error'), []);
    const service = await startCacheService(t);
    assert.equal((await verify(image, service.env)).exitCode, 0);
    for (const entry of service.entries.values()) entry.bytes = entry.bytes.subarray(0, 100);
    const cut = await verify(image, service.env);
    assert.deepEqual([cut.exitCode, cut.blobs > 0], [0, true], cut.stdout);
  });

  for (const answer of [{ ok: 'yes' }, { ok: true, signed_download_url: 1, signed_upload_url: 1 }]) {
    it(`is no error where the service answers ${JSON.stringify(answer)}`, async (t) => {
      const service = await startCacheService(t, { answer });
      const step = await verify(await push(`acme/answers-${typeof answer.ok}`), service.env);
      assert.equal(step.exitCode, 0, step.stdout);
      assert.match(step.log, /nothing is restored: .* answer to GetCacheEntryDownloadURL is not of its protocol/);
      assert.match(step.log, /nothing is saved: .* answer to CreateCacheEntry is not of its protocol/);
    });
  }

  it('asks no service of the first version, nor GitHub Enterprise Server', async (t) => {
    const service = await startCacheService(t);
    const image = await push('acme/first-version');
    for (const other of [{ ACTIONS_CACHE_SERVICE_V2: '' }, { GITHUB_SERVER_URL: 'https://github.example.com' }]) {
      const step = await verify(image, { ...service.env, ...other });
      assert.equal(step.exitCode, 0, step.stdout);
      assert.match(step.log, /the runner offers no cache service/);
    }
    assert.deepEqual(service.calls, []);
  });

  it("keeps to the job's cache mode", async (t) => {
    const service = await startCacheService(t);
    const image = await push('acme/mode');
    const inMode = (mode: string) => verify(image, { ...service.env, ACTIONS_CACHE_MODE: mode });
    assert.match((await inMode('read')).log, /nothing is saved: the job's cache mode is read/);
    assert.deepEqual(service.calls, ['GetCacheEntryDownloadURL']);
    service.calls.length = 0;
    assert.match((await inMode('write-only')).log, /nothing is restored: the job's cache mode is write-only/);
    assert.deepEqual(service.calls, ['CreateCacheEntry', 'PUT', 'FinalizeCacheEntryUpload']);
  });

  it('is off by default: the service is not asked', async (t) => {
    const service = await startCacheService(t);
    const inputs = { image: await push('acme/off'), require: SLSA_V1, key: 'cosign.pub' };
    await runStep('verify', {
      main: 'src/action/verify.ts',
      with: inputs,
      workspace: workspace.path,
      env: { ...service.env },
    });
    assert.deepEqual(service.calls, []);
  });
});

describe('KeptContent', () => {
  const bytes = Buffer.from('bytes');
  it('keeps what a run used and nothing else, and knows whether that is new', () => {
    const first = new KeptContent();
    first.put(digestOf('a'), bytes);
    first.put(digestOf('b'), bytes);
    assert.equal(first.isNew, true);
    const second = new KeptContent();
    second.restore(first.pack());
    assert.deepEqual(second.get(digestOf('a')), bytes);
    assert.deepEqual([second.isNew, second.count, second.digests()], [false, 1, [digestOf('a')]]);
    second.put(digestOf('c'), bytes);
    assert.equal(second.isNew, true);
  });
  for (const text of ['', '{', '[]', '{"blobs":1}', '{"blobs":{"x":"eA=="}}', `{"blobs":{"${digestOf('a')}":1}}`]) {
    it(`takes nothing from ${JSON.stringify(text.slice(0, 24))}`, () => {
      const kept = new KeptContent();
      kept.restore(Buffer.from(text));
      assert.deepEqual([kept.get('x'), kept.get(digestOf('a'))], [undefined, undefined]);
    });
  }
  it('has a bound', () => {
    const kept = new KeptContent();
    for (let n = 0; n < 8; n++) kept.put(digestOf(String(n)), Buffer.alloc(4 * 1024 * 1024));
    assert.equal(kept.count, 6);
  });
});
