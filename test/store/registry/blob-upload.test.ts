import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errorResponse } from '../../../src/embedded/exchange.ts';
import { CodedError, hasCode } from '../../../src/errors/coded-error.ts';
import { digestOf } from '../../../src/oci/digest.ts';
import { blobOf, MIB, sampleBlob, startUploading } from '../../support/uploading.ts';

describe('pushing a blob', () => {
  for (const size of [0, 1, 100_000]) {
    it(`takes POST and PUT for ${size} bytes`, async (t) => {
      const upload = await startUploading(t);
      const blob = sampleBlob(size);
      assert.deepEqual(await upload.store.pushBlob(blob), { written: true });
      assert.deepEqual(upload.trail(), ['POST 202', 'PUT 201']);
      await upload.assertHeld(blob);
    });
  }

  it('goes on with a PUT where a registry answers every POST with 202', async (t) => {
    const upload = await startUploading(t, { singlePost: false, mount: false });
    const blob = sampleBlob(2 * MIB);
    assert.deepEqual(await upload.store.pushBlob(blob, { likelyPresent: true }), { written: true });
    assert.deepEqual(upload.trail(), ['POST 202', 'PUT 201']);
    await upload.assertHeld(blob);
  });

  it('names the algorithm of a digest that is not sha256', async (t) => {
    const upload = await startUploading(t);
    const bytes = new TextEncoder().encode('sha512');
    const digest = digestOf(bytes, 'sha512');
    await upload.store.pushBlob({
      digest,
      size: bytes.byteLength,
      open: async function* () {
        yield bytes;
      },
    });
    assert.equal(upload.registry.log[0]?.query, '?digest-algorithm=sha512');
    assert.ok(await upload.registry.holds('acme/app', digest));
  });

  it('reports how many bytes went out', async (t) => {
    const upload = await startUploading(t);
    const blob = sampleBlob(3 * MIB);
    const sent: number[] = [];
    await upload.store.pushBlob(blob, { onProgress: (bytes) => sent.push(bytes) });
    assert.equal(sent.at(-1), blob.size);
    assert.deepEqual(
      sent,
      sent.toSorted((a, b) => a - b),
    );
  });
});

