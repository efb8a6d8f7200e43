import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRegistrySession } from '../../../src/auth/registry-session.ts';
import type { RegistrySession } from '../../../src/auth/types.ts';
import { errorResponse } from '../../../src/embedded/exchange.ts';
import { CodedError, hasCode } from '../../../src/errors/coded-error.ts';
import { createHttpClient } from '../../../src/net/http-client.ts';
import type { HttpRequest } from '../../../src/net/types.ts';
import { chunkBytesFor, smallerChunks, WHOLE } from '../../../src/store/registry/chunk-size.ts';
import { chunksOf } from '../../../src/store/registry/chunks-of.ts';
import { RegistryStore } from '../../../src/store/registry/registry-store.ts';
import { skipWithoutDockerRegistry, startDockerRegistry } from '../../support/docker-registry.ts';
import { fc } from '../../support/fast-check.ts';
import { MIB, sampleBlob, startUploading } from '../../support/uploading.ts';

const CHUNK = 16 * MIB;

describe('an upload in chunks', () => {
  it('is what a registry gets that names a least size of a chunk, in order, with the last one smaller', async (t) => {
    const upload = await startUploading(t, { minChunkBytes: 5 * MIB, mount: false });
    const blob = sampleBlob(2 * CHUNK + 7);
    const progress: number[] = [];
    await upload.store.pushBlob(blob, { onProgress: (sent) => progress.push(sent) });
    assert.deepEqual(upload.trail(), ['POST 202', 'PATCH 202', 'PATCH 202', 'PATCH 202', 'PUT 201']);
    const ranges = upload.registry.log.flatMap(({ headers }) => headers['content-range'] ?? []);
    assert.deepEqual(ranges, [`0-${CHUNK - 1}`, `${CHUNK}-${2 * CHUNK - 1}`, `${2 * CHUNK}-${2 * CHUNK + 6}`]);
    assert.deepEqual(progress, [CHUNK, 2 * CHUNK, blob.size]);
    await upload.assertHeld(blob);
  });

  it('is not needed for what is smaller than a chunk, nor where chunks would be too large for memory', async (t) => {
    const upload = await startUploading(t, { minChunkBytes: 200 * MIB });
    const blob = sampleBlob(3 * MIB);
    await upload.store.pushBlob(blob);
    assert.deepEqual(upload.trail(), ['POST 202', 'PUT 201']);
  });

  it('follows the location from answer to answer', async (t) => {
    for (const uploadLocation of ['with-state', 'path-relative', 'absolute'] as const) {
      const upload = await startUploading(t, { uploadLocation, minChunkBytes: MIB });
      const blob = sampleBlob(CHUNK + 1);
      await upload.store.pushBlob(blob);
      await upload.assertHeld(blob);
    }
  });

  it('asks after 416 how far it got, and goes on from there', async (t) => {
    const upload = await startUploading(t, { minChunkBytes: MIB });
    upload.registry.quirks.intercept = ({ method }) => {
      // the second chunk is refused once
      if (method === 'PATCH' && upload.registry.log.filter((entry) => entry.method === 'PATCH').length === 2) {
        upload.registry.quirks.rangeErrors = 1;
      }
      return undefined;
    };
    const blob = sampleBlob(2 * CHUNK);
    await upload.store.pushBlob(blob);
    assert.deepEqual(upload.trail(), ['POST 202', 'PATCH 202', 'PATCH 416', 'GET 204', 'PATCH 202', 'PUT 201']);
    await upload.assertHeld(blob);
  });

  it('asks after a cut connection how far it got, and sends only what is missing', async (t) => {
    const upload = await startUploading(t, { minChunkBytes: MIB, cutChunkAfter: 5 * MIB });
    const blob = sampleBlob(CHUNK + 10);
    await upload.store.pushBlob(blob);
    assert.equal(upload.trail()[2], 'GET 204');
    const [, resumed] = upload.registry.log.flatMap(({ headers }) => headers['content-range'] ?? []);
    const from = Number(resumed?.split('-')[0]);
    assert.ok(from > 0 && from <= 5 * MIB, `went on from ${from}`);
    await upload.assertHeld(blob);
  });

  it('sends all of it again where the registry says 0-0, which is its word for nothing', async (t) => {
    const upload = await startUploading(t, { minChunkBytes: MIB, rangeErrors: 1 });
    upload.registry.quirks.intercept = ({ method, path }) =>
      method === 'GET' ? { status: 204, headers: { location: path, range: '0-0' }, body: new Uint8Array() } : undefined;
    const blob = sampleBlob(CHUNK + 1);
    await upload.store.pushBlob(blob);
    upload.registry.quirks.intercept = undefined;
    const ranges = upload.registry.log.flatMap(({ headers }) => headers['content-range'] ?? []);
    assert.deepEqual(ranges.slice(0, 2), [`0-${CHUNK - 1}`, `0-${CHUNK - 1}`]);
    await upload.assertHeld(blob);
  });

  it('begins anew where the registry cannot say how far it got', async (t) => {
    const upload = await startUploading(t, { minChunkBytes: MIB, rangeErrors: 1 });
    upload.registry.quirks.intercept = ({ method }) =>
      method === 'GET' ? errorResponse(404, 'BLOB_UPLOAD_UNKNOWN', 'no') : undefined;
    const blob = sampleBlob(CHUNK + 1);
    await upload.store.pushBlob(blob);
    assert.deepEqual(upload.trail(), [
      ...['POST 202', 'PATCH 416', 'GET 404', 'DELETE 204'],
      ...['POST 202', 'PATCH 202', 'PATCH 202', 'PUT 201'],
    ]);
    upload.registry.quirks.intercept = undefined;
    await upload.assertHeld(blob);
  });

  it('is given up, and cancelled, where the registry keeps refusing the order of chunks', async (t) => {
    const upload = await startUploading(t, { minChunkBytes: MIB, rangeErrors: 1000 });
    await assert.rejects(upload.store.pushBlob(sampleBlob(CHUNK + 1)), (error) => {
      assert.ok(hasCode(error, 'upload-refused'));
      assert.match(error.message, /416/);
      return true;
    });
    assert.ok(upload.trail().length < 120);
  });

  it('is cancelled when the run is aborted between two chunks', async (t) => {
    const upload = await startUploading(t, { minChunkBytes: MIB });
    const run = new AbortController();
    const reason = new CodedError('aborted', 'interrupted');
    const onProgress = (): void => run.abort(reason);
    await assert.rejects(upload.store.pushBlob(sampleBlob(2 * CHUNK), { signal: run.signal, onProgress }), reason);
    assert.deepEqual(upload.trail(), ['POST 202', 'PATCH 202', 'DELETE 204']);
  });
});

