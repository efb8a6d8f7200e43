import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compress } from 'snappyjs';
import { CodedError } from '../../src/errors/coded-error.ts';
import { MAX_BUNDLE_BYTES } from '../../src/github/fetch-bundle.ts';
import { fc } from '../support/fast-check.ts';
import { githubClient } from '../support/github-api.ts';
import { startServer } from '../support/loopback-server.ts';

describe('a bundle at bundle_url, any bytes', () => {
  const text = Buffer.from(JSON.stringify({ mediaType: 'application/x', text: 'a bundle, a bundle, a bundle' }));
  const block = Buffer.from(compress(new Uint8Array(text)));
  const slipped = fc
    .array(fc.record({ at: fc.nat(block.byteLength - 1), byte: fc.nat(255) }), { minLength: 1, maxLength: 3 })
    .map((slips) => {
      const copy = Buffer.from(block);
      for (const { at, byte } of slips) copy[at] = byte;
      return copy;
    });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map((some) => Buffer.from(some)),
    slipped,
    fc.nat(block.byteLength).map((length) => block.subarray(0, length)),
    // the length of a block is its first bytes: it says that it holds this many
    fc
      .tuple(fc.uint8Array({ minLength: 5, maxLength: 5 }), fc.uint8Array({ maxLength: 20 }))
      .map((parts) => Buffer.concat(parts)),
  );

  it('is bytes within what is read, or an entry with github-api-failed', async (t) => {
    let answer: Buffer = block;
    const server = await startServer(t, ({ url = '' }, response) => {
      if (url.startsWith('/bundle')) return void response.end(answer);
      const attestations = [{ bundle: null, bundle_url: new URL('/bundle', server.url).href }];
      response.end(JSON.stringify({ attestations }));
    });
    const client = githubClient(t, server.url);
    const read = async (served: Buffer) => {
      answer = served;
      const [entry, ...more] = await client.listAttestations('acme/app', `sha256:${'a'.repeat(64)}`);
      assert.ok(entry !== undefined && more.length === 0);
      return entry;
    };
    assert.deepEqual(Buffer.from((await read(block)).bytes ?? []), text);
    await fc.assert(
      fc.asyncProperty(bytes, async (served) => {
        const { bytes: got, error } = await read(served);
        if (got !== undefined) assert.ok(got.byteLength <= MAX_BUNDLE_BYTES);
        else assert.ok(error instanceof CodedError && error.code === 'github-api-failed', String(error));
      }),
      { numRuns: 200 },
    );
  });
});
