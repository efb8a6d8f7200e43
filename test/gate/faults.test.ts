import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { jsonResponse } from '../../src/embedded/exchange.ts';
import type { Quirks } from '../../src/embedded/quirks.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import type { ImageVerdict } from '../../src/policy/verdict.ts';
import { cellsOf, judge, makeTrustedKey, rejectedStates, sampleRule, signedByKeys } from '../support/judging.ts';
import { type Listing, startListing } from '../support/listing.ts';
import {
  absentDescriptor,
  pushSampleBlob,
  pushSampleImage,
  pushSampleIndex,
  pushSampleManifest,
  pushSampleReferrer,
  type SampleImage,
} from '../support/sample-image.ts';
import { type MadeBundle, makeKeyBundle } from '../support/sigstore/make-bundle.ts';
import { makeCosignAttestation } from '../support/sigstore/make-cosign.ts';
import { makeStatement, SLSA_V1 } from '../support/sigstore/make-statement.ts';
import { pushBundle, pushCosignTag } from '../support/sigstore/push-signed.ts';

const key = makeTrustedKey();
const rules = [sampleRule({ signedBy: signedByKeys(key.trust) })];

interface Scene extends Listing {
  readonly image: SampleImage;
}

async function startScene(t: TestContext, quirks: Quirks = {}): Promise<Scene> {
  const listing = await startListing(t, quirks);
  return { ...listing, image: await pushSampleImage(listing.target, { tag: 'v1' }) };
}

function bundleFor(subject: Descriptor): Promise<MadeBundle> {
  return makeKeyBundle({ statement: makeStatement({ subject: subject.digest }), privateKey: key.privateKey });
}

async function judgeScene({ store }: Scene): Promise<ImageVerdict> {
  return (await judge(store, { tag: 'v1' }, rules, [key.trust])).verdict;
}

/** What may go wrong beside a good candidate, and what the verdict is where there is no good one. */
interface Fault {
  readonly title: string;
  readonly alone: 'fail' | 'unknown';
  /** The state of the bad candidate; absent where there is none. */
  readonly state?: string;
  readonly plant: (scene: Scene) => Promise<void>;
}

const FAULTS: readonly Fault[] = [
  {
    title: 'a list that names a manifest which is not there',
    alone: 'fail',
    state: 'invalid',
    plant: async ({ registry }) => {
      registry.quirks.referrersExtra = [{ ...absentDescriptor('gone') }];
    },
  },
  {
    title: 'an entry of the list that names no manifest',
    alone: 'unknown',
    plant: async ({ registry }) => {
      registry.quirks.referrersExtra = [null, 7, { digest: 'sha256:nothing' }];
    },
  },
  {
    title: 'a manifest about another subject, listed here',
    alone: 'fail',
    state: 'invalid',
    plant: async ({ registry, target }) => {
      const other = await pushSampleImage(target, { name: 'other' });
      const { descriptor } = await pushSampleReferrer(target, other.descriptor);
      registry.quirks.referrersExtra = [descriptor];
    },
  },
  {
    title: 'a bundle that is no JSON',
    alone: 'fail',
    state: 'invalid',
    plant: (scene) => plantBytes(scene, '{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", '),
  },
  {
    title: 'a bundle of nothing but brackets',
    alone: 'fail',
    state: 'invalid',
    plant: (scene) => plantBytes(scene, '['.repeat(100_000)),
  },
  {
    title: 'a bundle whose signature is of other bytes',
    alone: 'fail',
    state: 'invalid',
    plant: async (scene) => {
      const { json } = await bundleFor(scene.image.descriptor);
      const forged = JSON.stringify(json).replace(/"payload":"[^"]*"/, () => {
        const statement = makeStatement({ subject: scene.image.descriptor.digest, name: 'forged' });
        return `"payload":"${Buffer.from(JSON.stringify(statement)).toString('base64')}"`;
      });
      assert.notEqual(forged, JSON.stringify(json));
      await plantBytes(scene, forged);
    },
  },
  {
    title: 'the same statement by a key that nobody trusts',
    alone: 'fail',
    plant: async ({ target, image }) => {
      const statement = makeStatement({ subject: image.descriptor.digest });
      const made = await makeKeyBundle({ statement, privateKey: makeTrustedKey().privateKey });
      await pushBundle(target, image.descriptor, made);
    },
  },
  {
    title: 'the bare statement, which nobody signed',
    alone: 'fail',
    state: 'unsigned',
    plant: (scene) =>
      plantBytes(
        scene,
        JSON.stringify(makeStatement({ subject: scene.image.descriptor.digest })),
        'application/vnd.in-toto+json',
      ),
  },
  {
    title: 'a bundle larger than any is',
    alone: 'fail',
    state: 'unsupported',
    plant: (scene) => plantBytes(scene, Buffer.alloc(16 * 1024 * 1024 + 1, 0x20)),
  },
  {
    title: 'a bundle whose blob is not there',
    alone: 'unknown',
    state: 'unread',
    plant: async ({ registry, target, image }) => {
      registry.quirks.blobChecks = false;
      const layer = absentDescriptor('blob');
      await plantManifest(target, image.descriptor, { ...layer, mediaType: BUNDLE });
      registry.quirks.blobChecks = undefined;
    },
  },
  {
    title: 'a manifest whose bytes are others than its digest says',
    alone: 'unknown',
    state: 'unread',
    plant: async ({ registry, target, image }) => {
      const { descriptor } = await pushSampleReferrer(target, image.descriptor);
      registry.quirks.bodyFault = { kind: 'flip', match: ({ path }) => path.endsWith(descriptor.digest) };
    },
  },
  {
    title: 'a manifest that cannot be read',
    alone: 'unknown',
    state: 'unread',
    plant: async ({ registry, target, image }) => {
      const { descriptor } = await pushSampleReferrer(target, image.descriptor);
      registry.quirks.failure = { status: 500, match: ({ path }) => path.endsWith(descriptor.digest) };
    },
  },
  {
    title: 'a thousand and more junk referrers',
    alone: 'unknown',
    plant: async ({ registry }) => {
      registry.quirks.referrersExtra = Array.from({ length: 1200 }, (_, i) => ({
        ...absentDescriptor(`junk ${i}`),
        artifactType: 'application/vnd.junk',
      }));
    },
  },
];