describe('a registry, or a proxy before it, that limits the size of a request', () => {
  it('gets a large blob in pieces, smaller ones until it takes them', async (t) => {
    // as nginx does by default: 1 MiB a request
    const upload = await startUploading(t, {
      mount: false,
      intercept: ({ headers }) =>
        Number(headers['content-length'] ?? 0) > MIB ? errorResponse(413, 'SIZE_INVALID', 'too large') : undefined,
    });
    const blob = sampleBlob(17 * MIB);
    await upload.store.pushBlob(blob);
    const refused = upload.registry.log.filter(({ status }) => status === 413);
    assert.deepEqual(
      refused.map(({ method, headers }) => [method, headers['content-length']]),
      [
        ['PUT', String(17 * MIB)],
        ['PATCH', String(16 * MIB)],
        ['PATCH', String(4 * MIB)],
      ],
    );
    await upload.assertHeld(blob);
  });

  it('is quoted when nothing is small enough', async (t) => {
    const upload = await startUploading(t, { maxBlobBytes: 2 * MIB });
    await assert.rejects(upload.store.pushBlob(sampleBlob(5 * MIB)), (error) => {
      assert.ok(hasCode(error, 'upload-refused'));
      assert.match(error.message, /5242880 bytes.*413/);
      assert.match(error.hint ?? '', /larger than the registry, or a proxy before it, accepts/);
      return true;
    });
    const small = sampleBlob(2 * MIB);
    await upload.store.pushBlob(small);
    await upload.assertHeld(small);
  });
});

