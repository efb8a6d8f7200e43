import { orderedDescriptor } from '../oci/artifact-manifest.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import { digestOfEntry } from '../oci/index-entries.ts';
import { OCI_INDEX } from '../oci/media-types.ts';
import { decodeStrictUtf8, isJsonObject, type JsonSpan, type JsonValue, scanJson } from '../oci/strict-json.ts';
import { ANNOTATION_ATTACHED_BY, ATTACHED_BY } from './marker.ts';

/** One entry of a fallback index: its digest, and its text as it stands there, to the byte. */
export interface RawEntry {
  readonly digest: Digest;
  readonly text: string;
  /** Its artifact type, where it bears the marker of this tool. */
  readonly markedType?: string | undefined;
  /** Listed more than once. */
  readonly repeated?: true;
}

const WHAT = 'the fallback index';
const encoder = new TextEncoder();

/** An entry for a referrer as it is written: descriptor keys in spec order. */
export function rawEntryOf(descriptor: Descriptor): RawEntry {
  const text = JSON.stringify(orderedDescriptor(descriptor));
  return entryOf(descriptor.digest, text);
}

/** The media type that an entry names, a hint: where Accept decides what is found, it has to be asked for. */
export function mediaTypeOf({ text }: RawEntry): string | undefined {
  const value = JSON.parse(text) as JsonValue;
  const mediaType = isJsonObject(value) ? value['mediaType'] : undefined;
  return typeof mediaType === 'string' ? mediaType : undefined;
}

/** A new list, distribution-spec 1.1 "Pushing Manifests with Subject". */
export function buildFallbackIndex(entries: readonly RawEntry[]): Uint8Array {
  const list = entries.map((entry) => entry.text).join(',');
  return encoder.encode(`{"schemaVersion":2,"mediaType":"${OCI_INDEX}","manifests":[${list}]}`);
}

/** The entries that name a digest; each digest once. */
export function rawEntriesOf(bytes: Uint8Array): RawEntry[] {
  const { text, elements } = locate(bytes);
  const entries = new Map<Digest, RawEntry>();
  for (const span of elements) {
    const raw = text.slice(span.start, span.end);
    const digest = digestOfEntry(JSON.parse(raw) as JsonValue);
    if (digest === undefined) continue;
    const known = entries.get(digest);
    entries.set(digest, known === undefined ? entryOf(digest, raw) : { ...known, repeated: true });
  }
  return [...entries.values()];
}

/**
 * The list with entries added at its end. Every byte that was there stays: other entries, annotations, unknown fields,
 * the order of keys, white space. The text is edited, not parsed and printed again.
 */
export function addEntries(bytes: Uint8Array, entries: readonly RawEntry[]): Uint8Array {
  if (entries.length === 0) return bytes;
  const { text, list, elements } = locate(bytes);
  const added = entries.map((entry) => entry.text).join(',');
  const last = elements.at(-1);
  if (last !== undefined) return encoder.encode(`${text.slice(0, last.end)},${added}${text.slice(last.end)}`);
  const isArray = text[list.start] === '['; // it may be null
  const inside = isArray ? text.slice(list.start + 1, list.end - 1) : '';
  return encoder.encode(`${text.slice(0, list.start)}[${inside}${added}]${text.slice(list.end)}`);
}

/** The list without the entries of these digests; all else stays to the byte. */
export function removeEntries(bytes: Uint8Array, digests: ReadonlySet<Digest>): Uint8Array {
  const { text, elements } = locate(bytes);
  const goes = elements.map((span) => {
    const digest = digestOfEntry(JSON.parse(text.slice(span.start, span.end)) as JsonValue);
    return digest !== undefined && digests.has(digest);
  });
  const kept = elements.filter((_, i) => goes[i] !== true);
  const first = elements[0];
  const last = elements.at(-1);
  if (first === undefined || last === undefined || kept.length === elements.length) return bytes;
  const separators = kept.slice(1).map((span) => text.slice(elements[elements.indexOf(span) - 1]?.end, span.start));
  const body = kept.map((span, i) => `${i === 0 ? '' : separators[i - 1]}${text.slice(span.start, span.end)}`).join('');
  return encoder.encode(`${text.slice(0, first.start)}${body}${text.slice(last.end)}`);
}

interface Located {
  readonly text: string;
  /** The value of `manifests`: an array, or null. */
  readonly list: JsonSpan;
  readonly elements: readonly JsonSpan[];
}

function locate(bytes: Uint8Array): Located {
  const text = decodeStrictUtf8(bytes, WHAT);
  const elements: JsonSpan[] = [];
  let list: JsonSpan = { start: 0, end: 0 };
  scanJson(text, { what: WHAT }, (path, span) => {
    if (path[0] !== 'manifests') return;
    if (path.length === 1) list = span;
    else if (path.length === 2) elements.push(span);
  });
  return { text, list, elements };
}

function entryOf(digest: Digest, text: string): RawEntry {
  const markedType = markedTypeOf(text);
  return markedType === undefined ? { digest, text } : { digest, text, markedType };
}

function markedTypeOf(raw: string): string | undefined {
  const value = JSON.parse(raw) as JsonValue;
  if (!isJsonObject(value)) return undefined;
  const { artifactType, annotations } = value;
  if (typeof artifactType !== 'string' || !isJsonObject(annotations)) return undefined;
  return annotations[ANNOTATION_ATTACHED_BY] === ATTACHED_BY ? artifactType : undefined;
}
