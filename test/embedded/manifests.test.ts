import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { EMPTY_BLOB, EMPTY_DESCRIPTOR } from '../../src/oci/artifact-manifest.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { DOCKER_LIST, OCI_IMAGE_CONFIG, OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { describeEachBackend } from './each-backend.ts';
import { pushBlob, pushManifest, send } from './registry-client.ts';

describeEachBackend('manifests of the embedded registry', {}, (registry) => {
  const repo = (): string => `${registry().url}/v2/acme/app`;
  /** A manifest that nobody else has. */
  const artifact = async (extra: Record<string, unknown> = {}): Promise<Record<string, unknown>> => {
    await pushBlob(repo(), EMPTY_BLOB);
    return {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType: 'application/vnd.example+json',
      config: EMPTY_DESCRIPTOR,
      layers: [EMPTY_DESCRIPTOR],
      annotations: { id: randomUUID() },
      ...extra,
    };
  };

  it('gives the exact bytes back by tag and by digest, with type, size, digest and a validator', async () => {
    const { answer, bytes, digest } = await pushManifest(
      repo(),
      'v1',
      await artifact({ 'x-unknown': [1, { a: null }] }),
    );
    assert.equal(answer.status, 201);
    assert.equal(answer.headers.get('docker-content-digest'), digest);
    assert.equal(answer.headers.get('location'), `/v2/acme/app/manifests/${digest}`);
    assert.equal(answer.headers.get('oci-subject'), null);
    for (const reference of ['v1', digest]) {
      for (const method of ['GET', 'HEAD']) {
        const found = await send(method, `${repo()}/manifests/${reference}`);
        assert.equal(found.status, 200);
        assert.equal(found.headers.get('content-type'), OCI_MANIFEST);
        assert.equal(found.headers.get('content-length'), String(bytes.byteLength));
        assert.equal(found.headers.get('docker-content-digest'), digest);
        assert.equal(found.headers.get('etag'), `"${digest}"`);
        assert.deepEqual(found.bytes, method === 'GET' ? bytes : Buffer.alloc(0));
      }
    }
  });

  it('takes a manifest of 3.9 MB, and answers 413 over 4 MiB', async () => {
    const big = await artifact({ annotations: { big: 'a'.repeat(3_900_000) } });
    assert.equal((await pushManifest(repo(), 'big', big)).answer.status, 201);
    const tooBig = await pushManifest(repo(), 'big', { ...big, annotations: { big: 'a'.repeat(4 * 1024 * 1024) } });
    assert.deepEqual([tooBig.answer.status, tooBig.answer.errorCodes()], [413, ['SIZE_INVALID']]);
  });

  it('keeps a manifest under a sha512 digest, with several tags at once', async () => {
    const bytes = Buffer.from(JSON.stringify(await artifact()));
    const digest = digestOf(bytes, 'sha512');
    const put = await send('PUT', `${repo()}/manifests/${digest}?tag=long-1&tag=long-2`, {
      body: bytes,
      headers: { 'content-type': OCI_MANIFEST },
    });
    assert.equal(put.status, 201);
    assert.equal(put.headers.get('docker-content-digest'), digest);
    assert.deepEqual(put.lines('oci-tag'), ['long-1', 'long-2']);
    for (const tag of ['long-1', 'long-2']) {
      const found = await send('GET', `${repo()}/manifests/${tag}`);
      assert.equal(found.headers.get('docker-content-digest'), digest);
      assert.deepEqual(found.bytes, bytes);
    }
  });

  it('moves a tag, and still knows the old manifest by its digest', async () => {
    const first = await pushManifest(repo(), 'moving', await artifact());
    const second = await pushManifest(repo(), 'moving', await artifact());
    assert.equal((await send('GET', `${repo()}/manifests/moving`)).headers.get('etag'), `"${second.digest}"`);
    assert.equal((await send('HEAD', `${repo()}/manifests/${first.digest}`)).status, 200);
  });

  it('refuses a digest in the path that is not that of the bytes', async () => {
    const wrong = await pushManifest(repo(), digestOf('other'), await artifact());
    assert.deepEqual([wrong.answer.status, wrong.answer.errorCodes()], [400, ['DIGEST_INVALID']]);
    const bad = await pushManifest(repo(), 'sha256:baddigeststring', await artifact());
    assert.deepEqual([bad.answer.status, bad.answer.errorCodes()], [400, ['DIGEST_INVALID']]);
    assert.equal((await send('GET', `${repo()}/manifests/sha256:baddigeststring`)).status, 400);
  });

  it('answers 404 for what is not there, 400 for what is no tag', async () => {
    await pushManifest(repo(), 'v1', await artifact());
    for (const reference of ['none', digestOf('none')]) {
      const answer = await send('GET', `${repo()}/manifests/${reference}`);
      assert.deepEqual([answer.status, answer.errorCodes()], [404, ['MANIFEST_UNKNOWN']]);
    }
    const unknown = await send('GET', `${registry().url}/v2/no/where/manifests/v1`);
    assert.deepEqual([unknown.status, unknown.errorCodes()], [404, ['NAME_UNKNOWN']]);
    assert.equal((await send('GET', `${repo()}/manifests/${'t'.repeat(129)}`)).status, 400);
    const bad = await pushManifest(repo(), '-bad', await artifact());
    assert.deepEqual([bad.answer.status, bad.answer.errorCodes()], [400, ['MANIFEST_INVALID']]);
  });

  const uglies: [string, string, string | undefined][] = [
    ['no JSON', 'nonsense', OCI_MANIFEST],
    ['trailing data', '{"schemaVersion":2}{}', OCI_MANIFEST],
    ['a duplicate key', `{"mediaType":"${OCI_INDEX}","manifests":[],"manifests":[]}`, OCI_INDEX],
    ['a key that is a field but for its case', `{"mediaType":"${OCI_INDEX}","manifests":[],"Manifests":[]}`, OCI_INDEX],
    ['both manifests and layers', `{"mediaType":"${OCI_INDEX}","manifests":[],"layers":[]}`, OCI_INDEX],
    ['a mediaType other than its Content-Type', `{"mediaType":"${OCI_INDEX}","manifests":[]}`, DOCKER_LIST],
    [
      'a mediaType other than an unknown Content-Type',
      `{"mediaType":"${OCI_INDEX}","manifests":[]}`,
      'application/json',
    ],
    ['no Content-Type', `{"mediaType":"${OCI_INDEX}","manifests":[]}`, undefined],
    ['an entry without a digest', `{"manifests":[{"mediaType":"a/b","size":1}]}`, OCI_INDEX],
  ];
  for (const [what, body, type] of uglies) {
    it(`refuses a manifest with ${what} as MANIFEST_INVALID`, async () => {
      const headers = type === undefined ? {} : { 'content-type': type };
      const bytes = Buffer.from(body);
      const answer = await send('PUT', `${repo()}/manifests/ugly`, { body: bytes, headers });
      assert.deepEqual([answer.status, answer.errorCodes()], [400, ['MANIFEST_INVALID']]);
      assert.equal((await send('HEAD', `${repo()}/manifests/ugly`)).status, 404);
    });
  }

  it('takes any bytes for a manifest while its checks are off, and lists referrers all the same', async () => {
    registry().quirks.manifestChecks = false;
    const body = Buffer.from('{"manifests":[],"manifests":[]}');
    const put = await send('PUT', `${repo()}/manifests/broken`, { body, headers: { 'content-type': OCI_INDEX } });
    assert.equal(put.status, 201);
    registry().quirks.manifestChecks = undefined;
    const found = await send('GET', `${repo()}/manifests/broken`);
    assert.deepEqual([found.headers.get('content-type'), found.bytes], [OCI_INDEX, body]);
    assert.equal((await send('GET', `${repo()}/referrers/${digestOf('any')}`)).status, 200);
  });

  it('names every blob that is missing, but not one that is kept elsewhere', async () => {
    const blob = (name: string, mediaType = 'application/x'): object => ({
      mediaType,
      digest: digestOf(name),
      size: 3,
    });
    const foreign = blob('foreign', 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip');
    const missing = await artifact({ config: blob('config', OCI_IMAGE_CONFIG), layers: [blob('layer'), foreign] });
    const { answer } = await pushManifest(repo(), 'missing', missing);
    assert.deepEqual([answer.status, answer.errorCodes()], [400, ['MANIFEST_BLOB_UNKNOWN', 'MANIFEST_BLOB_UNKNOWN']]);
    const details = answer.json().errors.map((error: { detail: { digest: string } }) => error.detail.digest);
    assert.deepEqual(details, [digestOf('config'), digestOf('layer')]);
    const only = await pushManifest(repo(), 'foreign', await artifact({ layers: [foreign] }));
    assert.equal(only.answer.status, 201);
    registry().quirks.blobChecks = false;
    assert.equal((await pushManifest(repo(), 'missing', missing)).answer.status, 201);
    registry().quirks.blobChecks = undefined;
  });

  it('takes an image without layers, an empty index, a nested and a sparse one', async () => {
    const index = { schemaVersion: 2, mediaType: OCI_INDEX };
    assert.equal((await pushManifest(repo(), 'no-layers', await artifact({ layers: [] }))).answer.status, 201);
    const empty = await pushManifest(repo(), 'empty', { ...index, manifests: [] });
    assert.equal(empty.answer.status, 201);
    const entry = { mediaType: OCI_INDEX, digest: empty.digest, size: empty.bytes.byteLength };
    assert.equal((await pushManifest(repo(), 'nested', { ...index, manifests: [entry] })).answer.status, 201);
    const absent = { mediaType: OCI_MANIFEST, digest: digestOf('absent'), size: 9 };
    const sparse = { ...index, manifests: [absent] };
    assert.equal((await pushManifest(repo(), 'sparse', sparse)).answer.status, 201);
    assert.equal((await send('GET', `${repo()}/manifests/${absent.digest}`)).status, 404);
    registry().quirks.sparseIndex = false;
    const refused = await pushManifest(repo(), 'sparse-2', { ...sparse, annotations: { a: 'b' } });
    assert.deepEqual([refused.answer.status, refused.answer.errorCodes()], [400, ['MANIFEST_BLOB_UNKNOWN']]);
    registry().quirks.sparseIndex = undefined;
  });

  it('deletes a tag alone, or a manifest with its tags', async () => {
    const { digest } = await pushManifest(repo(), 'one', await artifact());
    const manifest = (reference: string): string => `${repo()}/manifests/${reference}`;
    await send('PUT', manifest('two'), {
      body: (await send('GET', manifest(digest))).bytes,
      headers: { 'content-type': OCI_MANIFEST },
    });
    assert.equal((await send('DELETE', manifest('one'))).status, 202);
    assert.equal((await send('HEAD', manifest('one'))).status, 404);
    assert.equal((await send('HEAD', manifest('two'))).status, 200);
    assert.equal((await send('DELETE', manifest(digest))).status, 202);
    for (const reference of ['two', digest]) assert.equal((await send('HEAD', manifest(reference))).status, 404);
    for (const reference of ['one', digest]) assert.equal((await send('DELETE', manifest(reference))).status, 404);
  });

  it('honours If-None-Match on a GET, If-Match and If-None-Match on a PUT', async () => {
    const first = await pushManifest(repo(), 'guarded', await artifact());
    const etag = `"${first.digest}"`;
    const url = `${repo()}/manifests/guarded`;
    const unchanged = await send('GET', url, { headers: { 'if-none-match': `"x", W/${etag}` } });
    assert.deepEqual([unchanged.status, unchanged.bytes.byteLength], [304, 0]);
    assert.equal((await send('GET', url, { headers: { 'if-none-match': '"x"' } })).status, 200);
    const put = async (headers: Record<string, string>): Promise<number> => {
      const body = Buffer.from(JSON.stringify(await artifact()));
      return (await send('PUT', url, { body, headers: { 'content-type': OCI_MANIFEST, ...headers } })).status;
    };
    assert.equal(await put({ 'if-none-match': '*' }), 412);
    assert.equal(await put({ 'if-match': '"sha256:0"' }), 412);
    assert.equal((await send('GET', url)).headers.get('etag'), etag);
    assert.equal(await put({ 'if-match': `"x", ${etag}` }), 201);
    assert.equal(await put({ 'if-match': etag }), 412);
    assert.equal(await put({ 'if-match': '*' }), 201);
  });

  it('lets one of many conditional writers through', async () => {
    const { digest } = await pushManifest(repo(), 'raced', await artifact());
    const statuses = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const body = Buffer.from(JSON.stringify(await artifact()));
        const headers = { 'content-type': OCI_MANIFEST, 'if-match': `"${digest}"` };
        return (await send('PUT', `${repo()}/manifests/raced`, { body, headers })).status;
      }),
    );
    assert.deepEqual(statuses.sort(), [201, 412, 412, 412, 412, 412, 412, 412]);
  });
});

