import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import type { Descriptor } from '../../../src/oci/descriptor.ts';
import { digestOf } from '../../../src/oci/digest.ts';
import { startListing } from '../../support/listing.ts';
import { pushSampleBlob } from '../../support/sample-image.ts';

/** Reads until it ends or fails: what was given out, and the code of the error. */
async function read(blob: AsyncIterable<Uint8Array>): Promise<[Buffer, string | undefined]> {
  const parts: Uint8Array[] = [];
  try {
    for await (const part of blob) parts.push(part);
  } catch (error) {
    return [Buffer.concat(parts), (error as { code?: string }).code];
  }
  return [Buffer.concat(parts), undefined];
}

describe('RegistryStore.openBlob', () => {
  it('gives the bytes, whatever their number', async (t) => {
    const { target, store } = await startListing(t);
    for (const size of [0, 1, 65_536, 3_000_000]) {
      const bytes = randomBytes(size);
      const blob = await pushSampleBlob(target, bytes);
      assert.deepEqual(await read(store.openBlob(blob)), [bytes, undefined]);
    }
  });

  it('never gives out the last of bytes that are not the right ones', async (t) => {
    const { registry, target, store } = await startListing(t);
    const bytes = randomBytes(1_000_000);
    const blob = await pushSampleBlob(target, bytes);
    const wrong: readonly [descriptor: Descriptor, code: string][] = [
      [{ ...blob, size: blob.size - 1 }, 'digest-mismatch'],
      [{ ...blob, size: blob.size + 1 }, 'digest-mismatch'],
    ];
    for (const [descriptor, code] of wrong) {
      const [got, failed] = await read(store.openBlob(descriptor));
      assert.equal(failed, code);
      assert.ok(got.byteLength < bytes.byteLength);
    }
    for (const [kind, code] of [
      ['flip', 'digest-mismatch'],
      ['truncate', 'response-truncated'],
    ] as const) {
      registry.quirks.bodyFault = { kind };
      const [got, failed] = await read(store.openBlob(blob));
      assert.equal(failed, code);
      assert.ok(got.byteLength < bytes.byteLength);
    }
  });

  it('asks again for a small one that breaks off, and streams a large one, which cannot be given out twice', async (t) => {
    const { registry, target, store } = await startListing(t, {}, { http: { retries: 1 } });
    for (const [size, code, asked] of [
      [1024 * 1024, undefined, 2],
      [1024 * 1024 + 1, 'response-truncated', 1],
    ] as const) {
      const bytes = randomBytes(size);
      const blob = await pushSampleBlob(target, bytes);
      registry.clearLog();
      registry.quirks.bodyFault = { kind: 'truncate', times: 1 };
      const [got, failed] = await read(store.openBlob(blob));
      assert.deepEqual([failed, registry.log.length], [code, asked]);
      assert.equal(got.equals(bytes), code === undefined);
    }
  });

  it('follows a redirect to another origin', async (t) => {
    const { registry, target, store } = await startListing(t, {}, { secondOrigin: true });
    const blob = await pushSampleBlob(target, Buffer.from('elsewhere'));
    registry.quirks.blobRedirect = true;
    assert.deepEqual(await read(store.openBlob(blob)), [Buffer.from('elsewhere'), undefined]);
  });

  it('says that a blob is not there', async (t) => {
    const { target, store } = await startListing(t);
    await pushSampleBlob(target, Buffer.from('another'));
    const absent = { mediaType: 'a/b', digest: digestOf('absent'), size: 6 };
    await assert.rejects(Array.fromAsync(store.openBlob(absent)), {
      code: 'blob-unknown',
      message: new RegExp(`^reading blob ${absent.digest} of ${target.host}/acme/app: .* answered 404`),
    });
  });

  it('asks for nothing that it could not prove', async (t) => {
    const { registry, store } = await startListing(t);
    const blob: Descriptor = { mediaType: 'a/b', digest: `blake3:${'0'.repeat(64)}`, size: 1 };
    await assert.rejects(Array.fromAsync(store.openBlob(blob)), { code: 'digest-invalid' });
    assert.deepEqual(registry.log, []);
  });

  it('can be left in the middle', async (t) => {
    const { target, store } = await startListing(t, {}, { http: { concurrency: 1 } });
    const large = await pushSampleBlob(target, randomBytes(5_000_000));
    const small = await pushSampleBlob(target, Buffer.from('small'));
    for await (const part of store.openBlob(large)) {
      assert.ok(part.byteLength > 0);
      break;
    }
    assert.deepEqual(await read(store.openBlob(small)), [Buffer.from('small'), undefined]);
  });
});
