import { CodedError, toCodedError } from '../errors/coded-error.ts';
import type { ErrorCode } from '../errors/codes.ts';
import { OCTET_STREAM } from '../oci/media-types.ts';
import type { BlobSource, Store } from '../store/store.ts';

/** A blob of this size at most is read whole and hashed. */
const MAX_WHOLE_BYTES = 1024 * 1024;

/** Of a larger one so much is read: one that is gone gives no byte. The rest of the answer is left unread. */
const ENOUGH_BYTES = 64 * 1024;

/**
 * Sees to it that a blob can be read which the store says that it holds. A registry may say so from a cache that a
 * garbage collection went past (docker-registry's `blobdescriptor: inmemory`): 201 to a mount, 200 to HEAD, and nothing
 * to GET. One that cannot be read is sent, and looked at again. Throws `readback-failed`, or what kept it from being sent.
 */
export async function proveBlob(
  store: Store,
  blob: BlobSource,
  { signal, pushPlainly }: { readonly signal: AbortSignal; readonly pushPlainly: () => Promise<unknown> },
): Promise<void> {
  if ((await whyUnreadable(store, blob, signal)) === undefined) return;
  await pushPlainly();
  const why = await whyUnreadable(store, blob, signal);
  // it was sent in this run: where nothing can be read from here (blobs on a host out of reach), that is as good as any upload
  if (why === undefined || OUT_OF_REACH.has(why.code)) return;
  throw new CodedError(
    'readback-failed',
    `${store.name} says that it holds blob ${blob.digest}, and took it once more, but it cannot be read: ${why.message}`,
    {
      cause: why,
      hint: HINTS[store.kind],
    },
  );
}

const HINTS: Readonly<Record<Store['kind'], string>> = {
  registry:
    'A cache of the registry may be out of date (a garbage collection beside a running registry): restart it, or clear its cache, and run the same attach again.',
  layout: 'The file under blobs/ is not what its name says: remove it, and run the same attach again.',
};

const OUT_OF_REACH: ReadonlySet<ErrorCode> = new Set([
  'network-unreachable',
  'network-timeout',
  'tls-failed',
  'proxy-failed',
  'address-refused',
]);

async function whyUnreadable(
  store: Store,
  { digest, size }: BlobSource,
  signal: AbortSignal,
): Promise<CodedError | undefined> {
  let count = 0;
  try {
    const descriptor = { mediaType: OCTET_STREAM, digest, size };
    for await (const piece of store.openBlob(descriptor, { purpose: 'read-back', signal })) {
      count += piece.byteLength;
      if (size > MAX_WHOLE_BYTES && count >= ENOUGH_BYTES) break;
    }
    return undefined;
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return toCodedError(thrown);
  }
}
