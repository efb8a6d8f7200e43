import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { errorResponse } from '../../../src/embedded/exchange.ts';
import type { Quirks } from '../../../src/embedded/quirks.ts';
import { EMPTY_DIGEST } from '../../../src/oci/artifact-manifest.ts';
import { type Digest, digestOf } from '../../../src/oci/digest.ts';
import { REPORT_TYPE } from '../../support/attach-run.ts';
import { type Attaching, BY_TAG, startAttaching, stepsOf } from '../../support/attaching.ts';

const FILE = digestOf('{"report":1}');
const MIB = 1024 * 1024;

/** It answers every mount by 201, whatever it holds. */
async function startClaiming(t: TestContext, quirks: Quirks = {}): Promise<Attaching> {
  const attaching = await startAttaching(t, quirks);
  const { intercept } = attaching.registry.quirks;
  attaching.registry.quirks.intercept = (request) =>
    request.method === 'POST' && request.query.has('mount')
      ? { status: 201, headers: { location: '/v2/acme/app/blobs/x' } }
      : intercept?.(request);
  return attaching;
}

const sent = ({ registry }: Attaching): number =>
  registry.log.filter(({ method, path }) => method === 'PUT' && path.includes('/blobs/')).length;

const blobReads = ({ registry }: Attaching, digest: Digest): readonly string[] =>
  stepsOf(registry.log.filter(({ method, path }) => method === 'GET' && path.endsWith(`/blobs/${digest}`)));

