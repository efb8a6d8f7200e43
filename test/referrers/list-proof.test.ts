import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EMPTY_BLOB, EMPTY_DESCRIPTOR } from '../../src/oci/artifact-manifest.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { type Digest, digestOf } from '../../src/oci/digest.ts';
import { plainDescriptorOf } from '../../src/oci/manifest.ts';
import { OCI_ARTIFACT_MANIFEST, OCI_EMPTY, OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { codesOf, digestsOf, pushFallbackList, rowsOf, startListing, unreadOf } from '../support/listing.ts';
import {
  absentDescriptor,
  pushSampleBlob,
  pushSampleImage,
  pushSampleManifest,
  pushSampleReferrer,
} from '../support/sample-image.ts';

/** Every way in which the entry of a list can be wrong, and the words that say so. */
const WRONG: readonly [field: string, change: Partial<Record<keyof Descriptor, unknown>>, said: RegExp][] = [
  ['size', { size: 1 }, /size is \d+, listed as 1$/],
  ['mediaType', { mediaType: OCI_INDEX }, /mediaType is "[^"]*manifest\.v1\+json", listed as "[^"]*index\.v1\+json"$/],
  ['artifactType', { artifactType: 'a/b' }, /artifactType is "application\/spdx\+json", listed as "a\/b"$/],
  ['artifactType, the empty type', { artifactType: OCI_EMPTY }, /listed as "application\/vnd\.oci\.empty\.v1\+json"$/],
  ['artifactType, absent', { artifactType: undefined }, /artifactType is "application\/spdx\+json", listed as null$/],
  ['artifactType, empty', { artifactType: '' }, /listed as null$/],
  ['annotations, absent', { annotations: undefined }, /the list lacks annotation "a", "b"$/],
  ['annotations, one lost', { annotations: { a: '1' } }, /the list lacks annotation "b"$/],
  [
    'annotations, forged',
    { annotations: { a: 'x', b: '2', c: '' } },
    /invents annotation "c"; .* changes annotation "a"$/,
  ],
];

describe('listReferrers: proof from bytes', () => {
  for (const source of ['api', 'tag-schema'] as const) {
    for (const [field, change, said] of WRONG) {
      it(`takes what the manifest says where ${source} is wrong in ${field}, and says what was wrong`, async (t) => {
        const { registry, target, list } = await startListing(t, { referrersApi: source === 'api' });
        const image = await pushSampleImage(target, { tag: 'v1' });
        const { descriptor } = await pushSampleReferrer(target, image.descriptor, {
          artifactType: 'application/spdx+json',
          annotations: { a: '1', b: '2' },
        });
        if (source === 'api') registry.quirks.referrersEntry = (entry) => ({ ...entry, ...change });
        else await pushFallbackList(target, image.descriptor, [{ ...descriptor, ...change }]);
        const tree = await list('v1');
        assert.deepEqual(
          rowsOf(tree).map((row) => [row.descriptor, row.verified, row.sources]),
          [[descriptor, true, [source]]],
        );
        assert.deepEqual(codesOf(tree), ['descriptor-differs']);
        const [warning] = tree.warnings;
        assert.equal(warning?.subject, descriptor.digest);
        assert.match(warning?.message ?? '', said);
        assert.equal(tree.complete, true);
      });
    }
  }

  it('lists a descriptor without a type where the manifest has only its config to say it', async (t) => {
    const { registry, target, list } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    const config = await pushSampleBlob(target, Buffer.from('{}'), 'application/vnd.old.artifact.config+json');
    const { mediaType, digest, size } = image.descriptor;
    const manifest = {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config,
      layers: [],
      subject: { mediaType, digest, size },
    };
    await pushSampleManifest(target, manifest);
    registry.quirks.referrersEntry = ({ artifactType: _, ...entry }) => entry;
    const tree = await list('v1', { filter: { artifactTypes: [config.mediaType], annotations: [] } });
    assert.deepEqual(
      rowsOf(tree).map(({ descriptor }) => descriptor.artifactType),
      [config.mediaType],
    );
  });

  it('lists an index that is a referrer, with its type or without', async (t) => {
    const { target, list } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    const subject = plainDescriptorOf(image.descriptor);
    const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [], subject };
    const bare = await pushSampleManifest(target, index);
    const typed = await pushSampleManifest(target, { ...index, artifactType: 'a/b', annotations: { k: 'v' } });
    const tree = await list('v1');
    assert.deepEqual(
      rowsOf(tree).map(({ descriptor }) => descriptor),
      [bare.descriptor, { ...typed.descriptor, artifactType: 'a/b', annotations: { k: 'v' } }],
    );
    assert.deepEqual([tree.complete, tree.warnings], [true, []]);
  });

  it('drops what has another subject, or none, and says so', async (t) => {
    const { registry, target, list } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    const other = await pushSampleImage(target, { name: 'other' });
    const right = await pushSampleReferrer(target, image.descriptor);
    const wrong = await pushSampleReferrer(target, other.descriptor, { content: 'of another' });
    registry.quirks.referrersExtra = [wrong.descriptor, other.descriptor];
    const tree = await list('v1');
    assert.deepEqual(digestsOf(tree), [right.descriptor.digest]);
    assert.deepEqual(
      tree.warnings.map(({ code, subject, message }) => [code, subject, message]),
      [
        [
          'subject-differs',
          wrong.descriptor.digest,
          `api of ${image.descriptor.digest} lists ${wrong.descriptor.digest}, which has the subject ${other.descriptor.digest}`,
        ],
        [
          'subject-differs',
          other.descriptor.digest,
          `api of ${image.descriptor.digest} lists ${other.descriptor.digest}, which has no subject`,
        ],
      ],
    );
    assert.equal(tree.complete, true);
  });

  it('drops what the list under the tag names and has another subject, or none: nobody but the manifest says it', async (t) => {
    const { target, list } = await startListing(t, { referrersApi: false });
    const image = await pushSampleImage(target, { tag: 'v1' });
    const other = await pushSampleImage(target, { name: 'other' });
    const right = await pushSampleReferrer(target, image.descriptor);
    const wrong = await pushSampleReferrer(target, other.descriptor, { content: 'of another' });
    await pushFallbackList(target, image.descriptor, [wrong.descriptor, right.descriptor, other.descriptor]);
    const tree = await list('v1');
    assert.deepEqual(digestsOf(tree), [right.descriptor.digest]);
    const ofTag = `tag-schema of ${image.descriptor.digest} lists`;
    assert.deepEqual(
      tree.warnings.map(({ message }) => message),
      [
        `${ofTag} ${wrong.descriptor.digest}, which has the subject ${other.descriptor.digest}`,
        `${ofTag} ${other.descriptor.digest}, which has no subject`,
      ],
    );
    assert.equal(tree.complete, true);
  });

  it('makes no row of an entry that is no descriptor and whose manifest cannot be read: the list is incomplete', async (t) => {
    const { registry, target, list } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    const { descriptor } = await pushSampleReferrer(target, image.descriptor);
    registry.quirks.referrersEntry = (entry) => ({ ...entry, size: 'large' });
    assert.deepEqual(digestsOf(await list('v1')), [descriptor.digest]);
    registry.quirks.failure = { status: 500, match: ({ path }) => path.endsWith(`/manifests/${descriptor.digest}`) };
    const tree = await list('v1');
    assert.deepEqual([digestsOf(tree), unreadOf(tree), tree.complete], [[], ['api: server-error'], false]);
  });

  it('drops everything of an API that answers with the list of another subject', async (t) => {
    const { registry, target, list } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    const other = await pushSampleImage(target, { name: 'other' });
    await pushSampleReferrer(target, other.descriptor);
    registry.quirks.intercept = async ({ path }) => {
      if (!path.endsWith(`/referrers/${image.descriptor.digest}`)) return undefined;
      const answer = await fetch(registry.url + path.replace(image.descriptor.digest, other.descriptor.digest));
      return { status: 200, headers: { 'content-type': OCI_INDEX }, body: new Uint8Array(await answer.arrayBuffer()) };
    };
    const tree = await list('v1');
    assert.deepEqual([digestsOf(tree), codesOf(tree)], [[], ['subject-differs']]);
  });

  it('leaves out an entry that the registry does not hold, and says so', async (t) => {
    const { registry, target, list, store } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    const held = await pushSampleReferrer(target, image.descriptor);
    const gone = absentDescriptor('referrer');
    registry.quirks.referrersExtra = [gone];
    const tree = await list('v1');
    assert.deepEqual([digestsOf(tree), tree.complete], [[held.descriptor.digest], true]);
    assert.deepEqual(tree.warnings, [
      {
        code: 'referrer-missing',
        message: `api of ${image.descriptor.digest} names ${gone.digest}, which ${store.name} does not hold`,
        subject: gone.digest,
      },
    ]);
  });

  it('leaves out a manifest that is none, its bytes being right, and lists the others', async (t) => {
    const { target, list } = await startListing(t, { manifestChecks: false });
    const image = await pushSampleImage(target, { tag: 'v1' });
    const good = await pushSampleReferrer(target, image.descriptor);
    const broken = await pushSampleManifest(target, {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: EMPTY_DESCRIPTOR,
      layers: 'none',
      subject: plainDescriptorOf(image.descriptor),
    });
    await pushFallbackList(target, image.descriptor, [broken.descriptor, good.descriptor]);
    const tree = await list('v1');
    assert.deepEqual([digestsOf(tree), tree.complete], [[good.descriptor.digest], true]);
    const [warning] = tree.warnings.filter(({ subject }) => subject === broken.descriptor.digest);
    assert.equal(warning?.code, 'referrer-invalid');
    assert.match(warning?.message ?? '', /was left out: .*layers is not an array/);
  });

  it('takes `layers: null` for none', async (t) => {
    const { target, list } = await startListing(t, { manifestChecks: false });
    const image = await pushSampleImage(target, { tag: 'v1' });
    await pushSampleBlob(target, EMPTY_BLOB);
    const subject = plainDescriptorOf(image.descriptor);
    const manifest = {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType: 'a/b',
      config: EMPTY_DESCRIPTOR,
      layers: null,
      subject,
    };
    const pushed = await pushSampleManifest(target, manifest);
    await pushFallbackList(target, image.descriptor, [{ ...pushed.descriptor, artifactType: 'a/b' }]);
    assert.deepEqual(digestsOf(await list('v1')), [pushed.descriptor.digest]);
  });

  const FAULTS = [
    ['an error', 'server-error'],
    ['other bytes', 'digest-mismatch'],
    ['a login page', 'response-invalid'],
    ['another Content-Type', 'response-invalid'],
    ['more than a manifest', 'response-too-large'],
  ] as const;
  for (const [title, code] of FAULTS) {
    it(`keeps a referrer that answers with ${title}, unproved, in an incomplete tree`, async (t) => {
      const { registry, target, list } = await startListing(t);
      const image = await pushSampleImage(target, { tag: 'v1' });
      const { descriptor, bytes } = await pushSampleReferrer(target, image.descriptor);
      const answers = {
        'an error': { status: 500, headers: {} },
        'other bytes': { status: 200, headers: { 'content-type': OCI_MANIFEST }, body: Buffer.from(`${bytes} `) },
        'a login page': { status: 200, headers: { 'content-type': 'text/html' }, body: Buffer.from('<html>') },
        'another Content-Type': { status: 200, headers: { 'content-type': OCI_INDEX }, body: bytes },
        'more than a manifest': { status: 200, headers: {}, body: Buffer.alloc(8 * 1024 * 1024 + 1, 0x20) },
      };
      registry.quirks.intercept = ({ path }) => (path.endsWith(descriptor.digest) ? answers[title] : undefined);
      const tree = await list('v1');
      assert.deepEqual(
        rowsOf(tree).map((row) => [row.descriptor, row.verified]),
        [[descriptor, false]],
      );
      assert.deepEqual([unreadOf(tree), tree.complete], [[`api: ${code}`], false]);
      assert.deepEqual(codesOf(tree), ['referrer-unread']);
    });
  }

  it('keeps a referrer under an algorithm that cannot be computed, unproved, in an incomplete tree', async (t) => {
    const { registry, target, list } = await startListing(t);
    await pushSampleImage(target, { tag: 'v1' });
    const digest: Digest = `blake3:${'a'.repeat(64)}`;
    registry.quirks.referrersExtra = [{ mediaType: OCI_MANIFEST, digest, size: 5 }];
    registry.quirks.intercept = ({ path }) =>
      path.endsWith(digest) ? { status: 200, headers: {}, body: Buffer.from('{"a":1}') } : undefined;
    const tree = await list('v1');
    assert.deepEqual(
      rowsOf(tree).map((row) => [row.descriptor.digest, row.verified]),
      [[digest, false]],
    );
    assert.deepEqual(unreadOf(tree), ['api: digest-invalid']);
  });

  it('asks for a manifest of a type that only its list names', async (t) => {
    const { registry, target, list } = await startListing(t, { acceptSensitive: true });
    const image = await pushSampleImage(target, { tag: 'v1' });
    const subject = plainDescriptorOf(image.descriptor);
    const old = await pushSampleManifest(target, {
      mediaType: OCI_ARTIFACT_MANIFEST,
      artifactType: 'a/b',
      blobs: [],
      subject,
    });
    const odd = await pushSampleManifest(target, {
      mediaType: 'application/vnd.acme.manifest+json',
      artifactType: 'a/c',
      subject,
    });
    registry.quirks.referrersExtra = [{ ...odd.descriptor, mediaType: 'x\r\ny: z', digest: digestOf('nothing') }];
    const tree = await list('v1');
    assert.deepEqual(
      rowsOf(tree).map(({ descriptor }) => [descriptor.digest, descriptor.artifactType]),
      [
        [old.descriptor.digest, 'a/b'],
        [odd.descriptor.digest, 'a/c'],
      ],
    );
  });

  it('proves the first rows only, as many as asked, and marks the rest', async (t) => {
    const { target, list } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    for (const content of ['1', '2', '3']) await pushSampleReferrer(target, image.descriptor, { content });
    const proved = async (request: object): Promise<readonly boolean[]> =>
      rowsOf(await list('v1', request)).map(({ verified }) => verified);
    assert.deepEqual(await proved({}), [true, true, true]);
    assert.deepEqual(await proved({ verifyLimit: 2 }), [true, true, false]);
    assert.deepEqual(await proved({ verify: false }), [false, false, false]);
  });

  it('says a defect that every entry has a few times, then how often', async (t) => {
    const { target, list, registry } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    for (let i = 0; i < 9; i++)
      await pushSampleReferrer(target, image.descriptor, { content: `${i}`, annotations: { a: 'b' } });
    registry.quirks.referrersEntry = ({ annotations: _, ...entry }) => entry;
    const heard: string[] = [];
    const tree = await list('v1', { onWarning: ({ message }) => heard.push(message) });
    assert.deepEqual(codesOf(tree), Array(6).fill('descriptor-differs'));
    assert.match(tree.warnings.at(-1)?.message ?? '', /^and 4 more like the 5 before: (sha256:[0-9a-f]{64}(, )?){4}$/);
    assert.deepEqual(
      heard,
      tree.warnings.map(({ message }) => message),
    );
  });

  it('refuses an image whose index has an entry that is none', async (t) => {
    const { target, list } = await startListing(t, { manifestChecks: false });
    await pushSampleManifest(
      target,
      { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [{ mediaType: OCI_MANIFEST, size: 1 }] },
      { tag: 'v1' },
    );
    await assert.rejects(list('v1'), { code: 'manifest-invalid', message: /manifests\[0\] has no valid digest: null/ });
  });
});
