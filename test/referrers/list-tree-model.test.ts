import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EMPTY_BLOB, EMPTY_DESCRIPTOR } from '../../src/oci/artifact-manifest.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
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

/** An entry of the image's index. */
interface Entry {
  /** `missing`: the registry does not hold it (a sparse index). `attestation`: nothing that can be run. */
  readonly kind: 'image' | 'index' | 'missing' | 'attestation';
  readonly algorithm: DigestAlgorithm;
  /** The index names it for a second platform. */
  readonly isTwice: boolean;
  readonly referrers: readonly Leaf[];
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
const image: fc.Arbitrary<Image> = fc.record({
  algorithm,
  entries: fc.array(
    fc.record({
      kind: fc.constantFrom('image', 'image', 'index', 'missing', 'attestation'),
      algorithm,
      isTwice: fc.boolean(),
      referrers,
    }),
    { maxLength: 4 },
  ),
  referrers,
});

/** What a listing shows of a subject or a referrer: which it is, and what is below it. */
type Shape = readonly [digest: Digest, missing: boolean, referrers: readonly Shape[], children: readonly Shape[]];

/** Pushes what a description says, each manifest another than all that were pushed before it. */
class Pusher {
  readonly #target: SampleTarget;
  readonly #byTag: boolean;
  #pushed = 0;

  constructor(target: SampleTarget, byTag: boolean) {
    this.#target = target;
    this.#byTag = byTag;
  }

  async image({ algorithm, entries, referrers }: Image): Promise<Shape> {
    const held = await inTurn(entries, (entry) => this.#entry(entry));
    const named = entries.flatMap(({ kind, isTwice }, i) => {
      const child = held[i];
      const isRun = kind !== 'attestation';
      return child === undefined ? [] : Array.from({ length: isTwice && isRun ? 2 : 1 }, () => ({ ...child, isRun }));
    });
    const manifests = named.map(({ descriptor, isRun }, i) => ({
      ...descriptor,
      platform: isRun ? { os: 'linux', architecture: `a${i}` } : { os: 'unknown', architecture: 'unknown' },
    }));
    const { descriptor } = await this.#push({ mediaType: OCI_INDEX, manifests }, algorithm);
    const children = named.filter(({ isRun }) => isRun).map(({ shape }) => shape);
    return [descriptor.digest, false, await this.#referrers(descriptor, referrers), children];
  }

  async #entry({ kind, algorithm, referrers }: Entry): Promise<{ descriptor: Descriptor; shape: Shape }> {
    const descriptor = await this.#child(kind, algorithm);
    const listed = kind === 'attestation' ? [] : await this.#referrers(descriptor, referrers);
    return { descriptor, shape: [descriptor.digest, kind === 'missing', listed, []] };
  }

  async #child(kind: Entry['kind'], algorithm: DigestAlgorithm): Promise<Descriptor> {
    const digest = digestOf(`missing ${this.#pushed++}`, algorithm);
    if (kind === 'missing') return { mediaType: OCI_MANIFEST, digest, size: 500 };
    const inner = { mediaType: OCI_MANIFEST, config: EMPTY_DESCRIPTOR, layers: [EMPTY_DESCRIPTOR] };
    if (kind !== 'index') return (await this.#push(inner, algorithm)).descriptor;
    const { descriptor } = await this.#push(inner, 'sha256');
    const platform = { os: 'linux', architecture: 'inner' };
    return (await this.#push({ mediaType: OCI_INDEX, manifests: [{ ...descriptor, platform }] }, algorithm)).descriptor;
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
    it(`finds all of any index, ${api ? 'over the API' : 'over tags'}: nested and sparse ones, platforms named twice, sha512 anywhere`, async (t) => {
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