const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

async function plantBytes({ target, image }: Scene, content: string | Uint8Array, type = BUNDLE): Promise<void> {
  const layer = await pushSampleBlob(target, Buffer.from(content), type);
  await plantManifest(target, image.descriptor, layer);
}

async function plantManifest(target: Scene['target'], subject: Descriptor, layer: Descriptor): Promise<void> {
  const config = await pushSampleBlob(target, Buffer.from('{}'), 'application/vnd.oci.empty.v1+json');
  const { mediaType, digest, size } = subject;
  await pushSampleManifest(target, {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    artifactType: layer.mediaType,
    config,
    layers: [layer],
    subject: { mediaType, digest, size },
    annotations: { 'dev.sigstore.bundle.predicateType': SLSA_V1 },
  });
}

describe('what is wrong beside good evidence', () => {
  for (const { title, alone, state, plant } of FAULTS) {
    it(`${title}: alone the verdict is ${alone}; beside a good one it passes`, async (t) => {
      const bad = await startScene(t);
      await plant(bad);
      const verdict = await judgeScene(bad);
      assert.deepEqual([verdict.verdict, verdict.rules[0]?.cells[0]?.evidence], [alone, []]);
      if (state !== undefined)
        assert.ok(rejectedStates(verdict).includes(state as never), `${rejectedStates(verdict)}`);

      const both = await startScene(t);
      await pushBundle(both.target, both.image.descriptor, await bundleFor(both.image.descriptor));
      await plant(both);
      assert.equal((await judgeScene(both)).verdict, 'pass');
    });
  }
});

