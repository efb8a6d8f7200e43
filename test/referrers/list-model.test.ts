import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EMPTY_BLOB, EMPTY_DESCRIPTOR } from '../../src/oci/artifact-manifest.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { plainDescriptorOf } from '../../src/oci/manifest.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { matchesFilter, type ReferrerFilter } from '../../src/referrers/filter.ts';
import { listReferrers } from '../../src/referrers/list-referrers.ts';
import type { Referrer } from '../../src/referrers/types.ts';
import { fc } from '../support/fast-check.ts';
import { pushFallbackList, startListing } from '../support/listing.ts';
import { pushSampleBlob, pushSampleImage, pushSampleManifest, type SampleTarget } from '../support/sample-image.ts';

/** One artifact of a random graph. */
interface Node {
  /** What it refers to: 0 is the image, i the i-th artifact; always one that stands before it. */
  readonly subject: number;
  readonly type: string | undefined;
  readonly annotation: string | undefined;
  /** An index in place of an artifact manifest. */
  readonly isIndex: boolean;
  /** Which lists have it, and whether they tell its type and annotations right. */
  readonly inTag: boolean;
  readonly isWrong: boolean;
  /** The list at the tag has it twice, once with a type and annotations that are made up. */
  readonly isDoubled: boolean;
  /** Whose list at the tag names it though it refers to something else: 0 the image's, i that of the i-th artifact. */
  readonly lie: number | undefined;
}

const TYPES = ['application/spdx+json', 'application/sarif+json', 'a/b'];

const graph: fc.Arbitrary<readonly Node[]> = fc
  .array(
    fc.record({
      subject: fc.nat(),
      type: fc.option(fc.constantFrom(...TYPES), { nil: undefined }),
      annotation: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
      isIndex: fc.boolean(),
      inTag: fc.boolean(),
      isWrong: fc.boolean(),
      isDoubled: fc.boolean(),
      lie: fc.option(fc.nat(), { nil: undefined }),
    }),
    { maxLength: 9 },
  )
  .map((nodes) => nodes.map((node, i) => ({ ...node, subject: node.subject % (i + 1) })))
  // an artifact may be named by the list of what refers to it: a circle, which hashes alone do not allow
  .map((nodes) =>
    nodes.map((node) => ({ ...node, lie: node.lie === undefined ? undefined : node.lie % (nodes.length + 1) })),
  );

const filters: fc.Arbitrary<ReferrerFilter> = fc.record({
  artifactTypes: fc.subarray([...TYPES, 'application/*'], { maxLength: 2 }),
  annotations: fc.oneof(fc.constant([]), fc.constant([{ key: 'k' }]), fc.constant([{ key: 'k', value: 'x' }])),
});

/** A registry that filters by a wrong list is asked again only when nothing is left: it has tests of its own. */
const FILTER_STYLES = ['applied', 'ignored', 'claimed', 'silent'] as const;

type Shape = readonly [row: Descriptor, selected: boolean, below: readonly Shape[]];

async function pushNode(target: SampleTarget, node: Node, i: number, subject: Descriptor): Promise<Descriptor> {
  const parts = {
    ...(node.type !== undefined && { artifactType: node.type }),
    subject: plainDescriptorOf(subject),
    annotations: { n: `${i}`, ...(node.annotation !== undefined && { k: node.annotation }) },
  };
  const manifest = node.isIndex
    ? { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [], ...parts }
    : { schemaVersion: 2, mediaType: OCI_MANIFEST, config: EMPTY_DESCRIPTOR, layers: [EMPTY_DESCRIPTOR], ...parts };
  const { descriptor } = await pushSampleManifest(target, manifest);
  return {
    ...descriptor,
    ...(parts.artifactType !== undefined && { artifactType: parts.artifactType }),
    annotations: parts.annotations,
  };
}

/** What a listing has to show, by the simplest way of saying it. */
function model(nodes: readonly Node[], pushed: readonly Descriptor[], filter: ReferrerFilter, depth: number): Shape[] {
  const below = (subject: number, level: number): Shape[] =>
    nodes.flatMap((node, i): Shape[] => {
      const row = pushed[i];
      if (node.subject !== subject || row === undefined || level > depth) return [];
      const rows = below(i + 1, level + 1);
      const selected = matchesFilter(row, filter);
      return selected || rows.length > 0 ? [[row, selected, rows]] : [];
    });
  return sorted(below(0, 1));
}

function shapeOf(rows: readonly Referrer[]): Shape[] {
  return sorted(rows.map((row): Shape => [row.descriptor, row.selected, shapeOf(row.referrers)]));
}

function sorted(shapes: readonly Shape[]): Shape[] {
  return shapes
    .map(([row, selected, below]): Shape => [row, selected, sorted(below)])
    .toSorted(([a], [b]) => (a.digest < b.digest ? -1 : 1));
}

/** What the list of `subject` at its tag says of an artifact: nothing, itself, itself twice, or what is not so. */
function entriesAt(subject: number, node: Node, pushed: Descriptor, api: boolean): Descriptor[] {
  const copies = node.isDoubled ? [pushed, { ...pushed, artifactType: 'a/twice', annotations: {} }] : [pushed];
  const own = node.subject === subject && (!api || node.inTag) ? copies : [];
  return node.lie === subject ? [pushed, ...own] : own;
}

describe('listReferrers against a model', () => {
  for (const api of [true, false]) {
    it(`lists any graph as the model does, ${api ? 'over the API and tags with wrong entries' : 'over tags alone'}: circles, doubles and lies left out`, async (t) => {
      const { registry, target, store } = await startListing(t, { referrersApi: api });
      let runs = 0;
      const check = async (nodes: readonly Node[], filter: ReferrerFilter, depth: number, page: number) => {
        await pushSampleBlob(target, EMPTY_BLOB);
        registry.quirks.referrersPageSize = page;
        registry.quirks.referrersFilter = FILTER_STYLES[runs % FILTER_STYLES.length];
        const image = await pushSampleImage(target, { name: `image ${runs++}` });
        const pushed: Descriptor[] = [];
        for (const [i, node] of nodes.entries()) {
          const subject = node.subject === 0 ? image.descriptor : pushed[node.subject - 1]!;
          pushed.push(await pushNode(target, node, i, subject));
        }
        const wrong = new Set(nodes.flatMap((node, i) => (node.isWrong ? [pushed[i]!.digest] : [])));
        const listed = (entry: object): unknown =>
          wrong.has((entry as Descriptor).digest) ? { ...entry, artifactType: 'a/wrong', annotations: {} } : entry;
        registry.quirks.referrersEntry = listed;
        for (const subject of new Set(nodes.flatMap((node) => [node.subject, node.lie ?? 0]))) {
          const entries = nodes.flatMap((node, i) => entriesAt(subject, node, pushed[i]!, api).map(listed));
          if (entries.length === 0 && nodes.length % 2 === 0) continue; // a list with nothing in it, or no list
          await pushFallbackList(target, subject === 0 ? image.descriptor : pushed[subject - 1]!, entries);
        }
        const tree = await listReferrers({ store, target: image.descriptor.digest, filter, depth });
        assert.deepEqual(tree.unread, []);
        assert.deepEqual(shapeOf(tree.root.referrers), model(nodes, pushed, filter, depth));
      };
      const depths = fc.constantFrom(1, 2, 3, Number.POSITIVE_INFINITY);
      const property = fc.asyncProperty(graph, filters, depths, fc.integer({ min: 1, max: 4 }), check);
      await fc.assert(property, { numRuns: 40 });
    });
  }
});
