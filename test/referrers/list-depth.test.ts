import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RegistryResponse } from '../../src/embedded/exchange.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { type Digest, digestOf } from '../../src/oci/digest.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { countRequests, digestsOf, pushFallbackList, rowsOf, startListing } from '../support/listing.ts';
import { pushSampleImage, pushSampleReferrer } from '../support/sample-image.ts';

const ALL = { depth: Number.POSITIVE_INFINITY };

function entry(digest: Digest): Descriptor {
  return { mediaType: OCI_MANIFEST, digest, size: 100 };
}

/** The answer of a referrers API that lists these. */
function listOf(digests: readonly Digest[]): RegistryResponse {
  const body = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: digests.map(entry) });
  return { status: 200, headers: { 'content-type': OCI_INDEX }, body: new TextEncoder().encode(body) };
}

function subjectOf(path: string): string | undefined {
  return /\/referrers\/(.*)$/.exec(path)?.[1];
}

/** Nodes of a graph that nobody ever pushed. */
function node(name: string): Digest {
  return digestOf(name);
}

describe('listReferrers: referrers of referrers', () => {
  it('follows them to the depth that is asked for', async (t) => {
    const { target, list } = await startListing(t);
    let { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    const chain: Digest[] = [];
    for (let i = 0; i < 4; i++) {
      ({ descriptor } = await pushSampleReferrer(target, descriptor, { content: `${i}` }));
      chain.push(descriptor.digest);
    }
    for (const depth of [1, 2, 3, 4, 5]) {
      assert.deepEqual(digestsOf(await list('v1', { depth })), chain.slice(0, depth), `depth ${depth}`);
    }
    const tree = await list('v1', ALL);
    assert.deepEqual([digestsOf(tree), tree.complete], [chain, true]);
    const subjects = rowsOf(tree).map(({ subject }) => subject);
    assert.deepEqual(subjects, [tree.root.descriptor.digest, ...chain.slice(0, 3)]);
  });

  it('follows them over the referrers tag', async (t) => {
    const { target, list } = await startListing(t, { referrersApi: false });
    const image = await pushSampleImage(target, { tag: 'v1' });
    const sbom = await pushSampleReferrer(target, image.descriptor, { content: 'sbom' });
    const signature = await pushSampleReferrer(target, sbom.descriptor, { content: 'signature' });
    await pushFallbackList(target, image.descriptor, [sbom.descriptor]);
    await pushFallbackList(target, sbom.descriptor, [signature.descriptor]);
    const tree = await list('v1', ALL);
    assert.deepEqual([digestsOf(tree), tree.complete], [[sbom.descriptor.digest, signature.descriptor.digest], true]);
  });

  for (const depth of [0, -1, 1.5, Number.NaN, Number.NEGATIVE_INFINITY]) {
    it(`refuses depth ${depth}, which would look nowhere`, async (t) => {
      const { target, list } = await startListing(t);
      await pushSampleImage(target, { tag: 'v1' });
      await assert.rejects(list('v1', { depth }), { code: 'input-invalid' });
    });
  }

  it('names a deeper source that could not be read, with its subject', async (t) => {
    const { registry, target, list } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    const sbom = await pushSampleReferrer(target, image.descriptor);
    registry.quirks.failure = {
      status: 500,
      match: ({ path }) => path.endsWith(`/referrers/${sbom.descriptor.digest}`),
    };
    const tree = await list('v1', ALL);
    assert.deepEqual(digestsOf(tree), [sbom.descriptor.digest]);
    assert.deepEqual(
      tree.unread.map(({ source, subject, code }) => [source, subject, code]),
      [['api', sbom.descriptor.digest, 'server-error']],
    );
  });

  it('ends a circle A to B to A', async (t) => {
    const { registry, target, list } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    const [a, b] = [node('a'), node('b')];
    const lists = new Map<string, Digest[]>([
      [image.descriptor.digest, [a]],
      [a, [b]],
      [b, [a]],
    ]);
    registry.quirks.intercept = ({ path }) => {
      const subject = subjectOf(path);
      return subject === undefined ? undefined : listOf(lists.get(subject) ?? []);
    };
    const tree = await list('v1', { ...ALL, verify: false, sources: ['api'] });
    assert.deepEqual(digestsOf(tree), [a, b]);
    assert.equal(countRequests(registry)['referrers'], 3);
  });

  it('ends a circle that leads back to the image', async (t) => {
    const { registry, target, list } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    const own = image.descriptor.digest;
    registry.quirks.intercept = ({ path }) => (subjectOf(path) === undefined ? undefined : listOf([own, node('a')]));
    const tree = await list('v1', { ...ALL, verify: false, sources: ['api'] });
    assert.equal(countRequests(registry)['referrers'], 2);
    assert.deepEqual(digestsOf(tree), [own, node('a'), own]);
  });

  it('shows what two rows share under both, and never below the depth', async (t) => {
    const { registry, target, list } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    const [a, b, c, d] = [node('a'), node('b'), node('c'), node('d')];
    const lists = new Map<string, Digest[]>([
      [image.descriptor.digest, [a, b]],
      [a, [b]],
      [b, [c]],
      [c, [d]],
    ]);
    registry.quirks.intercept = ({ path }) => {
      const subject = subjectOf(path);
      return subject === undefined ? undefined : listOf(lists.get(subject) ?? []);
    };
    const shown = async (depth: number): Promise<readonly Digest[]> =>
      digestsOf(await list('v1', { depth, verify: false, sources: ['api'] }));
    assert.deepEqual(await shown(2), [a, b, b, c]);
    assert.deepEqual(await shown(3), [a, b, c, b, c, d]);
    assert.deepEqual(await shown(4), [a, b, c, d, b, c, d]);
  });

  it('ends a graph whose layers all name one another with page-limit', async (t) => {
    const { registry, target, list } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    const layerOf = (number: number): Digest[] => Array.from({ length: 12 }, (_, i) => node(`${number} ${i}`));
    const levels = new Map<string, number>([[image.descriptor.digest, 0]]);
    for (let level = 1; level <= 20; level++) for (const digest of layerOf(level)) levels.set(digest, level);
    registry.quirks.intercept = ({ path }) => {
      const subject = subjectOf(path);
      return subject === undefined ? undefined : listOf(layerOf((levels.get(subject) ?? 0) + 1));
    };
    await assert.rejects(list('v1', { ...ALL, verify: false, sources: ['api'] }), {
      code: 'page-limit',
      message: /more than 250000 rows/,
    });
    assert.equal(countRequests(registry)['referrers'], 1 + 21 * 12);
  });

  it('ends a chain of digests that are made up as it goes with page-limit', async (t) => {
    const { registry, target, list } = await startListing(t);
    await pushSampleImage(target, { tag: 'v1' });
    registry.quirks.intercept = ({ path }) => {
      const subject = subjectOf(path);
      return subject === undefined ? undefined : listOf([node(subject)]);
    };
    await assert.rejects(list('v1', { ...ALL, verify: false, sources: ['api'] }), {
      code: 'page-limit',
      message: /beyond 32 levels/,
    });
    assert.equal(countRequests(registry)['referrers'], 33);
    const tree = await list('v1', { depth: 5, verify: false, sources: ['api'] });
    assert.equal(digestsOf(tree).length, 5);
  });

  it('ends a level of more subjects than anybody has with page-limit, before it asks for them', async (t) => {
    const { registry, target, list } = await startListing(t);
    await pushSampleImage(target, { tag: 'v1' });
    const many = listOf(Array.from({ length: 20_001 }, (_, i) => node(`${i}`)));
    registry.quirks.intercept = ({ path }) => (subjectOf(path) === undefined ? undefined : many);
    await assert.rejects(list('v1', { ...ALL, verify: false, sources: ['api'] }), {
      code: 'page-limit',
      message: /more than 20000 referrers would be followed/,
    });
    assert.equal(countRequests(registry)['referrers'], 1);
  });
});
