import { CodedError, hasCode } from '../../errors/coded-error.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { type Digest, verifyBytes } from '../../oci/digest.ts';
import { effectiveArtifactType, MAX_MANIFEST_BYTES, type Manifest, parseManifest } from '../../oci/manifest.ts';
import { isImageManifestType, isIndexType } from '../../oci/media-types.ts';
import type { LayoutBackend } from './layout-backend.ts';
import { type LayoutIndex, resolveTag, withManifest, withoutManifest, withoutTag } from './layout-index.ts';
import { type ManifestFacts, ManifestFactsCache } from './manifest-facts.ts';

export interface PutManifest {
  readonly manifest: Manifest;
  readonly tags: readonly string[];
  /** Asked with what the first tag names now, while no other writer can change it; false: nothing is written. */
  readonly condition?: ((current: Descriptor | undefined) => boolean) | undefined;
  /** Take the old target of a tag out of the index when the tag was all that it had. */
  readonly dropReplaced?: boolean;
}

export interface RemoveTag {
  readonly condition?: (current: Descriptor | undefined) => boolean;
  /** Take what the tag named out of the index, too, if it is an index without another tag. */
  readonly dropManifest?: boolean;
}

export interface LayoutOptions {
  /**
   * A manifest that cannot be understood is passed over by listReferrers, as a registry does; default false: it is an
   * error, for it may be a referrer.
   */
  readonly passOverBroken?: boolean;
}

/**
 * What an OCI image layout means: tags, manifests and referrers over an index and blobs. A manifest is what index.json
 * names, or what an index that it names names in turn; any other blob is only a blob.
 */
export class Layout {
  readonly backend: LayoutBackend;
  readonly #options: LayoutOptions;
  readonly #facts: ManifestFactsCache;
  readonly #referrers = new WeakMap<LayoutIndex, ReadonlyMap<Digest, readonly Descriptor[]>>();

  constructor(backend: LayoutBackend, options: LayoutOptions = {}) {
    this.backend = backend;
    this.#options = options;
    this.#facts = new ManifestFactsCache((descriptor) => this.#loadManifest(descriptor));
  }

  /** Every tag once, in the order of their first entries. */
  async tags(): Promise<string[]> {
    const { entries } = await this.backend.readIndex();
    return [...new Set(entries.flatMap((entry) => entry.tag ?? []))];
  }

  async resolveTag(tag: string): Promise<Descriptor | undefined> {
    return resolveTag(await this.backend.readIndex(), tag, this.backend.name);
  }