describe('a blob that a registry says it holds', () => {
  for (const [way, quirks] of [
    ['with the API', {}],
    ['by tag schema', BY_TAG],
  ] as const) {
    it(`and does not hold is sent, though the manifest is taken without it (${way})`, async (t) => {
      const attaching = await startClaiming(t, { ...quirks, blobChecks: false });
      const { row } = await attaching.attach();
      assert.equal(row.status, 'attached', row.error?.message);
      for (const blob of [FILE, EMPTY_DIGEST]) {
        assert.ok(await attaching.registry.holds('acme/app', blob));
        assert.deepEqual(blobReads(attaching, blob), ['GET blobs 404', 'GET blobs 200']);
      }
    });

    it(`and misses when the manifest comes is sent, once, and the manifest again (${way})`, async (t) => {
      const attaching = await startClaiming(t, quirks);
      const { row } = await attaching.attach();
      assert.equal(row.status, 'attached', row.error?.message);
      assert.equal(sent(attaching), 2);
      const manifests = stepsOf(attaching.writes()).filter((step) => step.startsWith('PUT manifests'));
      assert.deepEqual(manifests, ['PUT manifests 400', 'PUT manifests 201']);
    });
  }

  it('and holds is read once, beside the manifest, and not sent', async (t) => {
    const attaching = await startAttaching(t);
    await attaching.attach({ annotations: 'n=1' });
    const { row } = await attaching.attach({ annotations: 'n=2' });
    assert.equal(row.status, 'attached');
    assert.equal(sent(attaching), 0);
    for (const blob of [FILE, EMPTY_DIGEST]) assert.deepEqual(blobReads(attaching, blob), ['GET blobs 200']);
  });

  it('and holds with other bytes is sent', async (t) => {
    const attaching = await startClaiming(t, { blobChecks: false });
    const { intercept } = attaching.registry.quirks;
    let isFirst = true;
    attaching.registry.quirks.intercept = (request) => {
      if (request.method !== 'GET' || !request.path.endsWith(`/blobs/${FILE}`) || !isFirst) return intercept?.(request);
      isFirst = false;
      return { status: 200, headers: {}, body: new TextEncoder().encode('{"report":2}') };
    };
    assert.equal((await attaching.attach()).row.status, 'attached');
    assert.ok(await attaching.registry.holds('acme/app', FILE));
  });

  it('and never gives is an error that names it, and the manifest that stands; no list shows it', async (t) => {
    const attaching = await startClaiming(t, { ...BY_TAG, blobChecks: false });
    const { intercept } = attaching.registry.quirks;
    attaching.registry.quirks.intercept = (request) =>
      request.method === 'GET' && request.path.endsWith(`/blobs/${FILE}`)
        ? errorResponse(404, 'BLOB_UNKNOWN', 'no')
        : intercept?.(request);
    const error = await attaching.attachFails();
    assert.equal(error.code, 'readback-failed');
    assert.match(
      error.message,
      new RegExp(`holds blob ${FILE}.*The registry took the manifest sha256:[0-9a-f]{64} all the same`),
    );
    assert.match(error.hint ?? '', /garbage collection/);
    assert.deepEqual(await attaching.listed(), []);
  });

  it('and gives on a host out of reach alone is sent, and taken as any upload is', async (t) => {
    const attaching = await startClaiming(t, { blobChecks: false });
    const { intercept } = attaching.registry.quirks;
    attaching.registry.quirks.intercept = (request) =>
      request.method === 'GET' && request.path.endsWith(`/blobs/${FILE}`)
        ? { status: 307, headers: { location: 'http://127.0.0.1:1/blob' } }
        : intercept?.(request);
    const { row } = await attaching.attach({ retries: '0' });
    assert.equal(row.status, 'attached', row.error?.message);
    assert.ok(await attaching.registry.holds('acme/app', FILE));
  });

  it('and gives only a moment after it took it is waited for', async (t) => {
    const attaching = await startClaiming(t, { blobChecks: false });
    const { intercept } = attaching.registry.quirks;
    let looks = 0;
    attaching.registry.quirks.intercept = (request) =>
      request.method === 'GET' && request.path.endsWith(`/blobs/${FILE}`) && ++looks <= 3
        ? errorResponse(404, 'BLOB_UNKNOWN', 'not yet')
        : intercept?.(request);
    assert.equal((await attaching.attach()).row.status, 'attached');
    assert.deepEqual([sent(attaching) > 0, looks], [true, 4]);
  });

  for (const [status, code] of [
    [403, 'DENIED'],
    [401, 'UNAUTHORIZED'],
    [429, 'TOOMANYREQUESTS'],
    [500, 'UNKNOWN'],
  ] as const) {
    const refusing = async (t: TestContext): Promise<Attaching> => {
      const attaching = await startClaiming(t, { blobChecks: false });
      const { intercept } = attaching.registry.quirks;
      attaching.registry.quirks.intercept = (request) =>
        request.method === 'GET' && request.path.includes('/blobs/sha256:')
          ? errorResponse(status, code, 'not from here')
          : intercept?.(request);
      return attaching;
    };

    it(`and refuses to show by ${status} is sent, and taken as any upload is`, async (t) => {
      const attaching = await refusing(t);
      const { row } = await attaching.attach({ retries: '0' });
      assert.equal(row.status, 'attached', row.error?.message);
      assert.ok(await attaching.registry.holds('acme/app', FILE));
    });
  }

  it('of more than 1 MiB and refuses to show is not sent once more', async (t) => {
    const attaching = await startAttaching(t);
    const bytes = Buffer.alloc(2 * MIB, 1);
    await attaching.workspace.write('large.bin', bytes);
    const files = `large.bin:${REPORT_TYPE}`;
    await attaching.attach({ files, annotations: 'n=1' });
    attaching.registry.quirks.intercept = ({ method, path }) =>
      method === 'GET' && path.endsWith(`/blobs/${digestOf(bytes)}`) ? errorResponse(403, 'DENIED', 'no') : undefined;
    attaching.registry.clearLog();
    const { row, warnings } = await attaching.attach({ files, annotations: 'n=2' });
    assert.equal(row.status, 'attached', row.error?.message);
    assert.equal(sent(attaching), 0);
    const said = warnings.filter(({ code }) => code === 'blob-unread');
    assert.deepEqual(
      said.map(({ subject }) => subject),
      [digestOf(bytes)],
    );
  });

  it('of more than 1 MiB is not read whole', async (t) => {
    const attaching = await startAttaching(t);
    const bytes = Buffer.alloc(64 * MIB, 1);
    await attaching.workspace.write('large.bin', bytes);
    const files = `large.bin:${REPORT_TYPE}`;
    await attaching.attach({ files, annotations: 'n=1' });
    const { row, economy } = await attaching.attach({ files, annotations: 'n=2' });
    assert.equal(row.status, 'attached');
    assert.equal(blobReads(attaching, digestOf(bytes)).length, 1);
    assert.ok(economy.bytesReceived < 8 * MIB, `${economy.bytesReceived} bytes`);
    assert.equal(sent(attaching), 0);
  });

  it('of more than 1 MiB and does not hold is sent', async (t) => {
    const attaching = await startClaiming(t, { blobChecks: false });
    const bytes = Buffer.alloc(2 * MIB, 1);
    await attaching.workspace.write('large.bin', bytes);
    assert.equal((await attaching.attach({ files: `large.bin:${REPORT_TYPE}` })).row.status, 'attached');
    assert.ok(await attaching.registry.holds('acme/app', digestOf(bytes)));
  });
});