describe('what could not be looked at', () => {
  const GAPS: readonly { readonly title: string; readonly quirks: Quirks; readonly source: string }[] = [
    {
      title: 'the referrers API answers 500',
      quirks: { failure: { status: 500, match: ({ path }) => path.includes('/referrers/') } },
      source: 'api',
    },
    {
      title: 'the referrers API answers 403',
      quirks: { failure: { status: 403, match: ({ path }) => path.includes('/referrers/') } },
      source: 'api',
    },
    {
      title: 'the fallback tag answers 500',
      quirks: { failure: { status: 500, match: ({ path }) => /manifests\/sha256-[0-9a-f]{64}$/.test(path) } },
      source: 'tag-schema',
    },
    {
      title: 'a cosign tag answers 403',
      quirks: { failure: { status: 403, match: ({ path }) => path.endsWith('.att') } },
      source: 'cosign-tags',
    },
  ];
  for (const { title, quirks, source } of GAPS) {
    it(`${title}: unknown, naming ${source}; with a good bundle of another place it passes`, async (t) => {
      const scene = await startScene(t);
      const bundle = await bundleFor(scene.image.descriptor);
      Object.assign(scene.registry.quirks, quirks);
      const { store } = scene;
      const empty = await judge(store, { tag: 'v1' }, rules, [key.trust]);
      assert.equal(empty.verdict.verdict, 'unknown');
      assert.deepEqual(
        empty.verdict.rules[0]?.cells[0]?.gaps.map((gap) => gap.source),
        [source],
      );
      const bundles = [{ bytes: bundle.bytes, origin: 'bundle.json' }];
      const { verdict } = await judge(store, { tag: 'v1' }, rules, [key.trust], { bundles });
      assert.equal(verdict.verdict, 'pass');
    });
  }

  it('a tag list that cannot be had costs requests, never an answer', async (t) => {
    const scene = await startScene(t);
    scene.registry.quirks.failure = { status: 403, match: ({ path }) => path.endsWith('/tags/list') };
    assert.equal((await judgeScene(scene)).verdict, 'fail');
  });

  it('a tag list that hides a tag hides no evidence: what it does not show is asked for itself', async (t) => {
    const { registry, store, target, image } = await startScene(t);
    const statement = makeStatement({ subject: image.descriptor.digest });
    const layer = await makeCosignAttestation(undefined, { statement, privateKey: key.privateKey });
    await pushCosignTag(target, image.descriptor.digest, 'att', [layer]);
    registry.quirks.intercept = ({ path }) =>
      path.endsWith('/tags/list') ? jsonResponse(200, { name: 'acme/app', tags: ['v1'] }) : undefined;
    const { verdict } = await judge(store, { tag: 'v1' }, rules, [key.trust]);
    assert.equal(verdict.verdict, 'pass');
    assert.deepEqual(verdict.rules[0]?.cells[0]?.evidence[0]?.item.sources, ['cosign-tags']);
  });

  it('an image that is not there is an error, and no verdict', async (t) => {
    const { store } = await startScene(t);
    await assert.rejects(judge(store, { tag: 'v9' }, rules, [key.trust]), { code: 'manifest-unknown' });
  });
});

describe('an index of more platforms than are judged', () => {
  async function startMany(t: TestContext, count: number): Promise<Listing> {
    const listing = await startListing(t);
    const missing = Array.from({ length: count }, (_, i) => ({ os: 'linux', architecture: `a${i}` }));
    await pushSampleIndex(listing.target, { tag: 'v1', platforms: [], missing });
    return listing;
  }

  it('is an error, and no verdict, before any platform is asked for', async (t) => {
    const { store, registry } = await startMany(t, 501);
    registry.clearLog();
    await assert.rejects(judge(store, { tag: 'v1' }, rules, [key.trust]), {
      code: 'page-limit',
      message: /v1 names 501 platforms, and up to 500 are judged$/,
    });
    assert.equal(registry.log.length, 1);
  });

  it('is judged where a rule chooses some of them', async (t) => {
    const { store } = await startMany(t, 501);
    const platforms = [{ os: 'linux', architecture: 'a7' }];
    const chosen = [sampleRule({ signedBy: signedByKeys(key.trust), platforms })];
    const { verdict } = await judge(store, { tag: 'v1' }, chosen, [key.trust]);
    assert.equal(verdict.verdict, 'unknown');
  });
});

describe('a sparse index', () => {
  async function startSparse(t: TestContext): Promise<Scene> {
    const listing = await startListing(t);
    const image = await pushSampleIndex(listing.target, {
      tag: 'v1',
      platforms: [{ os: 'linux', architecture: 'amd64' }],
      missing: [{ os: 'linux', architecture: 's390x' }],
    });
    await pushBundle(listing.target, image.descriptor, await bundleFor(image.descriptor));
    return { ...listing, image };
  }

  it('is unknown for the platform that the registry lacks, though its index is attested', async (t) => {
    const verdict = await judgeScene(await startSparse(t));
    assert.equal(verdict.verdict, 'unknown');
    assert.deepEqual(cellsOf(verdict).slice(1), ['linux/amd64: pass', 'linux/s390x: unknown']);
  });

  it('passes without that platform where missing-platforms says skip, with a notice', async (t) => {
    const { store } = await startSparse(t);
    const { verdict } = await judge(store, { tag: 'v1' }, rules, [key.trust], { missingPlatforms: 'skip' });
    assert.equal(verdict.verdict, 'pass');
    assert.deepEqual(cellsOf(verdict).slice(1), ['linux/amd64: pass', 'linux/s390x: skipped']);
    assert.ok(verdict.notices.some(({ code }) => code === 'platform-skipped'));
  });

  it('is unknown where nobody can say whether the platform is there', async (t) => {
    const scene = await startSparse(t);
    const [, missing] = (scene.image as Awaited<ReturnType<typeof pushSampleIndex>>).platforms;
    scene.registry.quirks.failure = { status: 500, match: ({ path }) => path.endsWith(missing?.digest ?? '-') };
    const verdict = await judgeScene(scene);
    assert.equal(verdict.verdict, 'unknown');
  });
});
