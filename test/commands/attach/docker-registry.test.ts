import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { EMPTY_DIGEST } from '../../../src/oci/artifact-manifest.ts';
import { type Digest, digestOf } from '../../../src/oci/digest.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../../src/oci/media-types.ts';
import { buildReferrersTag } from '../../../src/oci/referrers-tag.ts';
import {
  type AttachInputs,
  type AttachRun,
  attach,
  makeWorkspace,
  REPORT_TYPE,
  type Workspace,
} from '../../support/attach-run.ts';
import { type DockerRegistry, skipWithoutDockerRegistry, startDockerRegistry } from '../../support/docker-registry.ts';
import { openTestStore } from '../../support/listing.ts';
import { pushSampleImage, pushSampleIndex } from '../../support/sample-image.ts';
import { sampleBlob } from '../../support/uploading.ts';

describe("attaching on Debian's docker-registry", { skip: skipWithoutDockerRegistry() }, () => {
  let registry: DockerRegistry;
  let workspace: Workspace;
  before(async () => {
    [registry, workspace] = await Promise.all([startDockerRegistry(), makeWorkspace()]);
  });
  after(() => Promise.all([registry?.close(), workspace?.remove()]));

  const run = (image: string, inputs: AttachInputs = {}): Promise<AttachRun> =>
    attach(
      { image: `${registry.host}/${image}`, files: `report.json:${REPORT_TYPE}`, ...inputs },
      { workspace: workspace.path },
    );

  const listed = async (repository: string, subject: Digest): Promise<readonly string[]> => {
    const url = `${registry.url}/v2/${repository}/manifests/${buildReferrersTag(subject)}`;
    const answer = await fetch(url, { headers: { accept: OCI_INDEX } });
    return ((await answer.json()) as { manifests: { digest: string }[] }).manifests.map(({ digest }) => digest);
  };

  it('keeps the list by tag: attached, unchanged, replaced', async () => {
    const { descriptor } = await pushSampleImage({ host: registry.host, repository: 'acme/one' }, { tag: 'v1' });
    const first = await run('acme/one:v1');
    assert.deepEqual([first.row.status, first.row.via, first.warned], ['attached', 'tag-schema', []]);
    assert.equal((await run('acme/one:v1')).row.status, 'unchanged');
    const next = await run('acme/one:v1', { 'if-exists': 'replace', annotations: 'edition=2' });
    assert.deepEqual([next.row.status, next.row.replaces], ['replaced', [first.row.digest]]);
    assert.deepEqual(await listed('acme/one', descriptor.digest), [next.row.digest]);
  });

  it('attaches to every platform of an index', async () => {
    const index = await pushSampleIndex({ host: registry.host, repository: 'acme/multi' }, { tag: 'v1' });
    const { rows } = await run('acme/multi:v1', { platforms: 'all' });
    assert.equal(rows.length, 2);
    for (const [i, row] of rows.entries()) {
      assert.deepEqual([row.status, row.subject], ['attached', index.platforms[i]?.digest]);
      assert.deepEqual(await listed('acme/multi', row.subject ?? index.descriptor.digest), [row.digest]);
    }
  });

  it('drops an entry whose manifest was deleted, for which the registry would refuse every later list', async () => {
    const { descriptor } = await pushSampleImage({ host: registry.host, repository: 'acme/gone' }, { tag: 'v1' });
    const first = await run('acme/gone:v1', { annotations: 'n=1' });
    const deleted = await fetch(`${registry.url}/v2/acme/gone/manifests/${first.row.digest}`, { method: 'DELETE' });
    assert.equal(deleted.status, 202);
    const second = await run('acme/gone:v1', { annotations: 'n=2' });
    assert.deepEqual([second.row.status, second.warned], ['attached', ['fallback-entry-dropped']]);
    assert.deepEqual(await listed('acme/gone', descriptor.digest), [second.row.digest]);
  });

  it('does only the listing where an earlier run ended before it', async () => {
    const { descriptor } = await pushSampleImage({ host: registry.host, repository: 'acme/half' }, { tag: 'v1' });
    const whole = await run('acme/half:v1');
    const tag = `${registry.url}/v2/acme/half/manifests/${buildReferrersTag(descriptor.digest)}`;
    const emptied = await fetch(tag, {
      method: 'PUT',
      headers: { 'content-type': OCI_INDEX },
      body: JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] }),
    });
    assert.equal(emptied.status, 201);
    const { row, economy } = await run('acme/half:v1');
    assert.deepEqual([row.status, row.digest], ['attached', whole.row.digest]);
    assert.deepEqual(await listed('acme/half', descriptor.digest), [row.digest]);
    assert.ok(economy.bytesSent < 1000, `${economy.bytesSent} bytes sent: the list alone`);
  });

  it('leaves a tag alone that something else bears', async () => {
    const target = { host: registry.host, repository: 'acme/foreign' };
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    const other = await pushSampleImage(target, { tag: buildReferrersTag(descriptor.digest), name: 'other' });
    for (const ifExists of ['skip', 'add']) {
      const { row } = await run('acme/foreign:v1', { 'if-exists': ifExists });
      assert.equal(row.error?.code, 'fallback-index-invalid');
    }
    const url = `${registry.url}/v2/acme/foreign/manifests/${buildReferrersTag(descriptor.digest)}`;
    const answer = await fetch(url, { headers: { accept: OCI_MANIFEST } });
    assert.equal(answer.headers.get('docker-content-digest'), other.descriptor.digest);
  });

  it('refuses what it does not have: the API where it is demanded, an image that is not there', async () => {
    await pushSampleImage({ host: registry.host, repository: 'acme/one' }, { tag: 'v1' });
    const demanded = await run('acme/one:v1', { 'distribution-spec': 'v1.1-referrers-api' });
    assert.equal(demanded.row.error?.code, 'referrers-api-required');
    assert.equal((await run('acme/one:none')).row.error?.code, 'manifest-unknown');
  });
});

