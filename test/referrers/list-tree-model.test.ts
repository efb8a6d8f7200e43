import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EMPTY_BLOB, EMPTY_DESCRIPTOR } from '../../src/oci/artifact-manifest.ts';
import type { Descriptor, Platform } from '../../src/oci/descriptor.ts';
import { type Digest, type DigestAlgorithm, digestOf } from '../../src/oci/digest.ts';
import { plainDescriptorOf } from '../../src/oci/manifest.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import type { Referrer, SubjectNode } from '../../src/referrers/types.ts';
import { fc } from '../support/fast-check.ts';
import { pushFallbackList, startListing } from '../support/listing.ts';
import { pushSampleBlob, pushSampleManifest, type SampleTarget } from '../support/sample-image.ts';

/** A referrer with its own referrers. */
interface Leaf {
  readonly algorithm: DigestAlgorithm;
  readonly below: readonly Leaf[];
}

/** An entry of the image's index, or of an index inside it. */
interface Entry {
  /**
   * `missing`, `missing index`: the registry does not hold it (a sparse index). `attestation`: nothing that can be run.
   * `again`: what an entry before it names, wherever that stands, for another platform.
   */
  readonly kind: 'image' | 'index' | 'missing' | 'missing index' | 'attestation' | 'again';
  readonly algorithm: DigestAlgorithm;
  /** The index names it for a second platform. */
  readonly isTwice: boolean;
  readonly referrers: readonly Leaf[];
  /** Of an index. */
  readonly entries: readonly Entry[];
}

interface Image {
  readonly algorithm: DigestAlgorithm;
  readonly entries: readonly Entry[];
  readonly referrers: readonly Leaf[];
}

const algorithm = fc.constantFrom<DigestAlgorithm>('sha256', 'sha256', 'sha512');
const { leaf } = fc.letrec<{ readonly leaf: Leaf }>((tie) => ({
  leaf: fc.record({
    algorithm,
    below: fc.oneof({ maxDepth: 3 }, fc.constant([]), fc.array(tie('leaf'), { maxLength: 2 })),
  }),
}));
const referrers = fc.array(leaf, { maxLength: 2 });
const { entries } = fc.letrec<{ readonly entry: Entry; readonly entries: readonly Entry[] }>((tie) => ({
  entry: fc.record({
    kind: fc.constantFrom('image', 'image', 'index', 'index', 'missing', 'missing index', 'attestation', 'again'),
    algorithm,
    isTwice: fc.boolean(),
    referrers,
    entries: fc.oneof({ maxDepth: 3 }, fc.constant([]), tie('entries')),
  }),
  entries: fc.array(tie('entry'), { maxLength: 4 }),
}));
const image: fc.Arbitrary<Image> = fc.record({ algorithm, entries, referrers });

/** What a listing shows of a subject or a referrer: which it is, and what is below it. */
type Shape = readonly [digest: Digest, missing: boolean, referrers: readonly Shape[], children: readonly Shape[]];

/** What an entry names, and the row that it makes. */
interface Child {
  readonly descriptor: Descriptor;
  readonly shape: Shape;
  readonly isIndex: boolean;
}

/** Pushes what a description says, each manifest another than all that were pushed before it. */
class Pusher {
  readonly #target: SampleTarget;
  readonly #byTag: boolean;
  #pushed = 0;
  #platforms = 0;
  /** Of the image that is pushed, so far. */
  readonly #children: Child[] = [];

  constructor(target: SampleTarget, byTag: boolean) {
    this.#target = target;
    this.#byTag = byTag;
  }

  async image({ algorithm, entries, referrers }: Image): Promise<Shape> {
    this.#children.length = 0;
    const { descriptor, children } = await this.#index(entries, algorithm);
    return [descriptor.digest, false, await this.#referrers(descriptor, referrers), children];
  }

  /** An index of these entries, and the rows below it. */
  async #index(
    entries: readonly Entry[],
    algorithm: DigestAlgorithm,
  ): Promise<{ readonly descriptor: Descriptor; readonly children: readonly Shape[] }> {
    const manifests: Descriptor[] = [];
    const children: Shape[] = [];
    for (const entry of entries) {
      const isRun = entry.kind !== 'attestation';
      const known = this.#children[this.#pushed % this.#children.length];
      if (entry.kind === 'again' && known === undefined) continue;
      const child = entry.kind === 'again' && known !== undefined ? known : await this.#entry(entry);
      const names = Array.from({ length: entry.isTwice && isRun ? 2 : 1 }, () => ({
        ...child.descriptor,
        platform: isRun ? this.#nextPlatform() : { os: 'unknown', architecture: 'unknown' },
      }));
      manifests.push(...names);
      // an index is one row however often it is named; a manifest is one for each platform
      const rows = child.isIndex ? (child === known ? 0 : 1) : names.length;
      if (isRun) children.push(...Array.from({ length: rows }, () => child.shape));
    }
    return { descriptor: (await this.#push({ mediaType: OCI_INDEX, manifests }, algorithm)).descriptor, children };
  }

  /** Platforms of entries that are indexes stand in them, too: nobody goes by those. */
  #nextPlatform(): Platform {
    return { os: 'linux', architecture: `a${this.#platforms++}` };
  }

  async #entry({ kind, algorithm, referrers, entries }: Entry): Promise<Child> {
    const { descriptor, children } = await this.#child(kind, algorithm, entries);
    const listed = kind === 'attestation' ? [] : await this.#referrers(descriptor, referrers);
    const shape: Shape = [descriptor.digest, kind.startsWith('missing'), listed, children];
    const child = { descriptor, shape, isIndex: kind.endsWith('index') };
    if (kind !== 'attestation') this.#children.push(child);
    return child;
  }

