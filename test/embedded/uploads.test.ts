import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it } from 'node:test';
import { type Digest, type DigestAlgorithm, digestOf } from '../../src/oci/digest.ts';
import { describeEachBackend } from './each-backend.ts';
import { beginUpload, chunksOf, locationOf, pushBlob, send, withDigest } from './registry-client.ts';

describeEachBackend('uploads to the embedded registry', {}, (registry) => {
  const repo = (): string => `${registry().url}/v2/acme/app`;
  const assertHolds = async (digest: Digest, bytes: Uint8Array): Promise<void> => {
    const answer = await send('GET', `${repo()}/blobs/${digest}`);
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.bytes, Buffer.from(bytes));
  };

  for (const algorithm of ['sha256', 'sha512'] satisfies DigestAlgorithm[]) {
    it(`takes a blob in a single POST (${algorithm})`, async () => {
      const bytes = randomBytes(600);
      const digest = digestOf(bytes, algorithm);
      const answer = await send('POST', `${repo()}/blobs/uploads/?digest=${digest}`, { body: bytes });
      assert.equal(answer.status, 201);
      assert.equal(answer.headers.get('docker-content-digest'), digest);
      assert.equal(answer.headers.get('location'), `/v2/acme/app/blobs/${digest}`);
      await assertHolds(digest, bytes);
    });

    it(`takes a blob by POST and PUT (${algorithm}, not announced)`, async () => {
      const bytes = randomBytes(600);
      const digest = digestOf(bytes, algorithm);
      const closed = await send('PUT', withDigest(await beginUpload(repo()), digest), { body: bytes });
      assert.equal(closed.status, 201);
      await assertHolds(digest, bytes);
    });

    it(`takes chunks in order, the last one in the PUT (${algorithm})`, async () => {
      const bytes = randomBytes(3000);
      const digest = digestOf(bytes, algorithm);
      let location = await beginUpload(repo(), `?digest-algorithm=${algorithm}`);
      for (const start of [0, 1000]) {
        const headers = { 'content-range': `${start}-${start + 999}` };
        const answer = await send('PATCH', location, { headers, body: bytes.subarray(start, start + 1000) });
        assert.equal(answer.status, 202);
        assert.equal(answer.headers.get('range'), `0-${start + 999}`);
        location = locationOf(answer, location);
      }
      const headers = { 'content-range': '2000-2999' };
      const closed = await send('PUT', withDigest(location, digest), { headers, body: bytes.subarray(2000) });
      assert.equal(closed.status, 201);
      await assertHolds(digest, bytes);
    });

    it(`takes a stream of unknown length (${algorithm})`, async () => {
      const bytes = randomBytes(100_000);
      const digest = digestOf(bytes, algorithm);
      const location = await beginUpload(repo());
      const patched = await send('PATCH', location, { body: chunksOf(bytes, 7000) });
      assert.equal(patched.status, 202);
      const closed = await send('PUT', withDigest(locationOf(patched, location), digest));
      assert.equal(closed.status, 201);
      await assertHolds(digest, bytes);
    });
  }

  it('refuses a chunk out of order with 416, says where it stands, and goes on from there', async () => {
    const bytes = randomBytes(3000);
    const location = await beginUpload(repo());
    const patch = (start: number, end: number): ReturnType<typeof send> =>
      send('PATCH', location, {
        headers: { 'content-range': `${start}-${end - 1}` },
        body: bytes.subarray(start, end),
      });
    assert.equal((await patch(1000, 2000)).status, 416);
    assert.equal((await patch(0, 1000)).status, 202);
    for (const [start, end] of [
      [2000, 3000],
      [0, 1000],
      [999, 1999],
    ] as const) {
      const refused = await patch(start, end);
      assert.equal(refused.status, 416);
      assert.equal(refused.headers.get('range'), '0-999');
      assert.ok(refused.headers.get('location'));
    }
    const status = await send('GET', location);
    assert.deepEqual([status.status, status.headers.get('range')], [204, '0-999']);
    assert.equal((await patch(1000, 2000)).status, 202);
    const digest = digestOf(bytes);
    const late = await send('PUT', withDigest(location, digest), {
      headers: { 'content-range': '0-999' },
      body: bytes.subarray(0, 1000),
    });
    assert.equal(late.status, 416);
    const closed = await send('PUT', withDigest(location, digest), {
      headers: { 'content-range': '2000-2999' },
      body: bytes.subarray(2000),
    });
    assert.equal(closed.status, 201);
    await assertHolds(digest, bytes);
  });

  for (const range of ['bytes 0-9', '0-9/10', 'x', '5-1', '0-10']) {
    it(`refuses Content-Range ${range} of ten bytes with 416`, async () => {
      const location = await beginUpload(repo());
      const answer = await send('PATCH', location, { headers: { 'content-range': range }, body: randomBytes(10) });
      assert.equal(answer.status, 416);
      assert.equal((await send('GET', location)).headers.get('range'), '0-0');
    });
  }

  it('asks for OCI-Chunk-Min-Length, and takes a smaller chunk as the last only', async () => {
    registry().quirks.minChunkBytes = 100;
    const begun = await send('POST', `${repo()}/blobs/uploads/`);
    assert.equal(begun.headers.get('oci-chunk-min-length'), '100');
    const location = locationOf(begun, repo());
    const bytes = randomBytes(150);
    const patch = (start: number, end: number): ReturnType<typeof send> =>
      send('PATCH', location, {
        headers: { 'content-range': `${start}-${end - 1}` },
        body: bytes.subarray(start, end),
      });
    assert.equal((await patch(0, 100)).status, 202);
    assert.equal((await patch(100, 120)).status, 202);
    assert.equal((await patch(120, 150)).status, 400);
    registry().quirks.minChunkBytes = undefined;
  });

  it('refuses bytes that do not hash to the digest, in every way of uploading', async () => {
    const bytes = randomBytes(100);
    const digest = digestOf('other bytes');
    const single = await send('POST', `${repo()}/blobs/uploads/?digest=${digest}`, { body: bytes });
    assert.deepEqual([single.status, single.errorCodes()], [400, ['DIGEST_INVALID']]);
    const put = await send('PUT', withDigest(await beginUpload(repo()), digest), { body: bytes });
    assert.deepEqual([put.status, put.errorCodes()], [400, ['DIGEST_INVALID']]);
    const location = await beginUpload(repo());
    await send('PATCH', location, { body: bytes });
    const closed = await send('PUT', withDigest(location, digest));
    assert.deepEqual([closed.status, closed.errorCodes()], [400, ['DIGEST_INVALID']]);
    assert.equal((await send('HEAD', `${repo()}/blobs/${digest}`)).status, 404);
  });

  for (const query of [
    '?digest=sha256:bad',
    '?digest=md5:abc',
    '?digest-algorithm=md5',
    `?digest=blake3:${'a'.repeat(64)}`,
  ]) {
    it(`refuses ${query.slice(0, 30)} with 400`, async () => {
      const answer = await send('POST', `${repo()}/blobs/uploads/${query}`, { body: 'x' });
      assert.deepEqual([answer.status, answer.errorCodes()], [400, ['DIGEST_INVALID']]);
    });
  }

  it('refuses to close an upload without a digest', async () => {
    assert.equal((await send('PUT', await beginUpload(repo()), { body: 'x' })).status, 400);
  });

  it('cancels an upload, and knows it no more', async () => {
    const before = registry().openUploads;
    const location = await beginUpload(repo());
    await send('PATCH', location, { body: 'some bytes' });
    assert.equal(registry().openUploads, before + 1);
    assert.equal((await send('DELETE', location)).status, 204);
    assert.equal(registry().openUploads, before);
    for (const method of ['GET', 'DELETE', 'PATCH']) {
      const answer = await send(method, location, method === 'PATCH' ? { body: 'x' } : {});
      assert.deepEqual([answer.status, answer.headers.get('content-type')], [404, 'application/json'], method);
    }
    assert.equal((await send('PUT', withDigest(location, digestOf('x')), { body: 'x' })).status, 404);
  });

  it('does not let another repository use an upload', async () => {
    const location = await beginUpload(repo());
    const stolen = new URL(location.pathname.replace('/acme/app/', '/acme/other/'), location);
    assert.equal((await send('GET', stolen)).status, 404);
  });

  it('mounts from the repository named, from any, and begins an upload where it finds nothing', async () => {
    const bytes = randomBytes(50);
    const digest = await pushBlob(`${registry().url}/v2/acme/source`, bytes);
    const mounted = await send('POST', `${repo()}/blobs/uploads/?mount=${digest}&from=acme/source`);
    assert.deepEqual([mounted.status, mounted.headers.get('location')], [201, `/v2/acme/app/blobs/${digest}`]);
    await assertHolds(digest, bytes);
    const found = await send('POST', `${registry().url}/v2/acme/third/blobs/uploads/?mount=${digest}`);
    assert.equal(found.status, 201);
    for (const query of [
      `?mount=${digestOf('nowhere')}&from=acme/source`,
      `?mount=${digestOf('nowhere')}`,
      `?mount=${digest}&from=no/where`,
    ]) {
      const begun = await send('POST', `${registry().url}/v2/acme/fourth/blobs/uploads/${query}`);
      assert.equal(begun.status, 202, query);
      assert.ok(begun.headers.get('location')?.includes('/blobs/uploads/'));
    }
  });

  it('takes a big blob without keeping it in memory', async () => {
    const chunk = randomBytes(1 << 20);
    const count = 160;
    const location = await beginUpload(repo());
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    async function* body(): AsyncIterable<Uint8Array> {
      for (let i = 0; i < count; i++) {
        yield chunk;
        most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      }
    }
    const patched = await send('PATCH', location, { body: body() });
    assert.equal(patched.headers.get('range'), `0-${count * chunk.byteLength - 1}`);
    await send('DELETE', location);
    // in memory it is kept, on purpose: the same measure tells the two apart
    const isKept = most > (count / 2) * chunk.byteLength;
    assert.equal(isKept, registry().root === undefined, `${most} bytes`);
  });
});
