import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import { EMPTY_BLOB, EMPTY_DESCRIPTOR } from '../../src/oci/artifact-manifest.ts';
import type { Descriptor, Platform } from '../../src/oci/descriptor.ts';
import { plainDescriptorOf } from '../../src/oci/manifest.ts';
import { DOCKER_LIST, DOCKER_MANIFEST, OCI_IMAGE_CONFIG, OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import type { SubjectNode } from '../../src/referrers/types.ts';
import { codesOf, countRequests, digestsOf, rowsOf, startListing } from '../support/listing.ts';
import { pushNestedImage } from '../support/nested-image.ts';
import {
  absentDescriptor,
  pushSampleBlob,
  pushSampleImage,
  pushSampleIndex,
  pushSampleManifest,
  pushSampleReferrer,
  type SampleTarget,
} from '../support/sample-image.ts';

const AMD64: Platform = { os: 'linux', architecture: 'amd64' };
const ARM64: Platform = { os: 'linux', architecture: 'arm64' };
const ATTESTATION = 'application/vnd.docker.attestation.manifest.v1+json';

function attestationEntry(descriptor: Descriptor, platform: Descriptor): unknown {
  return {
    ...plainDescriptorOf(descriptor),
    platform: { os: 'unknown', architecture: 'unknown' },
    annotations: {
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': platform.digest,
    },
  };
}

/** As BuildKit writes it: before 0.32 an image manifest without a subject, since then an artifact with one. */
async function pushAttestation(target: SampleTarget, platform: Descriptor, form: 'image' | 'artifact') {
  const layer = await pushSampleBlob(
    target,
    Buffer.from(`{"of":"${platform.digest}"}`),
    'application/vnd.in-toto+json',
  );
  if (form === 'image') {
    const config = await pushSampleBlob(target, Buffer.from(`{"${platform.digest}":1}`), OCI_IMAGE_CONFIG);
    return pushSampleManifest(target, { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer] });
  }
  await pushSampleBlob(target, EMPTY_BLOB);
  return pushSampleManifest(target, {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: ATTESTATION,
    config: EMPTY_DESCRIPTOR,
    layers: [layer],
    subject: plainDescriptorOf(platform),
  });
}

