import { CodedError } from '../../src/errors/coded-error.ts';
import { digestOf } from '../../src/oci/digest.ts';
import type { Store } from '../../src/store/store.ts';

/** A store that holds nothing but blobs, hashed as they pass, as the port asks; every other method refuses. */
export function makeBlobStore(blobs: readonly Uint8Array[], onOpen: (digest: string) => void = () => {}): Store {
  const held = new Map<string, Uint8Array>(blobs.map((bytes) => [digestOf(bytes), bytes]));
  const refuse = (): never => {
    throw new CodedError('internal', 'this store has blobs only');
  };
  return {
    kind: 'registry',
    name: 'blobs.example/x',
    findManifest: refuse,
    pushManifest: refuse,
    deleteManifest: refuse,
    pushBlob: refuse,
    listReferrers: refuse,
    listTags: refuse,
    async *openBlob({ digest, size }) {
      onOpen(digest);
      const bytes = held.get(digest);
      if (bytes === undefined) throw new CodedError('blob-unknown', `no blob ${digest}`);
      const half = Math.floor(bytes.byteLength / 2);
      yield bytes.subarray(0, half);
      if (bytes.byteLength !== size || digestOf(bytes) !== digest)
        throw new CodedError('digest-mismatch', `blob ${digest}`);
      yield bytes.subarray(half);
    },
  };
}
