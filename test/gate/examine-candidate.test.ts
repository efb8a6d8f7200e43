import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { ByteBudget } from '../../src/gate/byte-budget.ts';
import { ByteTurns } from '../../src/gate/byte-turns.ts';
import {
  CANDIDATE_BYTES,
  CANDIDATE_DOCUMENTS,
  type Examination,
  examineCandidate,
} from '../../src/gate/examine-candidate.ts';
import { LEAST_DOCUMENT_BYTES } from '../../src/gate/read-document.ts';
import { EMPTY_BLOB } from '../../src/oci/artifact-manifest.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { plainDescriptorOf } from '../../src/oci/manifest.ts';
import { OCI_MANIFEST } from '../../src/oci/media-types.ts';
import type { EvidenceItem } from '../../src/policy/evidence-item.ts';
import { type Listing, startListing } from '../support/listing.ts';
import {
  pushSampleBlob,
  pushSampleImage,
  pushSampleManifest,
  pushSampleReferrer,
  type SampleImage,
} from '../support/sample-image.ts';

interface Scene extends Listing {
  readonly image: SampleImage;
}

async function startScene(t: TestContext): Promise<Scene> {
  const listing = await startListing(t);
  return { ...listing, image: await pushSampleImage(listing.target) };
}

/** A referrer whose manifest has about so many bytes. */
function pushLarge({ target, image }: Scene, name: string, bytes: number): Promise<SampleImage> {
  return pushSampleReferrer(target, image.descriptor, { annotations: { name, padding: '-'.repeat(bytes) } });
}

/** A referrer with so many layers of two bytes. */
async function pushLayers({ target, image }: Scene, count: number): Promise<Descriptor> {
  const layer = await pushSampleBlob(target, Buffer.from('{}'), 'application/json');
  const config = await pushSampleBlob(target, EMPTY_BLOB);
  const subject = plainDescriptorOf(image.descriptor);
  const layers = Array(count).fill(layer);
  const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, artifactType: 'a/b', config, layers, subject };
  return (await pushSampleManifest(target, manifest)).descriptor;
}

function examine(
  { store, image: { descriptor: subject } }: Scene,
  listed: Descriptor,
  budget: ByteBudget,
): Promise<readonly EvidenceItem[]> {
  const examination: Examination = {
    store,
    trusts: async () => [],
    now: new Date(),
    predicates: 'none',
    turns: new ByteTurns(1),
    budget,
    signal: new AbortController().signal,
    warn: () => undefined,
  };
  return examineCandidate({ subject, candidate: { digest: listed.digest, listed, sources: ['api'] } }, examination);
}

function told(items: readonly EvidenceItem[]): string[] {
  return items.map(({ content }) => (content.kind === 'unread' ? `unread: ${content.code}` : content.kind));
}

