import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hasCode } from '../../src/errors/coded-error.ts';
import type { Warning } from '../../src/errors/warning.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { type Digest, digestOf } from '../../src/oci/digest.ts';
import { type ImageIndex, parseManifest } from '../../src/oci/manifest.ts';
import { OCI_INDEX } from '../../src/oci/media-types.ts';
import { formatPlatform } from '../../src/oci/platform.ts';
import { allNodes, leafNodes, type PlatformNode } from '../../src/referrers/platform-nodes.ts';
import { type PlatformWalk, walkPlatforms } from '../../src/referrers/walk-platforms.ts';
import type { Store } from '../../src/store/store.ts';
import { startListing } from '../support/listing.ts';
import { AMD64, ARM64, pushNestedImage } from '../support/nested-image.ts';
import { absentDescriptor } from '../support/sample-image.ts';

/** Indexes that stand nowhere but here. */
class Indexes {
  readonly reads: Digest[] = [];
  readonly warned: Warning[] = [];
  readonly #held = new Map<Digest, ImageIndex>();

  add(manifests: readonly unknown[], rest: object = {}): Descriptor {
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests, ...rest }));
    const manifest = parseManifest(bytes, { what: 'an index' });
    assert.ok(manifest.kind === 'index');
    this.#held.set(manifest.digest, manifest);
    return { mediaType: OCI_INDEX, digest: manifest.digest, size: manifest.size };
  }

  walk(manifests: readonly unknown[]): Promise<PlatformWalk> {
    const image = this.#held.get(this.add(manifests).digest);
    assert.ok(image);
    const findManifest: Store['findManifest'] = async (target) => {
      assert.ok(typeof target === 'string');
      this.reads.push(target);
      const manifest = this.#held.get(target);
      return manifest && { manifest };
    };
    const store = { name: 'a test', findManifest } as Partial<Store> as Store;
    const { signal } = new AbortController();
    return walkPlatforms(image, { store, signal, warn: (warning) => this.warned.push(warning) });
  }
}

function leaf(name: string, platform = AMD64): Descriptor {
  return { ...absentDescriptor(name), platform };
}

/** `kind platform`, of each node in order. */
function described(nodes: readonly PlatformNode[]): string[] {
  return allNodes(nodes).map(
    ({ kind, platform }) => `${kind} ${platform === undefined ? '-' : formatPlatform(platform)}`,
  );
}

