import { CodedError } from '../../errors/coded-error.ts';
import { orderedDescriptor } from '../../oci/artifact-manifest.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { type Manifest, parseManifest, referrerDescriptorOf } from '../../oci/manifest.ts';
import { OCI_INDEX } from '../../oci/media-types.ts';
import { buildReferrersTag } from '../../oci/referrers-tag.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseStrictJsonObject } from '../../oci/strict-json.ts';
import type { Layout } from './layout.ts';

/** Adds a referrer to the index under its subject's referrers tag; what else the index holds stays as it is. */
export async function addToReferrersTag(layout: Layout, referrer: Manifest, subject: Digest): Promise<void> {
  await editReferrersTag(layout, subject, (manifests) =>
    manifests.some((item) => digestOfEntry(item) === referrer.digest)
      ? manifests
      : [...manifests, orderedDescriptor(referrerDescriptorOf(referrer)) as JsonObject],
  );
}

/** Takes a referrer out of the index; the tag goes with the last one. */
export async function removeFromReferrersTag(layout: Layout, referrer: Digest, subject: Digest): Promise<void> {
  await editReferrersTag(layout, subject, (manifests) => {
    const left = manifests.filter((item) => digestOfEntry(item) !== referrer);
    return left.length === manifests.length ? manifests : left;
  });
}

async function editReferrersTag(
  layout: Layout,
  subject: Digest,
  edit: (manifests: readonly JsonValue[]) => readonly JsonValue[],
): Promise<void> {
  const tag = buildReferrersTag(subject);
  for (;;) {
    const current = await layout.resolveTag(tag);
    const document = current === undefined ? undefined : await readIndexDocument(layout, current, tag);
    const manifests = manifestsOf(document);
    const edited = edit(manifests);
    if (edited === manifests) return;
    if (await replaceIndex(layout, tag, current, { ...(document ?? NEW_INDEX), manifests: [...edited] })) return;
    // another writer was faster: begin with what it wrote
  }
}

const NEW_INDEX: JsonObject = { schemaVersion: 2, mediaType: OCI_INDEX };

/** False: the tag names something else by now. */
async function replaceIndex(
  layout: Layout,
  tag: string,
  expected: Descriptor | undefined,
  document: JsonObject,
): Promise<boolean> {
  const isAsExpected = (current: Descriptor | undefined): boolean => current?.digest === expected?.digest;
  const isEmpty = manifestsOf(document).length === 0;
  if (isEmpty) return layout.removeTag(tag, { condition: isAsExpected, dropManifest: true });
  const bytes = new TextEncoder().encode(JSON.stringify(document));
  const manifest = parseManifest(bytes, { what: `referrers index ${tag}`, mediaType: OCI_INDEX });
  return layout.putManifest({ manifest, tags: [tag], condition: isAsExpected, dropReplaced: true });
}

async function readIndexDocument(layout: Layout, descriptor: Descriptor, tag: string): Promise<JsonObject | undefined> {
  const what = `${layout.backend.name}: tag ${tag}`;
  const bytes = await layout.readManifestBytes(descriptor);
  if (bytes === undefined) {
    throw new CodedError(
      'fallback-index-invalid',
      `${what} names ${descriptor.digest}, which the layout does not hold`,
    );
  }
  const manifest = parseManifest(bytes, { what, mediaType: descriptor.mediaType });
  if (manifest.mediaType === OCI_INDEX) return parseStrictJsonObject(bytes, { what });
  throw new CodedError('fallback-index-invalid', `${what} is a ${manifest.mediaType}, not an image index`, {
    hint: 'Something else was stored under the referrers tag; it is left as it is.',
  });
}

function manifestsOf(document: JsonObject | undefined): readonly JsonValue[] {
  const manifests = document?.['manifests'];
  return Array.isArray(manifests) ? manifests : [];
}

function digestOfEntry(item: JsonValue): JsonValue | undefined {
  return isJsonObject(item) ? item['digest'] : undefined;
}
