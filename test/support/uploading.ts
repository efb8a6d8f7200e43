import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import {
  type EmbeddedRegistry,
  type EmbeddedRegistryOptions,
  startEmbeddedRegistry,
} from '../../src/embedded/embedded-registry.ts';
import type { Quirks } from '../../src/embedded/quirks.ts';
import type { HttpClientOptions } from '../../src/net/types.ts';
import { digestOf } from '../../src/oci/digest.ts';
import type { BlobSource, Store } from '../../src/store/store.ts';
import { openTestStore } from './listing.ts';

export const MIB = 1024 * 1024;

/** A registry that takes uploads in its own way, and a store before it. No upload is open when the test ends. */
export interface Uploading {
  readonly registry: EmbeddedRegistry;
  readonly store: Store;
  /** `POST 202`, `PATCH 202`, `PUT 201`, ... in order of arrival. */
  trail(): readonly string[];
  /** The registry holds exactly these bytes. */
  assertHeld(blob: SampleBlob): Promise<void>;
}

export interface SampleBlob extends BlobSource {
  readonly bytes: Uint8Array;
  /** How often its bytes were read from the beginning. */
  readonly opened: number;
}

export async function startUploading(
  t: Pick<TestContext, 'after'>,
  quirks: Quirks = {},
  options: EmbeddedRegistryOptions & { readonly http?: HttpClientOptions; readonly openAfter?: number } = {},
): Promise<Uploading> {
  const { http, openAfter = 0, ...rest } = options;
  const registry = await startEmbeddedRegistry({ ...rest, quirks });
  const store = openTestStore(t, registry.host, http);
  t.after(async () => {
    const { openUploads } = registry;
    await registry.close();
    assert.equal(openUploads, openAfter, 'upload sessions left open');
  });
  return {
    registry,
    store,
    trail: () => registry.log.map(({ method, status }) => `${method} ${status}`),
    assertHeld: async ({ digest, bytes }) => {
      const answer = await fetch(`${registry.url}/v2/acme/app/blobs/${digest}`);
      assert.equal(answer.status, 200, await (answer.ok ? undefined : answer.text()));
      assert.ok(Buffer.from(await answer.arrayBuffer()).equals(bytes), 'the blob holds other bytes');
    },
  };
}

export function sampleBlob(size: number): SampleBlob {
  return blobOf(randomBytes(size));
}

/** Given out in pieces of at most 1 MiB. */
export function blobOf(bytes: Uint8Array): SampleBlob {
  const size = bytes.byteLength;
  const state = { opened: 0 };
  return {
    bytes,
    size,
    digest: digestOf(bytes),
    get opened() {
      return state.opened;
    },
    async *open() {
      state.opened++;
      for (let at = 0; at < size; at += MIB) yield bytes.subarray(at, at + MIB);
    },
  };
}