describe('the manifest of a candidate', () => {
  const LARGE = 100 * 1024;

  it('counts towards what the evidence of an image may have: over it nobody can say what it holds', async (t) => {
    const scene = await startScene(t);
    const budget = new ByteBudget(LARGE * 2 + LEAST_DOCUMENT_BYTES + 2000);
    const first = await pushLarge(scene, 'first', LARGE);
    assert.deepEqual(told(await examine(scene, first.descriptor, budget)), ['unsigned']);
    const second = await pushLarge(scene, 'second', LARGE);
    // its size in the list is a lie: it is read, counted, and let go
    const items = await examine(scene, { ...second.descriptor, size: 10 }, new ByteBudget(LARGE));
    assert.deepEqual(told(items), ['unread: response-too-large']);
    // its own bytes fit, those of its document do not
    assert.deepEqual(told(await examine(scene, second.descriptor, budget)), ['unread: response-too-large']);
  });

  it('is not asked for where there is no room for it', async (t) => {
    const scene = await startScene(t);
    const { descriptor } = await pushLarge(scene, 'large', LARGE);
    scene.registry.clearLog();
    const items = await examine(scene, descriptor, new ByteBudget(LARGE));
    assert.deepEqual(told(items), ['unread: response-too-large']);
    assert.deepEqual(scene.registry.log, []);
  });

  it('that a list calls huge is read all the same while there is room', async (t) => {
    const scene = await startScene(t);
    const { descriptor } = await pushLarge(scene, 'small', 10);
    const room = new ByteBudget(5 * 1024 * 1024);
    assert.deepEqual(told(await examine(scene, { ...descriptor, size: 1e12 }, room)), ['unsigned']);
  });

  it('and one document fit into what each candidate has for itself, whatever others took', async (t) => {
    const scene = await startScene(t);
    const taken = new ByteBudget(CANDIDATE_BYTES, CANDIDATE_BYTES);
    assert.equal(taken.take(1), false);
    const { descriptor } = await pushLarge(scene, 'ordinary', 2000);
    assert.deepEqual(told(await examine(scene, descriptor, taken)), ['unsigned']);
    // the next has no share any more
    const next = await pushLarge(scene, 'next', 2000);
    assert.deepEqual(told(await examine(scene, next.descriptor, taken)), ['unread: response-too-large']);
  });
});

describe('what each candidate has for itself', () => {
  it('is room for several small documents, by their bytes, whatever others took', async (t) => {
    const scene = await startScene(t);
    const taken = (): ByteBudget => new ByteBudget(CANDIDATE_BYTES, CANDIDATE_BYTES);
    assert.deepEqual(told(await examine(scene, await pushLayers(scene, 2), taken())), Array(2).fill('unsigned'));
    assert.deepEqual(
      told(await examine(scene, await pushLayers(scene, CANDIDATE_DOCUMENTS), taken())),
      Array(CANDIDATE_DOCUMENTS).fill('unsigned'),
    );
  });

  it('is no room for any number of documents: more of them count like larger ones', async (t) => {
    const scene = await startScene(t);
    const more = await pushLayers(scene, CANDIDATE_DOCUMENTS + 2);
    const states = told(
      await examine(scene, more, new ByteBudget(CANDIDATE_BYTES + LEAST_DOCUMENT_BYTES, CANDIDATE_BYTES)),
    );
    assert.deepEqual(states, [...Array(CANDIDATE_DOCUMENTS + 1).fill('unsigned'), 'unread: response-too-large']);
  });
});

describe('a candidate', () => {
  const ROOM = 64 * 1024 * 1024;

  it('with more layers than a hundred says that not all were read', async (t) => {
    const scene = await startScene(t);
    const states = async (count: number) =>
      told(await examine(scene, await pushLayers(scene, count), new ByteBudget(ROOM)));
    assert.deepEqual(await states(100), Array(100).fill('unsigned'));
    assert.deepEqual(await states(101), [...Array(100).fill('unsigned'), 'unread: page-limit']);
    const last = (await examine(scene, await pushLayers(scene, 101), new ByteBudget(ROOM))).at(-1)?.content;
    assert.ok(last?.kind === 'unread');
    assert.match(last.hint ?? '', /^Sign as referrers of their own/);
  });

  it('that could not be read is named by its digest, type and subject all the same', async (t) => {
    const scene = await startScene(t);
    const { descriptor } = await pushSampleReferrer(scene.target, scene.image.descriptor, { artifactType: 'a/b' });
    scene.registry.quirks.failure = { status: 500, match: ({ path }) => path.endsWith(descriptor.digest) };
    const listed = { ...descriptor, artifactType: 'a/b', annotations: { a: '1' } };
    const items = await examine(scene, listed, new ByteBudget(ROOM));
    assert.deepEqual(told(items), ['unread: server-error']);
    assert.partialDeepStrictEqual(items[0], {
      subject: scene.image.descriptor.digest,
      referrer: descriptor.digest,
      artifactType: 'a/b',
      annotations: { a: '1' },
      sources: ['api'],
    });
  });
});