describe('a docker-registry with a cache of what it holds', { skip: skipWithoutDockerRegistry() }, () => {
  for (const ifExists of ['skip', 'add']) {
    it(`says that it holds what its garbage collection took: the file is sent again (${ifExists})`, async (t) => {
      const registry = await startDockerRegistry({ storage: 'filesystem', blobCache: true });
      t.after(() => registry.close());
      await using workspace = await makeWorkspace();
      const target = { host: registry.host, repository: 'acme/app' };
      const image = await pushSampleImage(target, { tag: 'v1' });
      const run = (annotations: string): Promise<AttachRun> =>
        attach(
          {
            image: `${registry.host}/acme/app@${image.descriptor.digest}`,
            files: `report.json:${REPORT_TYPE}`,
            'if-exists': ifExists,
            annotations,
          },
          { workspace: workspace.path },
        );
      const first = await run('n=1');
      const gone = await fetch(`${registry.url}/v2/acme/app/manifests/${first.row.digest}`, { method: 'DELETE' });
      assert.equal(gone.status, 202);
      await registry.collectGarbage();
      const url = `${registry.url}/v2/acme/app/blobs/${EMPTY_DIGEST}`;
      assert.equal((await fetch(url, { method: 'HEAD' })).status, 200, 'the cache speaks');
      await assert.rejects(async () => void (await (await okOf(url)).arrayBuffer()), 'and nothing can be read');
      assert.equal((await run('n=2')).row.status, 'attached');
      for (const blob of [EMPTY_DIGEST, digestOf('{"report":1}')]) {
        const answer = await okOf(`${registry.url}/v2/acme/app/blobs/${blob}`);
        assert.equal(digestOf(new Uint8Array(await answer.arrayBuffer())), blob);
      }
    });
  }
});

/** Rejects what is not 200. */
async function okOf(url: string): Promise<Response> {
  const answer = await fetch(url);
  assert.equal(answer.status, 200);
  return answer;
}

describe('a read-only docker-registry', { skip: skipWithoutDockerRegistry() }, () => {
  it('is said to be read-only', async (t) => {
    const registry = await startDockerRegistry({ readOnly: true });
    t.after(() => registry.close());
    await assert.rejects(openTestStore(t, registry.host).pushBlob(sampleBlob(10)), { code: 'read-only' });
  });
});