describe('a blob that may be there already', () => {
  it('is mounted from its own repository by one request, and not sent, where it is (201)', async (t) => {
    const upload = await startUploading(t);
    const blob = sampleBlob(10);
    await upload.store.pushBlob(blob);
    upload.registry.clearLog();
    const again = blobOf(blob.bytes);
    assert.deepEqual(await upload.store.pushBlob(again, { likelyPresent: true }), { written: false });
    assert.deepEqual(upload.trail(), ['POST 201']);
    assert.equal(again.opened, 0);
  });

  it('is sent into the session that the registry begins where it is not (202)', async (t) => {
    const upload = await startUploading(t);
    const blob = sampleBlob(10);
    assert.deepEqual(await upload.store.pushBlob(blob, { likelyPresent: true }), { written: true });
    assert.deepEqual(upload.trail(), ['POST 202', 'PUT 201']);
    assert.match(upload.registry.log[0]?.query ?? '', /^\?mount=sha256%3A[0-9a-f]{64}&from=acme%2Fapp$/);
  });

  for (const status of [400, 404, 405]) {
    it(`is sent the plain way where the registry stumbles over mounts (${status})`, async (t) => {
      const upload = await startUploading(t, {
        intercept: ({ query }) => (query.has('mount') ? errorResponse(status, 'UNSUPPORTED', 'no mounts') : undefined),
      });
      const blob = sampleBlob(10);
      assert.deepEqual(await upload.store.pushBlob(blob, { likelyPresent: true }), { written: true });
      assert.deepEqual(upload.trail(), [`POST ${status}`, 'POST 202', 'PUT 201']);
    });
  }

  for (const [way, answer] of [
    ['no Location', { status: 202, headers: {} }],
    ['401', { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }],
    ['500', { status: 500, headers: {} }],
    ['a cut connection', { status: 202, headers: {}, body: new Uint8Array(8), fault: { kind: 'truncate' } }],
  ] as const) {
    it(`is sent the plain way after one mount that ended in ${way}`, async (t) => {
      const upload = await startUploading(
        t,
        { intercept: ({ query }) => (query.has('mount') ? { body: new Uint8Array(), ...answer } : undefined) },
        { http: { retries: 2 } },
      );
      const blob = sampleBlob(10);
      assert.deepEqual(await upload.store.pushBlob(blob, { likelyPresent: true }), { written: true });
      assert.equal(upload.registry.log.filter(({ query }) => query.includes('mount=')).length, 1);
      assert.deepEqual(upload.trail().slice(1), ['POST 202', 'PUT 201']);
      await upload.assertHeld(blob);
    });
  }

  it('is not asked for by a mount again where the registry stumbled over one', async (t) => {
    const upload = await startUploading(t, {
      intercept: ({ query }) => (query.has('mount') ? errorResponse(400, 'UNSUPPORTED', 'no mounts') : undefined),
      failure: { times: 1, status: 500, match: isPut },
    });
    assert.deepEqual(await upload.store.pushBlob(sampleBlob(10), { likelyPresent: true }), { written: true });
    assert.deepEqual(upload.trail(), [
      ...['POST 400', 'POST 202', 'PUT 500', 'DELETE 204'],
      ...['POST 202', 'PUT 201'],
    ]);
  });

  it('is sent where it is to be sent whatever the registry says, in every session', async (t) => {
    const upload = await startUploading(t);
    const blob = sampleBlob(2 * MIB);
    await upload.store.pushBlob(blob);
    upload.registry.clearLog();
    upload.registry.quirks.failure = { times: 1, status: 500, match: isPut };
    assert.deepEqual(await upload.store.pushBlob(blob, { likelyPresent: true, mount: false }), { written: true });
    assert.ok(!upload.registry.log.some(({ query }) => query.includes('mount=')));
  });

  it('ends with the run, and is not begun plainly, where the run is aborted during the mount', async (t) => {
    const run = new AbortController();
    const upload = await startUploading(
      t,
      {
        intercept: async ({ query }) => {
          if (query.has('mount')) run.abort();
          return undefined;
        },
      },
      { openAfter: 1 },
    );
    const pushed = upload.store.pushBlob(sampleBlob(10), { likelyPresent: true, signal: run.signal });
    await assert.rejects(pushed, { code: 'aborted' });
    assert.equal(upload.registry.log.length, 1);
  });

  it('is asked for from 1 MiB on, unless it is said to be new below that', async (t) => {
    const upload = await startUploading(t);
    const [small, large] = [sampleBlob(MIB - 1), sampleBlob(MIB)];
    for (const blob of [small, large, small, large]) await upload.store.pushBlob(blobOf(blob.bytes));
    assert.deepEqual(upload.trail(), [
      ...['POST 202', 'PUT 201', 'POST 202', 'PUT 201'],
      ...['POST 202', 'PUT 201', 'POST 201'],
    ]);
  });
});

describe('an upload that waits for leave', () => {
  it('sends no byte before it has it', async (t) => {
    const upload = await startUploading(t);
    const blob = sampleBlob(10);
    const leave = Promise.withResolvers<void>();
    const pushed = upload.store.pushBlob(blob, { proceed: leave.promise });
    while (!upload.registry.log.some(({ answered }) => answered))
      await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(blob.opened, 0);
    leave.resolve();
    await pushed;
    await upload.assertHeld(blob);
  });

  it('cancels its session when it is refused, once, whatever the reason', async (t) => {
    const upload = await startUploading(t);
    // a code that an upload would try again for
    const refusal = new CodedError('network-timeout', 'the subject could not be read');
    const pushed = upload.store.pushBlob(sampleBlob(10), { proceed: Promise.reject(refusal) });
    await assert.rejects(pushed, refusal);
    assert.deepEqual(upload.trail(), ['POST 202', 'DELETE 204']);
  });

  for (const status of [429, 503]) {
    it(`asks once for a session that may not be needed, and again when it is (${status})`, async (t) => {
      const failure = { status, times: 1, match: ({ method }: { method: string }) => method === 'POST' };
      const upload = await startUploading(t, { failure }, { http: { retries: 5 } });
      const blob = sampleBlob(10);
      const leave = Promise.withResolvers<void>();
      const pushed = upload.store.pushBlob(blob, { likelyPresent: true, proceed: leave.promise });
      while (!upload.trail().includes(`POST ${status}`)) await new Promise((resolve) => setTimeout(resolve, 5));
      leave.resolve();
      assert.deepEqual(await pushed, { written: true });
      await upload.assertHeld(blob);
    });

    it(`asks no more for a session that is not needed (${status})`, async (t) => {
      const failure = { status, match: ({ method }: { method: string }) => method === 'POST' };
      const upload = await startUploading(t, { failure }, { http: { retries: 5 } });
      const refusal = new CodedError('aborted', 'not needed');
      const pushed = upload.store.pushBlob(sampleBlob(10), { proceed: Promise.reject(refusal) });
      await assert.rejects(pushed, refusal);
      assert.deepEqual(upload.trail(), [`POST ${status}`]);
    });
  }
});

