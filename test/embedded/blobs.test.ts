import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { digestOf } from '../../src/oci/digest.ts';
import { OCI_INDEX } from '../../src/oci/media-types.ts';
import { describeEachBackend } from './each-backend.ts';
import { pushBlob, pushManifest, send } from './registry-client.ts';

describeEachBackend('blobs of the embedded registry', {}, (registry) => {
  const repo = (): string => `${registry().url}/v2/acme/blobs-of`;

  it('gives a blob with its digest, size and type, and HEAD the same without a body', async () => {
    const bytes = randomBytes(5000);
    const digest = await pushBlob(repo(), bytes);
    for (const method of ['GET', 'HEAD']) {
      const answer = await send(method, `${repo()}/blobs/${digest}`);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('docker-content-digest'), digest);
      assert.equal(answer.headers.get('content-length'), '5000');
      assert.equal(answer.headers.get('content-type'), 'application/octet-stream');
      assert.deepEqual(answer.bytes, method === 'GET' ? bytes : Buffer.alloc(0));
    }
  });

  const ranges: [string, number, number, number, string | null][] = [
    ['bytes=500-1499', 206, 500, 1500, 'bytes 500-1499/2048'],
    ['bytes=500-', 206, 500, 2048, 'bytes 500-2047/2048'],
    ['bytes=-500', 206, 1548, 2048, 'bytes 1548-2047/2048'],
    ['bytes=-5000', 206, 0, 2048, 'bytes 0-2047/2048'],
    ['bytes=2000-5000', 206, 2000, 2048, 'bytes 2000-2047/2048'],
    ['bytes=2047-2047', 206, 2047, 2048, 'bytes 2047-2047/2048'],
    ['Bytes=0-0', 206, 0, 1, 'bytes 0-0/2048'],
    ['bytes=500-0', 416, 0, 0, 'bytes */2048'],
    ['bytes=2048-', 416, 0, 0, 'bytes */2048'],
    ['bytes=5000-10000', 416, 0, 0, 'bytes */2048'],
    ['bytes=-0', 416, 0, 0, 'bytes */2048'],
    ['bytes=0-1,5-6', 200, 0, 2048, null],
    ['lines=0-1', 200, 0, 2048, null],
    ['bytes=-', 200, 0, 2048, null],
    ['bytes=a-b', 200, 0, 2048, null],
  ];
  for (const [range, status, start, end, contentRange] of ranges) {
    it(`answers Range ${range} with ${status}`, async () => {
      const bytes = randomBytes(2048);
      const digest = await pushBlob(repo(), bytes);
      const answer = await send('GET', `${repo()}/blobs/${digest}`, { headers: { range } });
      assert.equal(answer.status, status);
      assert.equal(answer.headers.get('content-range'), contentRange);
      assert.equal(answer.headers.get('content-length'), String(end - start));
      assert.deepEqual(answer.bytes, bytes.subarray(start, end));
    });
  }

  it('keeps the empty blob', async () => {
    const digest = await pushBlob(repo(), new Uint8Array());
    const answer = await send('GET', `${repo()}/blobs/${digest}`);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-length'), '0');
    assert.equal((await send('GET', `${repo()}/blobs/${digest}`, { headers: { range: 'bytes=0-' } })).status, 416);
  });

  it('answers 404 BLOB_UNKNOWN, 404 NAME_UNKNOWN and 400 DIGEST_INVALID', async () => {
    await pushBlob(repo(), randomBytes(10));
    const unknown = await send('GET', `${repo()}/blobs/${digestOf('nothing')}`);
    assert.deepEqual([unknown.status, unknown.errorCodes()], [404, ['BLOB_UNKNOWN']]);
    const elsewhere = await send('GET', `${registry().url}/v2/no/where/blobs/${digestOf('nothing')}`);
    assert.deepEqual([elsewhere.status, elsewhere.errorCodes()], [404, ['NAME_UNKNOWN']]);
    for (const bad of ['sha256:bad', 'latest', 'sha256:%2e%2e%2f%2e%2e%2fx', 'sha256:..']) {
      const invalid = await send('GET', `${repo()}/blobs/${bad}`);
      assert.deepEqual([invalid.status, invalid.errorCodes()], [400, ['DIGEST_INVALID']], bad);
    }
  });

  it('deletes a blob, at once and once', async () => {
    const digest = await pushBlob(repo(), randomBytes(10));
    assert.equal((await send('DELETE', `${repo()}/blobs/${digest}`)).status, 202);
    assert.equal((await send('HEAD', `${repo()}/blobs/${digest}`)).status, 404);
    assert.equal((await send('DELETE', `${repo()}/blobs/${digest}`)).status, 404);
  });

  it('does not delete a manifest as a blob, from under its tag', async () => {
    const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [], annotations: { made: randomUUID() } };
    const { digest, bytes } = await pushManifest(repo(), 'kept', index);
    const answer = await send('DELETE', `${repo()}/blobs/${digest}`);
    assert.deepEqual([answer.status, answer.errorCodes()], [405, ['UNSUPPORTED']]);
    assert.deepEqual((await send('GET', `${repo()}/manifests/kept`)).bytes, bytes);
    assert.equal((await send('DELETE', `${repo()}/manifests/${digest}`)).status, 202);
    assert.equal((await send('DELETE', `${repo()}/blobs/${digest}`)).status, 404);
  });

  it('answers 405 with Allow for a method that a blob does not know', async () => {
    const answer = await send('PUT', `${repo()}/blobs/${digestOf('x')}`);
    assert.equal(answer.status, 405);
    assert.equal(answer.headers.get('allow'), 'GET, HEAD, DELETE');
  });
});
