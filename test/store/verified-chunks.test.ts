import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestOf } from '../../src/oci/digest.ts';
import { verifiedChunks } from '../../src/store/verified-chunks.ts';

const BYTES = Buffer.from('the bytes of a blob');
const DESCRIPTOR = { mediaType: 'text/plain', digest: digestOf(BYTES), size: BYTES.byteLength };

/** A body that goes on long after its end, and counts what was taken of it. */
function overlong(chunk: Uint8Array): { readonly body: AsyncIterable<Uint8Array>; readonly taken: () => number } {
  let taken = 0;
  async function* body(): AsyncIterable<Uint8Array> {
    while (taken < 1000) {
      taken += 1;
      yield chunk;
    }
  }
  return { body: body(), taken: () => taken };
}

async function read(chunks: AsyncIterable<Uint8Array>): Promise<{ readonly got: Buffer; readonly error: unknown }> {
  const got: Uint8Array[] = [];
  try {
    for await (const chunk of chunks) got.push(chunk);
  } catch (error) {
    return { got: Buffer.concat(got), error };
  }
  return { got: Buffer.concat(got), error: undefined };
}

async function* cut(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}

describe('verifiedChunks', () => {
  it('gives out the right bytes, however they are cut', async () => {
    for (const size of [1, 2, 7, BYTES.byteLength]) {
      const { got, error } = await read(verifiedChunks(cut(BYTES, size), DESCRIPTOR, 'the blob'));
      assert.deepEqual([got, error], [BYTES, undefined]);
    }
  });

  it('reads no further than the size, of a body that goes on', async () => {
    const source = overlong(BYTES.subarray(0, 5));
    const { got, error } = await read(verifiedChunks(source.body, DESCRIPTOR, 'the blob'));
    assert.equal((error as { code?: unknown }).code, 'digest-mismatch');
    assert.match((error as Error).message, /expected 19 bytes, got more/);
    assert.equal(source.taken(), 4);
    assert.ok(got.byteLength < BYTES.byteLength);
  });

  const wrong: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['too few', BYTES.subarray(1), /expected 19 bytes, got 18/],
    ['none', BYTES.subarray(BYTES.byteLength), /expected 19 bytes, got 0/],
    ['as many others', Buffer.from('THE bytes of a blob'), /expected sha256:[0-9a-f]{64}, got sha256:[0-9a-f]{64}/],
  ];
  for (const [title, bytes, message] of wrong) {
    it(`keeps the last of the bytes to itself where they are ${title}`, async () => {
      const { got, error } = await read(verifiedChunks(cut(bytes, 6), DESCRIPTOR, 'the blob'));
      assert.match((error as Error).message, message);
      assert.ok(got.byteLength < bytes.byteLength || bytes.byteLength === 0);
    });
  }
});