  /** The descriptor under which a manifest is known, if its blob is there, too. */
  async resolveDigest(digest: Digest): Promise<Descriptor | undefined> {
    const index = await this.backend.readIndex();
    const entry = index.entries.find(({ descriptor }) => descriptor.digest === digest);
    const descriptor = entry?.descriptor ?? (await this.#findNested(index, digest));
    if (descriptor === undefined) return undefined;
    return (await this.backend.blobSize(digest)) === undefined ? undefined : descriptor;
  }

  /** Hashed and parsed; undefined if its blob is not in the layout. */
  async readManifest(descriptor: Descriptor): Promise<Manifest | undefined> {
    const bytes = await this.readManifestBytes(descriptor);
    if (bytes === undefined) return undefined;
    const what = `manifest ${descriptor.digest} of ${this.backend.name}`;
    return parseManifest(bytes, { what, mediaType: descriptor.mediaType, digest: descriptor.digest });
  }

  /** Hashed; undefined if they are not in the layout. */
  async readManifestBytes({ digest, size }: Descriptor): Promise<Uint8Array | undefined> {
    const what = `manifest ${digest} of ${this.backend.name}`;
    const stored = await this.backend.blobSize(digest);
    if (stored === undefined) return undefined;
    if (stored > MAX_MANIFEST_BYTES) {
      throw new CodedError(
        'layout-invalid',
        `${what} has ${stored} bytes, more than the ${MAX_MANIFEST_BYTES} allowed`,
      );
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.backend.openBlob(digest)) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    verifyBytes(bytes, digest, size, what);
    return bytes;
  }

  /** Stores a manifest under its digest and its tags. False: `condition` refused. */
  async putManifest({ manifest, tags, condition, dropReplaced = false }: PutManifest): Promise<boolean> {
    await this.putBlob(manifest.digest, manifest.bytes);
    const { mediaType, digest, size } = manifest;
    const artifactType = effectiveArtifactType(manifest);
    const descriptor: Descriptor = { mediaType, digest, size, ...(artifactType !== undefined && { artifactType }) };
    let allowed = true;
    await this.backend.updateIndex((index) => {
      const current = tags[0] === undefined ? undefined : resolveTag(index, tags[0], this.backend.name);
      allowed = condition?.(current) ?? true;
      if (!allowed) return index;
      const next = withManifest(index, descriptor, tags);
      return dropReplaced && current?.digest !== digest ? withoutOrphan(next, current) : next;
    });
    return allowed;
  }

  /** False: there was no such tag, or `condition` refused. The manifest stays without it, unless `dropManifest`. */
  async removeTag(tag: string, options: RemoveTag = {}): Promise<boolean> {
    return this.#edit((index) => {
      const current = resolveTag(index, tag, this.backend.name);
      if (options.condition?.(current) === false) return index;
      const next = withoutTag(index, tag);
      return options.dropManifest === true ? withoutOrphan(next, current) : next;
    });
  }

  /** Removes a manifest with its tags and its blob. False: there was none. */
  async removeManifest(digest: Digest): Promise<boolean> {
    if ((await this.resolveDigest(digest)) === undefined) return false;
    await this.#edit((index) => withoutManifest(index, digest));
    this.#facts.forget(digest);
    await this.backend.removeBlob(digest);
    return true;
  }

  async putBlob(digest: Digest, bytes: Uint8Array): Promise<{ readonly written: boolean }> {
    if ((await this.backend.blobSize(digest)) !== undefined) return { written: false };
    const upload = await this.backend.startUpload(digest.startsWith('sha512:') ? 'sha512' : 'sha256');
    await upload.append([bytes]);
    return upload.commit(digest);
  }

  /**
   * Every manifest whose `subject` is the digest, with type and annotations from its bytes: entries of index.json
   * first, then what indexes name (a fallback index, BuildKit's attestations), each once. A manifest that is named but
   * not held is no referrer here.
   */
  async listReferrers(subject: Digest): Promise<readonly Descriptor[]> {
    const index = await this.backend.readIndex();
    const bySubject = this.#referrers.get(index) ?? (await this.#scanReferrers(index));
    return bySubject.get(subject) ?? [];
  }

  async #scanReferrers(index: LayoutIndex): Promise<ReadonlyMap<Digest, readonly Descriptor[]>> {
    const bySubject = new Map<Digest, Descriptor[]>();
    let isWhole = true;
    for await (const facts of this.#allManifests(index)) {
      if (facts === undefined) isWhole = false;
      else if (facts.subject !== undefined) append(bySubject, facts.subject, facts.descriptor);
    }
    // what is missing may come later without a change of the index
    if (isWhole) this.#referrers.set(index, bySubject);
    return bySubject;
  }

  /** Every manifest that the index leads to, each once; undefined for one that the layout does not hold. */
  async *#allManifests(index: LayoutIndex): AsyncIterable<ManifestFacts | undefined> {
    const seen = new Set<Digest>();
    let level = index.entries.map((entry) => entry.descriptor);
    while (level.length > 0) {
      const next: Descriptor[] = [];
      for (const descriptor of level) {
        if (seen.has(descriptor.digest)) continue;
        seen.add(descriptor.digest);
        const facts = await this.#facts.of(descriptor);
        yield facts;
        if (facts !== undefined) next.push(...facts.children);
      }
      level = next;
    }
  }

  async #findNested(index: LayoutIndex, digest: Digest): Promise<Descriptor | undefined> {
    for await (const facts of this.#allManifests(index)) {
      const child = facts?.children.find((descriptor) => descriptor.digest === digest);
      if (child !== undefined) return child;
    }
    return undefined;
  }

  /** An entry of a type unknown here may be anything, a tarball too: only known types have to be sound. */
  async #loadManifest(descriptor: Descriptor): Promise<Manifest | undefined> {
    const isKnown = isIndexType(descriptor.mediaType) || isImageManifestType(descriptor.mediaType);
    const mustBeSound = isKnown && this.#options.passOverBroken !== true;
    try {
      return await this.readManifest(descriptor);
    } catch (error) {
      if (!mustBeSound && hasCode(error, 'json-invalid', 'manifest-invalid', 'layout-invalid')) return undefined;
      throw error;
    }
  }

  async #edit(edit: (index: LayoutIndex) => LayoutIndex): Promise<boolean> {
    let changed = false;
    await this.backend.updateIndex((index) => {
      const next = edit(index);
      changed = next !== index;
      return next;
    });
    return changed;
  }
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** A fallback index that was replaced is of no use to anybody, and would stand in index.json for ever. */
function withoutOrphan(index: LayoutIndex, replaced: Descriptor | undefined): LayoutIndex {
  if (replaced === undefined || !isIndexType(replaced.mediaType)) return index;
  const tagged = index.entries.some((entry) => entry.descriptor.digest === replaced.digest && entry.tag !== undefined);
  return tagged ? index : withoutManifest(index, replaced.digest);
}