describe('chunkBytesFor', () => {
  it('is what we want, unless the registry asks for more, and never too much for memory', () => {
    assert.equal(chunkBytesFor(WHOLE, 0), WHOLE);
    assert.equal(chunkBytesFor(MIB, 0), MIB);
    assert.equal(chunkBytesFor(WHOLE, 5), 16 * MIB);
    assert.equal(chunkBytesFor(WHOLE, 20 * MIB), 20 * MIB);
    assert.equal(chunkBytesFor(MIB, 5 * MIB), 5 * MIB);
    assert.equal(chunkBytesFor(WHOLE, 65 * MIB), WHOLE);
    assert.equal(chunkBytesFor(WHOLE, Number.MAX_SAFE_INTEGER), WHOLE);
  });
});

describe('smallerChunks', () => {
  it('steps down below what was refused, and to resumable pieces after a cut', () => {
    assert.equal(smallerChunks(100 * MIB, WHOLE, true, false), 16 * MIB);
    assert.equal(smallerChunks(100 * MIB, 16 * MIB, true, false), 4 * MIB);
    assert.equal(smallerChunks(3 * MIB, WHOLE, true, false), MIB);
    assert.equal(smallerChunks(MIB, WHOLE, true, false), undefined);
    assert.equal(smallerChunks(100 * MIB, MIB, true, false), undefined);
    assert.equal(smallerChunks(100 * MIB, WHOLE, false, true), 16 * MIB);
    assert.equal(smallerChunks(100 * MIB, 16 * MIB, false, true), undefined);
    assert.equal(smallerChunks(MIB, WHOLE, false, true), undefined);
    assert.equal(smallerChunks(100 * MIB, WHOLE, false, false), undefined);
  });
});

describe('chunksOf', () => {
  it('cuts any stream into pieces of one size after any beginning, and loses no byte', async () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(pieces, fc.nat(60), fc.integer({ min: 1, max: 20 }), async (given, skip, size) => {
        const whole = Buffer.concat(given);
        const chunks: Uint8Array[] = [];
        for await (const { size: announced, open } of chunksOf(streamOf(given), skip, size)) {
          const parts: Uint8Array[] = [];
          for await (const part of open()) parts.push(part);
          chunks.push(Buffer.concat(parts));
          assert.equal(chunks.at(-1)?.byteLength, announced);
        }
        assert.ok(Buffer.concat(chunks).equals(whole.subarray(skip)));
        assert.ok(chunks.every((chunk, i) => chunk.byteLength === size || i === chunks.length - 1));
        assert.ok(chunks.every(({ byteLength }) => byteLength > 0));
      }),
    );
  });
});

describe("chunks on Debian's docker-registry", { skip: skipWithoutDockerRegistry() }, () => {
  it('are put together to the blob, though the whole and the first chunk were cut off, which it cannot resume', async (t) => {
    const registry = await startDockerRegistry();
    t.after(() => registry.close());
    const http = createHttpClient({ env: {} });
    t.after(() => http.close());
    const origin = new URL(registry.url);
    const credentials = { find: async () => undefined };
    const inner = createRegistrySession({ http, origin, registry: registry.host, credentials });
    const sent: string[] = [];
    const session: RegistrySession = {
      ...inner,
      request: (request, maxBytes, scope) => {
        const isFirst = !sent.includes(request.method);
        sent.push(request.method);
        return inner.request(isFirst && request.body !== undefined ? cutShort(request) : request, maxBytes, scope);
      },
    };
    const store = new RegistryStore({ name: `${registry.host}/acme/app`, session, repository: 'acme/app' });
    const blob = sampleBlob(CHUNK + 5);
    await store.pushBlob(blob);
    assert.equal(sent.filter((method) => method === 'PATCH').length, 3);
    const answer = await fetch(`${registry.url}/v2/acme/app/blobs/${blob.digest}`);
    assert.ok(Buffer.from(await answer.arrayBuffer()).equals(blob.bytes));
  });
});

/** The connection breaks after half of the body. */
function cutShort(request: HttpRequest): HttpRequest {
  const { body } = request;
  assert.ok(body !== undefined && !(body instanceof Uint8Array));
  const open = async function* (): AsyncIterable<Uint8Array> {
    for await (const part of body.open()) {
      yield part.subarray(0, part.byteLength / 2);
      await new Promise((resolve) => setTimeout(resolve, 50));
      throw new CodedError('network-unreachable', 'the connection broke');
    }
  };
  return { ...request, body: { size: body.size, open } };
}

async function* streamOf(pieces: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* pieces;
}