describe('an upload that breaks', () => {
  it('begins a new session after the server failed, with a pause, and asks whether the blob got there', async (t) => {
    const upload = await startUploading(t, { failure: { times: 1, status: 500, match: isPut } });
    const blob = sampleBlob(10);
    assert.deepEqual(await upload.store.pushBlob(blob), { written: true });
    assert.deepEqual(upload.trail(), ['POST 202', 'PUT 500', 'DELETE 204', 'POST 202', 'PUT 201']);
    assert.match(upload.registry.log[3]?.query ?? '', /^\?mount=/);
  });

  it('finds that the blob got there although the answer did not come back', async (t) => {
    const upload = await startUploading(t);
    const blob = sampleBlob(10);
    let lost = 1;
    upload.registry.quirks.intercept = async (request) => {
      if (!isPut(request) || lost-- !== 1) return undefined;
      const answer = await fetch(`${upload.registry.url}${request.path}?${request.query}`, {
        method: 'PUT',
        body: blob.bytes,
      });
      await answer.arrayBuffer();
      return { status: 201, headers: {}, body: new Uint8Array(8), fault: { kind: 'truncate' } };
    };
    assert.deepEqual(await upload.store.pushBlob(blob), { written: false });
    assert.equal(upload.trail().at(-1), 'POST 201');
  });

  it('begins a new session when its own was forgotten (404)', async (t) => {
    const forgotten = { times: 1, status: 404, match: isPut };
    const upload = await startUploading(t, { failure: forgotten });
    await upload.store.pushBlob(sampleBlob(10));
    assert.deepEqual(upload.trail(), ['POST 202', 'PUT 404', 'DELETE 204', 'POST 202', 'PUT 201']);
  });

  it('is given up after a few sessions, each cancelled, with the words of the registry', async (t) => {
    const upload = await startUploading(t, { failure: { status: 500, match: isPut } });
    await assert.rejects(upload.store.pushBlob(sampleBlob(10)), (error) => {
      assert.ok(hasCode(error, 'server-error'));
      assert.match(error.message, /uploading blob sha256:[0-9a-f]{64} \(10 bytes\).*answers 500/);
      return true;
    });
    assert.equal(upload.trail().filter((step) => step === 'PUT 500').length, 5);
  });

  it('asks again for a session that could not be begun', async (t) => {
    const failure = { status: 503, times: 1, match: ({ method }: { method: string }) => method === 'POST' };
    const upload = await startUploading(t, { failure }, { http: { retries: 1 } });
    const blob = sampleBlob(10);
    assert.deepEqual(await upload.store.pushBlob(blob), { written: true });
    assert.deepEqual(upload.trail(), ['POST 503', 'POST 202', 'PUT 201']);
    await upload.assertHeld(blob);
  });

  for (const status of [200, 202]) {
    it(`is not believed to be there where the end of an upload is answered with ${status}`, async (t) => {
      const upload = await startUploading(t, {
        intercept: ({ method }) => (method === 'PUT' ? { status, headers: {}, body: new Uint8Array() } : undefined),
      });
      await assert.rejects(upload.store.pushBlob(sampleBlob(10)), { code: 'upload-refused' });
    });
  }

  it('waits as a rate limit asks, within its session', async (t) => {
    const rateLimit = { form: 'seconds', seconds: 0, times: 1, match: isPut } as const;
    const upload = await startUploading(t, { rateLimit }, { http: { retries: 2 } });
    await upload.store.pushBlob(sampleBlob(10));
    assert.deepEqual(upload.trail(), ['POST 202', 'PUT 429', 'PUT 201']);
  });

  for (const [title, readOnly, code] of [
    ['is forbidden', 403, 'denied'],
    ['is not known to the registry', 405, 'read-only'],
  ] as const) {
    it(`since writing ${title} says so after one request`, async (t) => {
      const upload = await startUploading(t, { readOnly });
      await assert.rejects(upload.store.pushBlob(sampleBlob(10)), { code });
      assert.deepEqual(upload.trail(), [`POST ${readOnly}`]);
    });
  }

  it('since the bytes are not those of the digest is refused, and nothing is left', async (t) => {
    const upload = await startUploading(t);
    const blob = { ...sampleBlob(10), digest: digestOf('something else') };
    await assert.rejects(upload.store.pushBlob(blob), { code: 'upload-refused' });
    assert.deepEqual(upload.trail(), ['POST 202', 'PUT 400', 'DELETE 204']);
  });

  it('since the file changed is the error of the file, and nothing is left', async (t) => {
    const upload = await startUploading(t);
    const changed = new CodedError('file-changed', 'it was written again');
    const blob = sampleBlob(3 * MIB);
    const open = async function* (): AsyncIterable<Uint8Array> {
      yield blob.bytes.subarray(0, MIB);
      throw changed;
    };
    await assert.rejects(upload.store.pushBlob({ ...blob, open }), { code: 'file-changed' });
    assert.equal(upload.trail().filter((step) => step.startsWith('PUT')).length, 1);
    assert.ok(!(await upload.registry.holds('acme/app', blob.digest)));
  });

  it('since the file grew or shrank is never a blob', async (t) => {
    const upload = await startUploading(t);
    for (const size of [5, 15]) {
      const blob = { ...sampleBlob(10), size };
      await assert.rejects(upload.store.pushBlob(blob), { code: 'file-changed' });
      assert.ok(!(await upload.registry.holds('acme/app', blob.digest)));
    }
  });

  it('since the run was aborted cancels its session and ends with the reason', async (t) => {
    const upload = await startUploading(t, { delayMs: 30 });
    const run = new AbortController();
    const reason = new CodedError('deadline-exceeded', 'the run did not end in time');
    const blob = sampleBlob(3 * MIB);
    const open = async function* (): AsyncIterable<Uint8Array> {
      yield blob.bytes.subarray(0, MIB);
      run.abort(reason);
      yield blob.bytes.subarray(MIB);
    };
    await assert.rejects(upload.store.pushBlob({ ...blob, open }, { signal: run.signal }), {
      code: 'deadline-exceeded',
    });
    assert.equal(upload.trail().at(-1), 'DELETE 204');
  });

  it('since the whole client was aborted cancels its session all the same', async (t) => {
    const run = new AbortController();
    const upload = await startUploading(t, {}, { http: { signal: run.signal } });
    const blob = sampleBlob(3 * MIB);
    const open = async function* (): AsyncIterable<Uint8Array> {
      yield blob.bytes.subarray(0, MIB);
      run.abort();
      yield blob.bytes.subarray(MIB);
    };
    await assert.rejects(upload.store.pushBlob({ ...blob, open }), { code: 'aborted' });
    assert.equal(upload.trail().at(-1), 'DELETE 204');
  });

  it('says nothing of a registry that cannot cancel', async (t) => {
    const upload = await startUploading(
      t,
      {
        intercept: ({ method }) => {
          if (method === 'PUT') return errorResponse(400, 'DIGEST_INVALID', 'no');
          return method === 'DELETE' ? errorResponse(405, 'UNSUPPORTED', 'no') : undefined;
        },
      },
      { openAfter: 1 },
    );
    await assert.rejects(upload.store.pushBlob(sampleBlob(10)), { code: 'upload-refused' });
  });
});

function isPut({ method }: { readonly method: string }): boolean {
  return method === 'PUT';
}