describeEachBackend('routes of the embedded registry', {}, (registry) => {
  it('answers the base endpoint', async () => {
    for (const path of ['/v2/', '/v2']) {
      const answer = await send('GET', registry().url + path);
      assert.deepEqual([answer.status, answer.text()], [200, '{}']);
    }
  });

  it('refuses names that are none, and keeps names that look like routes', async () => {
    for (const name of ['Acme/app', 'a//b', 'a..b', '-a', `a${'b'.repeat(255)}`]) {
      const path = name.replaceAll('..', '%2e%2e');
      const answer = await send('GET', `${registry().url}/v2/${path}/tags/list`);
      assert.deepEqual([answer.status, answer.errorCodes()], [400, ['NAME_INVALID']], name);
    }
    const name = 'manifests/tags/list/referrers';
    await pushBlob(`${registry().url}/v2/${name}`, Buffer.from('x'));
    assert.deepEqual((await send('GET', `${registry().url}/v2/${name}/tags/list`)).json(), { name, tags: [] });
  });

  it('answers 404 for any other path', async () => {
    for (const path of ['/', '/v1/', '/v2/_catalog', '/v2/a/unknown/b', '/v2/a/blobs/', '/v2/%zz/tags/list']) {
      assert.equal((await send('GET', registry().url + path)).status, 404, path);
    }
  });
});