describe('the platforms of an index', () => {
  it('are its entries, without any request, where none of them is an index', async () => {
    const indexes = new Indexes();
    const { nodes, presence } = await indexes.walk([leaf('a'), leaf('b', ARM64)]);
    assert.deepEqual(
      [described(nodes), indexes.reads, presence.size],
      [['platform linux/amd64', 'platform linux/arm64'], [], 0],
    );
  });

  it('are those inside of its indexes, whatever platform stands on their entries', async (t) => {
    const { target, store } = await startListing(t);
    const image = await pushNestedImage(target, { hint: { os: 'windows', architecture: 'amd64' } });
    const { manifest } = (await store.findManifest({ tag: 'v1' })) ?? {};
    assert.ok(manifest?.kind === 'index');
    const { nodes } = await walkPlatforms(manifest, {
      store,
      signal: new AbortController().signal,
      warn: ({ message }) => assert.fail(message),
    });
    assert.deepEqual(described(nodes), [
      'platform linux/amd64',
      'index windows/amd64',
      'platform linux/arm64',
      'platform linux/s390x',
    ]);
    assert.deepEqual(
      leafNodes(nodes).map(({ descriptor, within }) => [descriptor.digest, within]),
      [
        [image.amd64.digest, []],
        [image.arm64.digest, [image.nested.digest]],
        [image.s390x.digest, [image.nested.digest]],
      ],
    );
  });

  it('are found once each, and each index is read once, however many name it', async () => {
    const indexes = new Indexes();
    const low = indexes.add([leaf('a'), leaf('b', ARM64), leaf('a')]);
    const left = indexes.add([low, low], { annotations: { side: 'left' } });
    const right = indexes.add([low, leaf('a')], { annotations: { side: 'right' } });
    const { nodes } = await indexes.walk([left, right, left, low]);
    assert.deepEqual(described(nodes), [
      'index -',
      'index -',
      'platform linux/amd64',
      'platform linux/arm64',
      'index -',
    ]);
    assert.deepEqual(indexes.reads.toSorted(), [left.digest, low.digest, right.digest].toSorted());
    const a = leafNodes(nodes)[0];
    assert.deepEqual(new Set(a?.within), new Set([left.digest, low.digest, right.digest]));
  });

  it('are not those of an entry that a runtime would never choose', async () => {
    const indexes = new Indexes();
    const hidden = { ...indexes.add([leaf('a')]), platform: { os: 'unknown', architecture: 'unknown' } };
    assert.deepEqual(
      [described((await indexes.walk([hidden, leaf('b')])).nodes), indexes.reads],
      [['platform linux/amd64'], []],
    );
  });

  it('may be in an index that the registry lacks, or whose entries are broken: that stands for them', async () => {
    const indexes = new Indexes();
    const missing = { mediaType: OCI_INDEX, digest: digestOf('missing'), size: 3 };
    const broken = indexes.add([leaf('a'), { mediaType: 'a/b', digest: 'sha256:cut off', size: 7 }]);
    const { nodes, presence } = await indexes.walk([missing, broken, leaf('b')]);
    assert.deepEqual(described(nodes), ['unread-index -', 'unread-index -', 'platform linux/amd64']);
    assert.equal(presence.get(missing.digest), 'missing');
    assert.ok(hasCode(presence.get(broken.digest), 'manifest-invalid'));
    assert.deepEqual(indexes.warned.map(({ code }) => code).toSorted(), ['platform-missing', 'platform-unread']);
  });

  it('bear the attestations that stand beside them, in whichever index that is', async () => {
    const indexes = new Indexes();
    const a = leaf('a');
    const attestation = (name: string, of: Digest) => ({
      ...leaf(name, { os: 'unknown', architecture: 'unknown' }),
      annotations: { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': of },
    });
    const nested = indexes.add([a, attestation('inside', a.digest), attestation('of another', digestOf('other'))]);
    const { nodes } = await indexes.walk([
      nested,
      attestation('outside', a.digest),
      attestation('of nested', nested.digest),
    ]);
    const siblings = allNodes(nodes).map((node) => node.siblings.map(({ digest }) => digest));
    assert.deepEqual(siblings, [[digestOf('absent of nested')], [digestOf('absent inside')]]);
  });

  it('share what is known of their manifest, however often the index names it', async () => {
    const indexes = new Indexes();
    const many = 5_000;
    const { digest } = leaf('a');
    const nested = indexes.add([
      ...Array.from({ length: many }, (_, i) => leaf('a', { os: 'linux', architecture: `a${i}` })),
      ...Array.from({ length: many }, (_, i) => ({
        ...leaf(`attestation ${i}`, { os: 'unknown', architecture: 'unknown' }),
        annotations: { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': digest },
      })),
    ]);
    const leaves = leafNodes((await indexes.walk([nested])).nodes);
    const distinct = (lists: readonly (readonly unknown[])[]) => [...new Set(lists)].map(({ length }) => length);
    assert.equal(leaves.length, many);
    assert.deepEqual(distinct(leaves.map(({ siblings }) => siblings)), [many]);
    assert.deepEqual(distinct(leaves.map(({ within }) => within)), [1]);
  });

  describe('are too many', () => {
    const tooMuch = (message: RegExp) => ({ code: 'page-limit', message });

    it('beyond 8 levels, and not at 8', async () => {
      const indexes = new Indexes();
      let deep = leaf('a');
      for (let level = 0; level < 8; level++) deep = indexes.add([deep]);
      assert.equal(leafNodes((await indexes.walk([deep])).nodes).length, 1);
      await assert.rejects(indexes.walk([indexes.add([deep])]), tooMuch(/beyond 8 levels/));
    });

    it('beyond 100 indexes, before any of them is read', async () => {
      const indexes = new Indexes();
      const many = Array.from({ length: 101 }, (_, i) => indexes.add([leaf('a')], { annotations: { i: `${i}` } }));
      assert.equal(allNodes((await indexes.walk(many.slice(1))).nodes).length, 101);
      indexes.reads.length = 0;
      await assert.rejects(indexes.walk(many), tooMuch(/more than 100 indexes/));
      assert.deepEqual(indexes.reads, []);
    });

    it('beyond 20000 entries of theirs, or 64 MiB, after which hardly any more is read', async () => {
      const indexes = new Indexes();
      const wide = (i: number, rest = {}) =>
        indexes.add(
          Array.from({ length: 401 }, () => leaf('a')),
          { annotations: { i: `${i}`, ...rest } },
        );
      await assert.rejects(indexes.walk(Array.from({ length: 50 }, (_, i) => wide(i))), tooMuch(/20000 entries/));
      const large = (i: number) => indexes.add([], { annotations: { i: `${i}`, filler: 'x'.repeat(4 * 1024 * 1024) } });
      indexes.reads.length = 0;
      await assert.rejects(indexes.walk(Array.from({ length: 40 }, (_, i) => large(i))), tooMuch(/67108864 bytes/));
      assert.ok(indexes.reads.length <= 16 + 8, `${indexes.reads.length}`);
    });
  });
});
