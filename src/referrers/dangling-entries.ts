import type { CodedError } from '../errors/coded-error.ts';
import type { Digest } from '../oci/digest.ts';
import type { Store } from '../store/store.ts';
import { mediaTypeOf, type RawEntry } from './fallback-edit.ts';

const DIGEST_IN_TEXT = /sha(?:256|512):[a-f0-9]{64,128}/g;

/**
 * The entries for which a registry refuses a list with MANIFEST_BLOB_UNKNOWN: a referrer was deleted, its entry was
 * not. Those that the registry names are asked for; where it names none, all are. Only what is answered with a
 * definite 404 counts.
 */
export async function findDangling(
  store: Store,
  entries: readonly RawEntry[],
  refusal: CodedError,
  signal: AbortSignal | undefined,
): Promise<Digest[]> {
  const named = namedDigests(refusal);
  const suspects = entries.filter((entry) => named.has(entry.digest));
  const asked = suspects.length > 0 ? suspects : entries;
  const found = await Promise.all(
    asked.map((entry) =>
      store.findManifest(entry.digest, { purpose: 'settle', mediaType: mediaTypeOf(entry), signal }),
    ),
  );
  return asked.flatMap((entry, i) => (found[i] === undefined ? [entry.digest] : []));
}

/** Digests anywhere in the registry's error list: `detail` has no fixed form. */
function namedDigests(refusal: CodedError): ReadonlySet<string> {
  const details = 'details' in refusal ? JSON.stringify(refusal.details) : '';
  return new Set(`${refusal.message} ${details}`.match(DIGEST_IN_TEXT) ?? []);
}
