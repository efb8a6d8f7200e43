import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, describe, it } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { DOCKER_MANIFEST, MANIFEST_ACCEPT, OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { clearQuirks } from './clear-quirks.ts';
import { type Answer, pushBlob, pushManifest, send } from './registry-client.ts';

describe('quirks of manifests and tags', () => {
  let registry: EmbeddedRegistry;
  before(async () => {
    registry = await startEmbeddedRegistry();
  });
  after(() => registry.close());
  afterEach(() => clearQuirks(registry));

  const repo = (): string => `${registry.url}/v2/acme/app`;
  const index = (): Record<string, unknown> => ({
    mediaType: OCI_INDEX,
    manifests: [],
    annotations: { id: randomUUID() },
  });
  const get = (reference: string, headers: Record<string, string> = {}): Promise<Answer> =>
    send('GET', `${repo()}/manifests/${reference}`, { headers });
  const digestUnder = async (tag: string): Promise<string | null> =>
    (await get(tag)).headers.get('docker-content-digest');
  const freshTag = (): string => `t-${randomUUID()}`;

  it('ignores If-Match and If-None-Match on a PUT, as distribution 2.8 does', async () => {
    registry.quirks.preconditions = false;
    const tag = freshTag();
    await pushManifest(repo(), tag, index());
    for (const headers of [{ 'if-none-match': '*' }, { 'if-match': '"sha256:0"' }]) {
      const body = Buffer.from(JSON.stringify(index()));
      const put = await send('PUT', `${repo()}/manifests/${tag}`, {
        body,
        headers: { 'content-type': OCI_INDEX, ...headers },
      });
      assert.equal(put.status, 201);
    }
  });

  it('shows the tag of before for so many reads, or for a time; by digest all is there at once', async () => {
    const tag = freshTag();
    const first = await pushManifest(repo(), tag, index());
    registry.quirks.tagLag = { reads: 2 };
    const second = await pushManifest(repo(), tag, index());
    assert.equal((await get(second.digest)).status, 200);
    assert.equal(await digestUnder(tag), first.digest);
    assert.equal(await digestUnder(tag), first.digest);
    assert.equal(await digestUnder(tag), second.digest);
    registry.quirks.tagLag = { ms: 3_600_000 };
    const fresh = freshTag();
    await pushManifest(repo(), fresh, index());
    assert.equal((await get(fresh)).status, 404);
    registry.quirks.tagLag = undefined;
    assert.equal((await get(fresh)).status, 200);
  });

  it('shows a new manifest by its digest after so many reads, or after a time, and has it all the while', async () => {
    registry.quirks.manifestLag = { reads: 2 };
    const pushed = await pushManifest(repo(), freshTag(), index());
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) {
      const { status } = await get(pushed.digest);
      statuses.push(status);
    }
    assert.deepEqual(statuses, [404, 404, 200, 200]);
    registry.quirks.manifestLag = { ms: 3_600_000 };
    const tag = freshTag();
    const late = await pushManifest(repo(), tag, index());
    assert.equal((await get(late.digest)).status, 404);
    assert.equal((await get(tag)).status, 200);
    registry.quirks.manifestLag = undefined;
    assert.equal((await get(late.digest)).status, 200);
  });

  it('resolves sha256-<hex> to the manifest of that digest, as GitLab does', async () => {
    const { digest } = await pushManifest(repo(), '', index());
    const alias = digest.replace(':', '-');
    assert.equal((await get(alias)).status, 404);
    registry.quirks.tagAliases = true;
    assert.equal(await digestUnder(alias), digest);
    assert.equal((await get('sha256-abc')).status, 404);
  });

  const refusals: [400 | 403 | 409 | 412, string][] = [
    [400, 'TAG_INVALID'],
    [403, 'DENIED'],
    [409, 'TAG_LOCKED'],
    [412, 'PRECONDITION'],
  ];
  for (const [status, code] of refusals) {
    it(`refuses to change a tag with ${status} ${code}, and takes a new one`, async () => {
      registry.quirks.immutableTags = status;
      const tag = freshTag();
      const first = await pushManifest(repo(), tag, index());
      assert.equal(first.answer.status, 201);
      const { answer } = await pushManifest(repo(), tag, index());
      assert.deepEqual([answer.status, answer.errorCodes()], [status, [code]]);
      assert.match(answer.text(), /immutable|locked/);
      assert.equal(await digestUnder(tag), first.digest);
    });
  }

  it('answers 404 for a type that Accept does not name', async () => {
    registry.quirks.acceptSensitive = true;
    const { digest } = await pushManifest(repo(), '', index());
    for (const accept of ['*/*', OCI_MANIFEST, `${DOCKER_MANIFEST}, ${OCI_MANIFEST};q=0.5`]) {
      const answer = await get(digest, { accept });
      assert.deepEqual([answer.status, answer.errorCodes()], [404, ['MANIFEST_UNKNOWN']], accept);
    }
    for (const accept of [OCI_INDEX, MANIFEST_ACCEPT, `${OCI_MANIFEST},${OCI_INDEX};q=0.1`]) {
      assert.equal((await get(digest, { accept })).status, 200, accept);
    }
  });

  it('leaves Docker-Content-Digest out, or sends another', async () => {
    const { digest } = await pushManifest(repo(), '', index());
    registry.quirks.contentDigest = false;
    assert.equal(await digestUnder(digest), null);
    assert.equal((await pushManifest(repo(), '', index())).answer.headers.get('docker-content-digest'), null);
    registry.quirks.contentDigest = digestOf('another');
    assert.equal(await digestUnder(digest), digestOf('another'));
    assert.equal(
      (await pushManifest(repo(), '', index())).answer.headers.get('docker-content-digest'),
      digestOf('another'),
    );
  });

  it('answers a PUT with 200 or 202', async () => {
    for (const status of [200, 202] as const) {
      registry.quirks.manifestPutStatus = status;
      assert.equal((await pushManifest(repo(), '', index())).answer.status, status);
    }
  });

  it('refuses a manifest whose subject is not there', async () => {
    registry.quirks.subjectMustExist = true;
    const subject = { mediaType: OCI_MANIFEST, digest: digestOf('no subject'), size: 1 };
    const { answer } = await pushManifest(repo(), '', { ...index(), subject });
    assert.deepEqual([answer.status, answer.errorCodes()], [400, ['MANIFEST_BLOB_UNKNOWN']]);
    const held = await pushManifest(repo(), '', index());
    const entry = { mediaType: OCI_INDEX, digest: held.digest, size: held.bytes.byteLength };
    assert.equal((await pushManifest(repo(), '', { ...index(), subject: entry })).answer.status, 201);
  });

  it('has another limit for manifests, and another word for it', async () => {
    registry.quirks.maxManifestBytes = 100;
    const big = { ...index(), annotations: { a: 'b'.repeat(100) } };
    assert.equal((await pushManifest(repo(), '', big)).answer.status, 413);
    registry.quirks.manifestTooLargeIs400 = true;
    const { answer } = await pushManifest(repo(), '', big);
    assert.deepEqual([answer.status, answer.errorCodes()], [400, ['MANIFEST_INVALID']]);
    assert.match(answer.text(), /request body too large/);
  });

  it('passes over ?tag=', async () => {
    registry.quirks.tagParameters = false;
    const tag = freshTag();
    const body = Buffer.from(JSON.stringify(index()));
    const put = await send('PUT', `${repo()}/manifests/${digestOf(body)}?tag=${tag}`, {
      body,
      headers: { 'content-type': OCI_INDEX },
    });
    assert.deepEqual([put.status, put.headers.get('oci-tag')], [201, null]);
    assert.equal((await get(tag)).status, 404);
  });

  it('answers HEAD with 405, with 404, or without Content-Length', async () => {
    const { digest } = await pushManifest(repo(), '', index());
    const blob = await pushBlob(repo(), Buffer.from('some blob'));
    for (const path of [`manifests/${digest}`, `blobs/${blob}`]) {
      const head = (): Promise<Answer> => send('HEAD', `${repo()}/${path}`);
      registry.quirks.head = 405;
      assert.equal((await head()).status, 405);
      registry.quirks.head = 404;
      assert.equal((await head()).status, 404);
      registry.quirks.head = 'no-content-length';
      const answer = await head();
      assert.deepEqual([answer.status, answer.headers.get('content-length')], [200, null]);
      assert.equal((await send('GET', `${repo()}/${path}`)).status, 200);
    }
  });

  it('refuses every write, or deletes, or deletes of tags', async () => {
    const tag = freshTag();
    const { digest } = await pushManifest(repo(), tag, index());
    const blob = await pushBlob(repo(), Buffer.from('to be deleted'));
    const remove = async (path: string): Promise<number> => (await send('DELETE', `${repo()}/${path}`)).status;
    for (const status of [403, 405] as const) {
      registry.quirks.readOnly = status;
      assert.equal((await send('POST', `${repo()}/blobs/uploads/`)).status, status);
      assert.equal((await pushManifest(repo(), tag, index())).answer.status, status);
      assert.equal(await remove(`manifests/${digest}`), status);
      assert.equal((await get(tag)).status, 200);
    }
    clearQuirks(registry);
    for (const status of [400, 405] as const) {
      registry.quirks.deleteDisabled = status;
      for (const path of [`manifests/${digest}`, `manifests/${tag}`, `blobs/${blob}`])
        assert.equal(await remove(path), status);
    }
    clearQuirks(registry);
    registry.quirks.tagDelete = false;
    const answer = await send('DELETE', `${repo()}/manifests/${tag}`);
    assert.deepEqual([answer.status, answer.errorCodes()], [400, ['DIGEST_INVALID']]);
    assert.equal(await remove(`manifests/${digest}`), 202);
  });
});