describe('listReferrers: platforms of an index', () => {
  it('lists the index and each platform by default, each with its own referrers', async (t) => {
    const { target, list } = await startListing(t);
    const index = await pushSampleIndex(target, { tag: 'v1' });
    const ofIndex = await pushSampleReferrer(target, index.descriptor, { content: 'index' });
    const ofArm = await pushSampleReferrer(target, index.platforms[1]!, { content: 'arm64' });
    const { root } = await list('v1');
    assert.deepEqual(root.descriptor, index.descriptor);
    assert.deepEqual(
      root.referrers.map(({ descriptor }) => descriptor.digest),
      [ofIndex.descriptor.digest],
    );
    assert.deepEqual(
      root.children.map(({ platform, missing, descriptor, referrers }) => [
        platform,
        missing,
        descriptor,
        referrers.map((row) => row.descriptor.digest),
      ]),
      [
        [AMD64, false, plainDescriptorOf(index.platforms[0]!), []],
        [ARM64, false, plainDescriptorOf(index.platforms[1]!), [ofArm.descriptor.digest]],
      ],
    );
  });

  it('looks at the named platforms only, or at the index only', async (t) => {
    const { registry, target, list } = await startListing(t);
    const index = await pushSampleIndex(target, { tag: 'v1' });
    const arm = index.platforms[1]!;
    const ofIndex = await pushSampleReferrer(target, index.descriptor, { content: 'index' });
    const ofArm = await pushSampleReferrer(target, arm, { content: 'arm64' });
    const named = await list('v1', { platforms: [{ ...ARM64, variant: 'v8' }] });
    assert.deepEqual(digestsOf(named), [ofArm.descriptor.digest]);
    assert.ok(!registry.log.some(({ path }) => path.endsWith(`/referrers/${index.descriptor.digest}`)));
    const both = await list('v1', { platforms: [ARM64], includeIndex: true });
    assert.deepEqual(digestsOf(both), [ofIndex.descriptor.digest, ofArm.descriptor.digest]);
    const none = await list('v1', { platforms: 'none' });
    assert.deepEqual([digestsOf(none), none.root.children], [[ofIndex.descriptor.digest], []]);
    assert.equal(countRequests(registry)['manifest by digest'], 1);
  });

  it('looks at a platform by every spelling that runtimes take for it', async (t) => {
    const { target, list } = await startListing(t);
    const image = await pushSampleImage(target);
    const platform: Platform = { os: 'linux', architecture: 'aarch64' };
    const manifests = [{ ...image.descriptor, platform }];
    await pushSampleManifest(target, { schemaVersion: 2, mediaType: OCI_INDEX, manifests }, { tag: 'v1' });
    const referrer = await pushSampleReferrer(target, image.descriptor);
    for (const variant of [{}, { variant: 'v8' }]) {
      const tree = await list('v1', { platforms: [{ ...ARM64, ...variant }] });
      assert.deepEqual([digestsOf(tree), tree.root.children[0]?.platform], [[referrer.descriptor.digest], platform]);
    }
  });

  it('names the platforms that are there when one is not', async (t) => {
    const { target, list, store } = await startListing(t);
    await pushSampleIndex(target, { tag: 'v1' });
    await assert.rejects(list('v1', { platforms: [{ os: 'linux', architecture: 's390x' }] }), (error) => {
      assert.ok(error instanceof CodedError);
      assert.equal(error.code, 'platform-not-found');
      assert.equal(error.message, `${store.name}:v1 has no platform linux/s390x`);
      assert.equal(error.hint, 'It has: linux/amd64, linux/arm64.');
      return true;
    });
  });

  it('takes an image with one manifest for its own platform', async (t) => {
    const { target, list } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1', platform: ARM64 });
    const referrer = await pushSampleReferrer(target, image.descriptor);
    const tree = await list('v1', { platforms: [ARM64] });
    assert.deepEqual([digestsOf(tree), tree.root.children], [[referrer.descriptor.digest], []]);
    await assert.rejects(list('v1', { platforms: [AMD64] }), { code: 'platform-not-found' });
  });

  it('looks once at a manifest that the index names for two platforms', async (t) => {
    const { registry, target, list } = await startListing(t);
    const image = await pushSampleImage(target);
    const manifests = [AMD64, ARM64].map((platform) => ({ ...image.descriptor, platform }));
    await pushSampleManifest(target, { schemaVersion: 2, mediaType: OCI_INDEX, manifests }, { tag: 'v1' });
    const referrer = await pushSampleReferrer(target, image.descriptor);
    const { root } = await list('v1', { sources: ['api'] });
    assert.deepEqual(
      root.children.map(({ platform, referrers }) => [platform, referrers.map((row) => row.descriptor.digest)]),
      [
        [AMD64, [referrer.descriptor.digest]],
        [ARM64, [referrer.descriptor.digest]],
      ],
    );
    assert.deepEqual(countRequests(registry), { 'manifest by tag': 1, 'manifest by digest': 2, referrers: 2 });
  });

  it('marks a platform that the registry lacks as missing, and still asks for its referrers', async (t) => {
    const { target, list, store } = await startListing(t);
    const riscv: Platform = { os: 'linux', architecture: 'riscv64' };
    const index = await pushSampleIndex(target, { tag: 'v1', platforms: [AMD64], missing: [riscv] });
    const absent = index.platforms[1]!;
    const referrer = await pushSampleReferrer(target, absent);
    const tree = await list('v1');
    assert.deepEqual(
      tree.root.children.map(({ platform, missing }) => [platform, missing]),
      [
        [AMD64, false],
        [riscv, true],
      ],
    );
    assert.deepEqual([digestsOf(tree), tree.complete], [[referrer.descriptor.digest], true]);
    assert.deepEqual(tree.warnings, [
      {
        code: 'platform-missing',
        message: `the index names ${absent.digest}, which ${store.name} does not hold (a sparse index)`,
        subject: absent.digest,
      },
    ]);
  });

  it('does not call a platform missing that could not be read', async (t) => {
    const { registry, target, list } = await startListing(t);
    const index = await pushSampleIndex(target, { tag: 'v1', platforms: [AMD64] });
    const digest = index.platforms[0]!.digest;
    registry.quirks.failure = { status: 500, match: ({ path }) => path.endsWith(`/manifests/${digest}`) };
    const tree = await list('v1');
    const [child] = tree.root.children;
    assert.deepEqual([child?.missing, child?.unreadable?.code], [false, 'server-error']);
    assert.deepEqual([tree.complete, tree.unread, codesOf(tree)], [false, [], ['platform-unread']]);
  });

  for (const form of ['image', 'artifact'] as const) {
    it(`lists BuildKit's attestations inside the index, as an ${form}, under their platform and not as platforms`, async (t) => {
      const { target, list } = await startListing(t);
      const amd = await pushSampleImage(target, { platform: AMD64 });
      const arm = await pushSampleImage(target, { platform: ARM64 });
      const attestation = await pushAttestation(target, amd.descriptor, form);
      const manifests = [
        { ...amd.descriptor, platform: AMD64 },
        { ...arm.descriptor, platform: ARM64 },
        attestationEntry(attestation.descriptor, amd.descriptor),
      ];
      await pushSampleManifest(target, { schemaVersion: 2, mediaType: OCI_INDEX, manifests }, { tag: 'v1' });
      const tree = await list('v1');
      assert.deepEqual(
        tree.root.children.map(({ platform, referrers }) => [platform?.architecture, referrers.length]),
        [
          ['amd64', 1],
          ['arm64', 0],
        ],
      );
      const sources = form === 'image' ? ['in-index'] : ['api', 'in-index'];
      assert.deepEqual(
        rowsOf(tree).map((row) => [row.descriptor, row.sources, row.verified]),
        [[{ ...attestation.descriptor, artifactType: ATTESTATION }, sources, true]],
      );
      assert.deepEqual(tree.warnings, []);
      const typed = await list('v1', { filter: { artifactTypes: [ATTESTATION], annotations: [] }, verify: false });
      assert.deepEqual(digestsOf(typed), [attestation.descriptor.digest]);
      const without = await list('v1', { sources: ['tag-schema'] });
      assert.deepEqual(digestsOf(without), []);
    });
  }

  it('drops an attestation inside the index whose own subject is another image', async (t) => {
    const { target, list } = await startListing(t);
    const amd = await pushSampleImage(target, { platform: AMD64 });
    const other = await pushSampleImage(target, { name: 'other' });
    const attestation = await pushAttestation(target, other.descriptor, 'artifact');
    const manifests = [
      { ...amd.descriptor, platform: AMD64 },
      attestationEntry(attestation.descriptor, amd.descriptor),
    ];
    await pushSampleManifest(target, { schemaVersion: 2, mediaType: OCI_INDEX, manifests }, { tag: 'v1' });
    const tree = await list('v1');
    assert.deepEqual([digestsOf(tree), codesOf(tree)], [[], ['subject-differs']]);
  });

  it('lists the referrers of images of docker types', async (t) => {
    const { target, list } = await startListing(t);
    const config = await pushSampleBlob(
      target,
      Buffer.from('{"os":"linux","architecture":"amd64"}'),
      'application/vnd.docker.container.image.v1+json',
    );
    const image = await pushSampleManifest(target, {
      schemaVersion: 2,
      mediaType: DOCKER_MANIFEST,
      config,
      layers: [],
    });
    const manifests = [{ ...image.descriptor, platform: AMD64 }];
    const index = await pushSampleManifest(
      target,
      { schemaVersion: 2, mediaType: DOCKER_LIST, manifests },
      { tag: 'v1' },
    );
    const ofList = await pushSampleReferrer(target, index.descriptor, { content: 'list' });
    const ofImage = await pushSampleReferrer(target, image.descriptor, { content: 'image' });
    const tree = await list('v1');
    assert.equal(tree.root.descriptor.mediaType, DOCKER_LIST);
    assert.deepEqual(digestsOf(tree), [ofList.descriptor.digest, ofImage.descriptor.digest]);
    const single = await list(image.descriptor, { platforms: [AMD64] });
    assert.deepEqual(digestsOf(single), [ofImage.descriptor.digest]);
  });

  it('lists an index of things that are no images', async (t) => {
    const { target, list } = await startListing(t);
    const odd = { ...absentDescriptor('odd'), mediaType: 'application/x-tar' };
    await pushSampleManifest(target, { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [odd] }, { tag: 'v1' });
    const tree = await list('v1');
    assert.deepEqual(
      tree.root.children.map(({ descriptor, platform, missing }) => [descriptor, platform, missing]),
      [[odd, undefined, true]],
    );
  });

  describe('inside an index that the index names', () => {
    const shape = ({ platform, isNestedIndex, children }: SubjectNode): unknown => [
      isNestedIndex === true ? 'nested index' : platform?.architecture,
      ...children.map(shape),
    ];

    it('stand below it, and each of all these has its own referrers', async (t) => {
      const { registry, target, list } = await startListing(t);
      const image = await pushNestedImage(target);
      const { index, nested, amd64, s390x } = image;
      for (const one of [index, nested, amd64, s390x])
        await pushSampleReferrer(target, one, { content: `"${one.digest}"` });
      const tree = await list('v1', { sources: ['api'] });
      assert.deepEqual(tree.root.children.map(shape), [['amd64'], ['nested index', ['arm64'], ['s390x']]]);
      assert.deepEqual(
        rowsOf(tree).map(({ subject }) => subject),
        [index, amd64, nested, s390x].map(({ digest }) => digest),
      );
      assert.deepEqual(countRequests(registry), { 'manifest by tag': 1, 'manifest by digest': 4 + 4, referrers: 5 });
      assert.deepEqual([tree.complete, tree.warnings], [true, []]);
    });

    it('are found by name, without what else is there', async (t) => {
      const { registry, target, list } = await startListing(t);
      const { s390x, nested } = await pushNestedImage(target, { hint: ARM64 });
      const referrer = await pushSampleReferrer(target, s390x);
      const tree = await list('v1', { platforms: [{ os: 'linux', architecture: 's390x' }], sources: ['api'] });
      assert.deepEqual([tree.root.children.map(shape), digestsOf(tree)], [[['s390x']], [referrer.descriptor.digest]]);
      assert.ok(!registry.log.some(({ path }) => path.endsWith(`/referrers/${nested.digest}`)));
      const index = await list('v1', { platforms: 'none' });
      assert.deepEqual([index.root.children, countRequests(registry)['manifest by digest']], [[], undefined]);
    });

    it('are not known where it cannot be read: the list is incomplete, also of one that is named', async (t) => {
      const { registry, target, list } = await startListing(t);
      const { nested } = await pushNestedImage(target);
      registry.quirks.failure = { status: 500, match: ({ path }) => path.endsWith(`/manifests/${nested.digest}`) };
      for (const [platforms, architectures] of [
        ['all', ['amd64']],
        [[AMD64], ['amd64']],
        [[ARM64], []],
      ] as const) {
        const tree = await list('v1', { platforms, verify: false });
        assert.deepEqual(tree.root.children.map(shape), [...architectures.map((one) => [one]), ['nested index']]);
        assert.deepEqual([tree.complete, codesOf(tree)], [false, ['platform-unread']]);
        assert.equal(tree.root.children.at(-1)?.unreadable?.code, 'server-error');
      }
    });

    it('are not known where the registry lacks it, which is said', async (t) => {
      const { target, list } = await startListing(t);
      const { nested } = await pushNestedImage(target, { isHeld: false });
      const referrer = await pushSampleReferrer(target, nested);
      const tree = await list('v1');
      assert.deepEqual(
        tree.root.children.map(({ missing }) => missing),
        [false, true],
      );
      assert.deepEqual([codesOf(tree), digestsOf(tree)], [['platform-missing'], [referrer.descriptor.digest]]);
    });

    it('have the attestations of BuildKit that stand beside them there', async (t) => {
      const { target, list } = await startListing(t);
      const inside = await pushSampleImage(target, { platform: ARM64 });
      const attestation = await pushAttestation(target, inside.descriptor, 'image');
      await pushNestedImage(target, { more: ({ arm64 }) => [attestationEntry(attestation.descriptor, arm64)] });
      const tree = await list('v1');
      assert.deepEqual(tree.root.children.map(shape), [['amd64'], ['nested index', ['arm64'], ['s390x']]]);
      assert.deepEqual(
        rowsOf(tree).map(({ subject, sources }) => [subject, sources]),
        [[inside.descriptor.digest, ['in-index']]],
      );
    });
  });
});