  async #child(
    kind: Entry['kind'],
    algorithm: DigestAlgorithm,
    entries: readonly Entry[],
  ): Promise<{ readonly descriptor: Descriptor; readonly children: readonly Shape[] }> {
    if (kind === 'index') return this.#index(entries, algorithm);
    const digest = digestOf(`missing ${this.#pushed++}`, algorithm);
    const mediaType = kind === 'missing index' ? OCI_INDEX : OCI_MANIFEST;
    if (kind.startsWith('missing')) return { descriptor: { mediaType, digest, size: 500 }, children: [] };
    const inner = { mediaType: OCI_MANIFEST, config: EMPTY_DESCRIPTOR, layers: [EMPTY_DESCRIPTOR] };
    return { descriptor: (await this.#push(inner, algorithm)).descriptor, children: [] };
  }

  async #referrers(of: Descriptor, leaves: readonly Leaf[]): Promise<readonly Shape[]> {
    const pushed = await inTurn(leaves, async ({ algorithm, below }) => {
      const layers = [EMPTY_DESCRIPTOR];
      const artifact = { mediaType: OCI_MANIFEST, artifactType: 'a/b', config: EMPTY_DESCRIPTOR, layers };
      const { descriptor } = await this.#push({ ...artifact, subject: plainDescriptorOf(of) }, algorithm);
      const shape: Shape = [descriptor.digest, false, await this.#referrers(descriptor, below), []];
      return { descriptor, shape };
    });
    const entries = pushed.map(({ descriptor }) => ({ ...descriptor, artifactType: 'a/b' }));
    if (this.#byTag && entries.length > 0) await pushFallbackList(this.#target, of, entries);
    return sorted(pushed.map(({ shape }) => shape));
  }

  #push(manifest: { readonly mediaType: string; readonly [key: string]: unknown }, algorithm: DigestAlgorithm) {
    const annotations = { n: `${this.#pushed++}` };
    return pushSampleManifest(this.#target, { schemaVersion: 2, ...manifest, annotations }, { algorithm });
  }
}

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

function sorted(shapes: readonly Shape[]): readonly Shape[] {
  return shapes.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function shapeOf({ descriptor, missing, referrers, children }: SubjectNode): Shape {
  return [descriptor.digest, missing, sorted(referrers.map(shapeOfRow)), children.map(shapeOf)];
}

function shapeOfRow({ descriptor, verified, referrers }: Referrer): Shape {
  assert.ok(verified);
  return [descriptor.digest, false, sorted(referrers.map(shapeOfRow)), []];
}

describe('a deep list of an image against a model', () => {
  for (const api of [true, false]) {
    it(`finds all of any index, ${api ? 'over the API' : 'over tags'}: nested and sparse ones, manifests and indexes named again anywhere, sha512`, async (t) => {
      const { registry, target, store, list } = await startListing(t, { referrersApi: api });
      await pushSampleBlob(target, EMPTY_BLOB);
      const pusher = new Pusher(target, !api);
      const check = async (described: Image, page: number): Promise<void> => {
        registry.quirks.referrersPageSize = page;
        const expected = await pusher.image(described);
        const root = { mediaType: OCI_INDEX, digest: expected[0], size: 0 };
        const tree = await list(root, { store, depth: Number.POSITIVE_INFINITY });
        assert.deepEqual([tree.unread, tree.complete], [[], true]);
        assert.deepEqual(shapeOf(tree.root), expected);
      };
      const property = fc.asyncProperty(image, fc.integer({ min: 1, max: 3 }), check);
      await fc.assert(property, { numRuns: 30 });
    });
  }
});
