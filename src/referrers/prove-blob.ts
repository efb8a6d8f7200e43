import { CodedError, toCodedError } from '../errors/coded-error.ts';
import type { ErrorCode } from '../errors/codes.ts';
import type { Warning } from '../errors/warning.ts';
import { OCTET_STREAM } from '../oci/media-types.ts';
import type { BlobSource, Store } from '../store/store.ts';
import { type Clock, SYSTEM_CLOCK } from './clock.ts';

/** A blob of this size at most is read whole and hashed. */
const MAX_WHOLE_BYTES = 1024 * 1024;

/** Of a larger one so much is read: one that is gone gives no byte. The rest of the answer is left unread. */
const ENOUGH_BYTES = 64 * 1024;

/** Before each look at what was sent, milliseconds: some registries give what they took only moments later. */
const WAITS_MS = [0, 250, 500, 1000, 2000];

export interface ProveBlobOptions {
  readonly signal: AbortSignal;
  /** Default the system's. */
  readonly clock?: Clock | undefined;
  readonly pushPlainly: () => Promise<unknown>;
  readonly warn?: ((warning: Warning) => void) | undefined;
}

/**
 * Sees to it that a blob can be read which the store says that it holds. A registry may say so from a cache that a
 * garbage collection went past (docker-registry's `blobdescriptor: inmemory`): 201 to a mount, 200 to HEAD, and nothing
 * to GET. One that cannot be read is sent, and looked at again. Throws `readback-failed`, or what kept it from being sent.
 */
export async function proveBlob(store: Store, blob: BlobSource, options: ProveBlobOptions): Promise<void> {
  const first = await whyUnreadable(store, blob, options.signal);
  if (first === undefined) return;
  // a refusal says nothing of the blob, and a large one is not sent once more for it
  if (REFUSED.has(first.code) && blob.size > MAX_WHOLE_BYTES) return options.warn?.(unreadWarning(store, blob, first));
  await options.pushPlainly();
  const why = await lookAgain(store, blob, options);
  // it was sent in this run: where it cannot be read from here (a storage out of reach), that is as good as any upload
  if (why === undefined || !(ABSENT.has(why.code) || WRONG.has(why.code))) return;
  throw new CodedError(
    'readback-failed',
    `${store.name} says that it holds blob ${blob.digest}, and took it once more, but it cannot be read: ${why.message}`,
    {
      cause: why,
      hint: HINTS[store.kind],
    },
  );
}

function unreadWarning(store: Store, { digest, size }: BlobSource, why: CodedError): Warning {
  const message = `${store.name} says that it holds blob ${digest} (${size} bytes), and it could not be looked at: ${why.message}. It was not sent again`;
  return { code: 'blob-unread', message, subject: digest };
}

const ABSENT: ReadonlySet<ErrorCode> = new Set(['blob-unknown', 'manifest-unknown', 'repository-unknown']);
const WRONG: ReadonlySet<ErrorCode> = new Set(['digest-mismatch', 'response-truncated']);
const REFUSED: ReadonlySet<ErrorCode> = new Set([
  'denied',
  'credentials-refused',
  'redirect-refused',
  'address-refused',
]);

async function lookAgain(
  store: Store,
  blob: BlobSource,
  { signal, clock = SYSTEM_CLOCK }: ProveBlobOptions,
): Promise<CodedError | undefined> {
  let why: CodedError | undefined;
  for (const wait of WAITS_MS) {
    if (wait > 0) await clock.pause(wait, signal);
    why = await whyUnreadable(store, blob, signal);
    if (why === undefined || !ABSENT.has(why.code)) break;
  }
  return why;
}

const HINTS: Readonly<Record<Store['kind'], string>> = {
  registry:
    'A cache of the registry may be out of date (a garbage collection beside a running registry): restart it, or clear its cache, and run the same attach again.',
  layout: 'The file under blobs/ is not what its name says: remove it, and run the same attach again.',
};

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
