import { CodedError } from '../errors/coded-error.ts';
import type { Digest } from '../oci/digest.ts';
import type { ImageIndex } from '../oci/manifest.ts';
import { isIndexType } from '../oci/media-types.ts';
import { isRunnableEntry } from '../oci/platform.ts';
import { type Found, lookAtIndex, type PresenceSettings } from './check-presence.ts';
import { buildPlatformNodes, indexIn, type PlatformNode } from './platform-nodes.ts';

export interface PlatformWalk {
  /** In the order of the indexes: each index once, each manifest once for each platform. */
  readonly nodes: readonly PlatformNode[];
  /** What the registry said of all that the walk had to read. */
  readonly presence: ReadonlyMap<Digest, Found>;
}

/** Bounds for what a hostile index could make of its entries; an honest image has a level and some few indexes. */
const MAX_LEVELS = 8;
const MAX_INDEXES = 100;
const MAX_ENTRIES = 20_000;
const MAX_BYTES = 64 * 1024 * 1024;
/** Indexes that are read at a time. */
const WIDTH = 8;

/**
 * The platforms of an index, through the indexes that it names (image-spec 1.1 image-index.md: `manifests` may hold an
 * index), as a pull by platform would find them. Each of those is read once, by digest, level by level; an index without
 * any costs no request. One that cannot be read stands in the tree as such. Throws `page-limit` beyond the bounds.
 */
export async function walkPlatforms(image: ImageIndex, settings: PresenceSettings): Promise<PlatformWalk> {
  const walk = new Walk(settings);
  let level = walk.indexesIn([image]);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_LEVELS) throw tooMuch(`indexes inside one another go on beyond ${MAX_LEVELS} levels`);
    level = walk.indexesIn(await walk.read(level));
  }
  return { nodes: buildPlatformNodes(image, walk.found), presence: walk.found };
}

class Walk {
  readonly found = new Map<Digest, Found>();
  readonly #settings: PresenceSettings;
  #entries = 0;
  #bytes = 0;

  constructor(settings: PresenceSettings) {
    this.#settings = settings;
  }

  /** The indexes among the entries that nobody has read yet, each once. */
  indexesIn(indexes: readonly ImageIndex[]): Digest[] {
    const entries = indexes.flatMap(({ manifests }) => manifests.filter(isRunnableEntry));
    const digests = new Set(entries.filter(({ mediaType }) => isIndexType(mediaType)).map(({ digest }) => digest));
    const fresh = [...digests].filter((digest) => !this.found.has(digest));
    if (this.found.size + fresh.length > MAX_INDEXES) {
      throw tooMuch(`the image's index has more than ${MAX_INDEXES} indexes inside it`);
    }
    return fresh;
  }

  /** Those of them that are indexes, as their bytes say. */
  async read(digests: readonly Digest[]): Promise<ImageIndex[]> {
    const queue = digests.values();
    const reader = async (): Promise<void> => {
      // one iterator for all readers: each takes what the others have left
      for (const digest of queue) this.#count(digest, await lookAtIndex(digest, this.#settings));
    };
    await Promise.all(Array.from({ length: Math.min(WIDTH, digests.length) }, reader));
    return digests.flatMap((digest) => indexIn(this.found.get(digest)) ?? []);
  }

  #count(digest: Digest, found: Found): void {
    this.found.set(digest, found);
    const index = indexIn(found);
    if (index === undefined) return;
    this.#entries += index.manifests.length;
    this.#bytes += index.size;
    if (this.#entries > MAX_ENTRIES) throw tooMuch(`the indexes inside it have more than ${MAX_ENTRIES} entries`);
    if (this.#bytes > MAX_BYTES) throw tooMuch(`the indexes inside it have more than ${MAX_BYTES} bytes`);
  }
}

function tooMuch(message: string): CodedError {
  return new CodedError('page-limit', message, {
    hint: 'No honest image needs that. Ask for the platform by its digest, or for the index alone.',
  });
}
