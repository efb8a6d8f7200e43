import { CodedError } from '../errors/coded-error.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import { type ImageIndex, plainDescriptorOf } from '../oci/manifest.ts';
import { formatPlatform, isRunnableEntry } from '../oci/platform.ts';
import type { Found } from './check-presence.ts';
import type { PlatformSubject } from './resolve-subject.ts';
import { attestedBy } from './source-in-index.ts';

/** An entry of an index that can be run, or of an index inside it. */
export interface PlatformNode extends PlatformSubject {
  /** `index`: one inside the image's own; `unread-index`: nobody could read it, so that it may hold any platform. */
  readonly kind: 'platform' | 'index' | 'unread-index';
  /** Of an index. */
  readonly children: readonly PlatformNode[];
  /** The indexes inside the image's own that contain it, however they do. */
  readonly within: readonly Digest[];
  /** Entries beside it that BuildKit marks as attestations of it. */
  readonly siblings: readonly Descriptor[];
}

/**
 * The tree of what an index names, from what was found of the indexes inside it. The platform of an entry that is an
 * index is a hint: what counts is that of the entries in it.
 */
export function buildPlatformNodes(image: ImageIndex, found: ReadonlyMap<Digest, Found>): readonly PlatformNode[] {
  return new Builder(image, found).nodesOf(image);
}

class Builder {
  readonly #found: ReadonlyMap<Digest, Found>;
  readonly #image: Digest;
  /** The indexes that name a digest. */
  readonly #namedBy = new Map<Digest, Set<ImageIndex>>();
  /** Entries that are attestations, by index and by what they attest to. */
  readonly #attestations = new Map<ImageIndex, ReadonlyMap<string | undefined, readonly Descriptor[]>>();
  readonly #placed = new Set<string>();
  // of each digest once: an index may name one thousands of times, for as many platforms
  readonly #within = new Map<Digest, readonly Digest[]>();
  readonly #siblings = new Map<Digest, readonly Descriptor[]>();

  constructor(image: ImageIndex, found: ReadonlyMap<Digest, Found>) {
    this.#found = found;
    this.#image = image.digest;
    for (const index of [image, ...[...found.values()].flatMap((one) => indexIn(one) ?? [])]) {
      this.#attestations.set(index, Map.groupBy(index.manifests, attestedBy));
      for (const { digest } of index.manifests.filter(isRunnableEntry)) {
        const named = this.#namedBy.get(digest) ?? new Set();
        this.#namedBy.set(digest, named.add(index));
      }
    }
  }

  /** Each index once, where it is met first, and each manifest once for each platform. */
  nodesOf({ manifests }: ImageIndex): readonly PlatformNode[] {
    return manifests.filter(isRunnableEntry).flatMap((entry) => this.#nodeOf(entry) ?? []);
  }

  #nodeOf(entry: Descriptor): PlatformNode | undefined {
    const { digest, platform } = entry;
    const found = this.#found.get(digest);
    const index = indexIn(found);
    const isUnread = found === 'missing' || found instanceof CodedError;
    const isOnce = index !== undefined || isUnread || platform === undefined;
    const key = isOnce ? digest : `${digest} ${formatPlatform(platform)}`;
    if (this.#placed.has(key)) return undefined;
    this.#placed.add(key);
    return {
      descriptor: plainDescriptorOf(entry),
      platform,
      kind: index !== undefined ? 'index' : isUnread ? 'unread-index' : 'platform',
      children: index === undefined ? [] : this.nodesOf(index),
      within: this.#containers(digest),
      siblings: this.#siblingsOf(digest),
    };
  }

  /** Every index inside the image's own that leads to it. They cannot lead in a circle: each is named by its hash. */
  #containers(digest: Digest): readonly Digest[] {
    const known = this.#within.get(digest);
    if (known !== undefined) return known;
    const nested = [...(this.#namedBy.get(digest) ?? [])].filter((index) => index.digest !== this.#image);
    const containers = [...new Set(nested.flatMap((index) => [index.digest, ...this.#containers(index.digest)]))];
    this.#within.set(digest, containers);
    return containers;
  }

  #siblingsOf(digest: Digest): readonly Descriptor[] {
    const known = this.#siblings.get(digest);
    if (known !== undefined) return known;
    const namedBy = [...(this.#namedBy.get(digest) ?? [])];
    const siblings = namedBy.flatMap((index) => this.#attestations.get(index)?.get(digest) ?? []);
    this.#siblings.set(digest, siblings);
    return siblings;
  }
}

/** The index that was found under the digest of an entry, if it is one. */
export function indexIn(found: Found | undefined): ImageIndex | undefined {
  const isThere = typeof found === 'object' && 'manifest' in found;
  return isThere && found.manifest.kind === 'index' ? found.manifest : undefined;
}

/** Every node, and those inside it, in the order of the tree. */
export function allNodes(nodes: readonly PlatformNode[]): PlatformNode[] {
  return nodes.flatMap((node) => [node, ...allNodes(node.children)]);
}

/** What can be run, and the indexes of which nobody knows what they hold. */
export function leafNodes(nodes: readonly PlatformNode[]): PlatformNode[] {
  return allNodes(nodes).filter(({ kind }) => kind !== 'index');
}
