import { CodedError, toCodedError } from '../errors/coded-error.ts';
import { type Descriptor, parseDescriptor } from './descriptor.ts';
import { type Digest, isDigest } from './digest.ts';
import { DESCRIPTOR_FIELDS, foldedFields, MANIFEST_FIELDS, refuseFoldedKeys } from './folded-keys.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './strict-json.ts';

/** An entry of a list that is no valid descriptor. With a digest, the manifest itself can still be asked. */
export interface SuspectEntry {
  readonly digest?: Digest;
  readonly problem: string;
}

export interface IndexEntries {
  readonly descriptors: readonly Descriptor[];
  readonly suspects: readonly SuspectEntry[];
}

/** A list with more bad entries than this is no list; each of them would cost a message, and perhaps a request. */
const MAX_SUSPECTS = 1000;

/**
 * The `manifests` of an index, entry by entry: one bad entry does not hide the good ones beside it. `null` is empty
 * (Go writers marshal an empty list so); an absent or other value, or more than 1000 bad entries, throws
 * `manifest-invalid`; so does a `manifests` of another case beside it.
 */
export function parseIndexEntries(json: JsonObject, what: string): IndexEntries {
  refuseFoldedKeys(json, MANIFEST_FIELDS, what);
  const list = json['manifests'];
  if (list === null) return { descriptors: [], suspects: [] };
  if (!Array.isArray(list)) throw new CodedError('manifest-invalid', `${what}: manifests is not an array`);
  const descriptors: Descriptor[] = [];
  const suspects: SuspectEntry[] = [];
  for (const [i, item] of list.entries()) {
    try {
      descriptors.push(parseDescriptor(item, `${what}: manifests[${i}]`));
    } catch (thrown) {
      if (suspects.length >= MAX_SUSPECTS) {
        throw new CodedError(
          'manifest-invalid',
          `${what}: more than ${MAX_SUSPECTS} of its ${list.length} entries are no descriptors`,
          { cause: thrown },
        );
      }
      suspects.push(suspectEntry(item, toCodedError(thrown).message));
    }
  }
  return { descriptors, suspects };
}

function suspectEntry(item: JsonValue, problem: string): SuspectEntry {
  const digest = digestOfEntry(item);
  return digest === undefined ? { problem } : { digest, problem };
}

/** The digest that an entry names to every client; undefined also where some would read another one. */
export function digestOfEntry(item: JsonValue): Digest | undefined {
  if (!isJsonObject(item)) return undefined;
  const { digest } = item;
  if (foldedFields(item, DESCRIPTOR_FIELDS).some(({ name }) => name === 'digest')) return undefined;
  return typeof digest === 'string' && isDigest(digest) ? digest : undefined;
}
