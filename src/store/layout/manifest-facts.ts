import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import type { Manifest } from '../../oci/manifest.ts';

/** What a scan of a layout asks of each manifest. */
export interface ManifestFacts {
  /** As a list of referrers shows it. */
  readonly descriptor: Descriptor;
  readonly subject: Digest | undefined;
  /** What an index names; empty for all else. */
  readonly children: readonly Descriptor[];
}

const MAX_WEIGHT = 500_000; // descriptors

/**
 * Facts by digest: bytes under a digest never change, so a second scan need not read them again. Bounded by the number
 * of descriptors that it holds; when full, it starts anew.
 */
export class ManifestFactsCache {
  readonly #load: (descriptor: Descriptor) => Promise<Manifest | undefined>;
  readonly #facts = new Map<Digest, ManifestFacts>();
  #weight = 0;

  constructor(load: (descriptor: Descriptor) => Promise<Manifest | undefined>) {
    this.#load = load;
  }

  /** undefined: the layout does not hold the manifest. */
  async of(descriptor: Descriptor): Promise<ManifestFacts | undefined> {
    const known = this.#facts.get(descriptor.digest);
    if (known !== undefined) return known;
    const manifest = await this.#load(descriptor);
    if (manifest === undefined) return undefined;
    const facts: ManifestFacts = {
      descriptor: listedDescriptorOf(manifest),
      subject: manifest.subject?.digest,
      children: manifest.kind === 'index' ? manifest.manifests : [],
    };
    this.#remember(descriptor.digest, facts);
    return facts;
  }

  forget(digest: Digest): void {
    this.#facts.delete(digest);
  }

  #remember(digest: Digest, facts: ManifestFacts): void {
    const weight = 1 + facts.children.length;
    if (this.#weight + weight > MAX_WEIGHT) {
      this.#facts.clear();
      this.#weight = 0;
    }
    this.#weight += weight;
    this.#facts.set(digest, facts);
  }
}

/**
 * As "Listing Referrers" of distribution-spec 1.1 has it to the letter: the type of an image manifest's config stands in
 * for a missing artifactType even where it is the empty type.
 */
function listedDescriptorOf(manifest: Manifest): Descriptor {
  const { mediaType, digest, size, annotations } = manifest;
  const artifactType = manifest.artifactType ?? (manifest.kind === 'manifest' ? manifest.config.mediaType : undefined);
  return {
    mediaType,
    digest,
    size,
    ...(artifactType !== undefined && { artifactType }),
    ...(annotations !== undefined && { annotations }),
  };
}
