import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRefusal } from '../../src/auth/refusal-body.ts';
import type { StreamingResponse } from '../../src/net/types.ts';

test('of a refusal that never ends, 64 KiB are read and the rest is let go', async () => {
  let discarded = false;
  let read = 0;
  const response: StreamingResponse = {
    status: 401,
    url: new URL('https://reg.example/x'),
    headers: { get: () => undefined, all: () => [] },
    async *body() {
      for (; read < 100; read++) yield new Uint8Array(10_000).fill(0x78);
    },
    async discard() {
      discarded = true;
    },
  };
  const refusal = await readRefusal('GET', response);
  assert.equal(refusal.body.byteLength, 64 * 1024);
  assert.equal(refusal.status, 401);
  assert.equal(read, 6);
  assert.equal(discarded, true);
});
