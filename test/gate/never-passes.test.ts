import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import { EMPTY_DESCRIPTOR } from '../../src/oci/artifact-manifest.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { type ImageIndex, type Manifest, parseManifest } from '../../src/oci/manifest.ts';
import { OCI_IMAGE_CONFIG, OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { buildCosignTag, buildReferrersTag } from '../../src/oci/referrers-tag.ts';
import type { Verdict } from '../../src/policy/verdict.ts';
import type { Store } from '../../src/store/store.ts';
import { fc } from '../support/fast-check.ts';
import { judge, makeTrustedKey, sampleRule, signedByKeys } from '../support/judging.ts';
import { makeKeyBundle } from '../support/sigstore/make-bundle.ts';
import { makeCosignAttestation } from '../support/sigstore/make-cosign.ts';
import { makeStatement, SLSA_V1 } from '../support/sigstore/make-statement.ts';

const RUNS = 1000;
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const key = makeTrustedKey();
const stranger = makeTrustedKey('stranger');
const rules = [sampleRule({ on: 'index', signedBy: signedByKeys(key.trust) })];

const utf8 = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const IMAGE = parse({
  schemaVersion: 2,
  mediaType: OCI_INDEX,
  manifests: [
    { mediaType: OCI_MANIFEST, digest: digestOf('amd64'), size: 5, platform: { os: 'linux', architecture: 'amd64' } },
  ],
});
const OTHER = digestOf('another image');

/** What a candidate holds; only `good` is what the rule asks for. */
const KINDS = ['good', 'stranger', 'wrong-subject', 'wrong-predicate', 'bare', 'tampered', 'junk', 'empty'] as const;
type Kind = (typeof KINDS)[number];
/** Where it stands; in both lists it may claim another subject than the one it is listed for. */
const PLACES = ['api', 'tag-schema', 'cosign-tags'] as const;

interface Planted {
  readonly kind: Kind;
  readonly place: (typeof PLACES)[number];
  readonly lies: 'none' | 'subject' | 'hints';
  readonly fault: 'none' | 'manifest-gone' | 'manifest-error' | 'blob-gone' | 'blob-error';
}

interface World {
  readonly planted: readonly Planted[];
  readonly api: 'lists' | 'absent' | 'error';
  readonly tags: 'all' | 'none' | 'error';
  readonly tagErrors: readonly string[];
}

const worlds: fc.Arbitrary<World> = fc.record({
  planted: fc.array(
    fc.record({
      kind: fc.constantFrom(...KINDS, 'good' as const),
      place: fc.constantFrom(...PLACES),
      lies: fc.constantFrom('none', 'none', 'subject', 'hints'),
      fault: fc.constantFrom('none', 'none', 'none', 'manifest-gone', 'manifest-error', 'blob-gone', 'blob-error'),
    }),
    { maxLength: 5 },
  ),
  api: fc.constantFrom('lists', 'lists', 'lists', 'absent', 'error'),
  tags: fc.constantFrom('all', 'none', 'error'),
  tagErrors: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.subarray(['referrers', 'att', 'sig'])),
});

let documents: Readonly<Record<Kind, { readonly bundle: Uint8Array; readonly envelope: Uint8Array }>>;

before(async () => {
  const make = async (subject: typeof OTHER, predicateType: string, who = key): Promise<(typeof documents)[Kind]> => {
    const statement = makeStatement({ subject, predicateType });
    const [bundle, layer] = await Promise.all([
      makeKeyBundle({ statement, privateKey: who.privateKey }),
      makeCosignAttestation(undefined, { statement, privateKey: who.privateKey }),
    ]);
    return { bundle: bundle.bytes, envelope: layer.payload };
  };
  const good = await make(IMAGE.digest, SLSA_V1);
  const both = (bytes: Uint8Array): typeof good => ({ bundle: bytes, envelope: bytes });
  const tamper = (bytes: Uint8Array): Uint8Array =>
    Buffer.from(
      Buffer.from(bytes)
        .toString()
        .replace(/"sig":"(.)/, (_, c: string) => `"sig":"${c === 'A' ? 'B' : 'A'}`),
    );
  documents = {
    good,
    stranger: await make(IMAGE.digest, SLSA_V1, stranger),
    'wrong-subject': await make(OTHER, SLSA_V1),
    'wrong-predicate': await make(IMAGE.digest, 'https://example.com/other/v1'),
    bare: both(utf8(makeStatement({ subject: IMAGE.digest }))),
    tampered: { bundle: tamper(good.bundle), envelope: tamper(good.envelope) },
    junk: both(Buffer.from([0xd2, 0xff, 0x00, 0x7b])),
    empty: both(new Uint8Array()),
  };
});

describe(`judging ${RUNS} random registries`, () => {
  it('passes only where good evidence can be reached, and then always', async (t) => {
    const counts: Record<Verdict, number> = { pass: 0, fail: 0, unknown: 0 };
    await fc.assert(
      fc.asyncProperty(worlds, async (world) => {
        const { verdict } = await judge(openWorld(world), { tag: 'v1' }, rules, [key.trust]);
        counts[verdict.verdict]++;
        assert.equal(
          verdict.verdict === 'pass',
          world.planted.some((one) => isReached(one, world)),
        );
        // without anything unread an answer is an answer
        if (isWhole(world)) assert.notEqual(verdict.verdict, 'unknown');
        if (verdict.verdict === 'fail')
          assert.ok(!hidesGood(world), 'good evidence that could not be read is no "none"');
      }),
      { numRuns: RUNS, verbose: 1 },
    );
    t.diagnostic(JSON.stringify(counts));
    for (const count of Object.values(counts)) assert.ok(count > 20, JSON.stringify(counts));
  });
});

/** Whether the place that names it can be looked at. */
function isListed({ place }: Planted, { api, tagErrors }: World): boolean {
  if (place === 'api') return api === 'lists';
  return !tagErrors.includes(place === 'tag-schema' ? 'referrers' : 'att');
}

function isReached(one: Planted, world: World): boolean {
  if (one.kind !== 'good' || !isListed(one, world)) return false;
  // a cosign tag gives its manifest itself, and needs no subject
  const isTag = one.place === 'cosign-tags';
  if (one.lies === 'subject' && !isTag) return false;
  return one.fault === 'none' || (isTag && one.fault.startsWith('manifest'));
}

function isWhole({ planted, api, tagErrors }: World): boolean {
  return api !== 'error' && tagErrors.length === 0 && planted.every(({ fault }) => fault === 'none');
}

/** Good evidence is there, and nobody could look at it. */
function hidesGood(world: World): boolean {
  return world.planted.some((one) => {
    const { kind, place, lies, fault } = one;
    if (kind !== 'good' || (lies === 'subject' && place !== 'cosign-tags')) return false;
    // an API that is absent lists nothing, whatever is there
    if (!isListed(one, world)) return place !== 'api' || world.api === 'error';
    return fault.startsWith('blob') || (fault === 'manifest-error' && place !== 'cosign-tags');
  });
}

function parse(value: object): Manifest {
  return parseManifest(utf8(value), { what: 'planted' });
}

/** A repository in memory, with the faults of its world. */
function openWorld({ planted, api, tags, tagErrors }: World): Store {
  const manifests = new Map<string, Manifest | 'error'>([[IMAGE.digest, IMAGE]]);
  const blobs = new Map<string, Uint8Array | 'error'>();
  const listed: Record<'api' | 'tag-schema', Descriptor[]> = { api: [], 'tag-schema': [] };
  const tagged: Descriptor[] = [];
  const broken = (): never => {
    throw new CodedError('server-error', 'HTTP 500');
  };
  for (const [i, { kind, place, lies, fault }] of planted.entries()) {
    const bytes = place === 'cosign-tags' ? documents[kind].envelope : documents[kind].bundle;
    const mediaType = place === 'cosign-tags' ? 'application/vnd.dsse.envelope.v1+json' : BUNDLE;
    // distinct from others of its kind, so that faults are its own
    const layer = { mediaType, digest: digestOf(`${i} ${digestOf(bytes)}`), size: bytes.byteLength, annotations: {} };
    if (fault !== 'blob-gone') blobs.set(layer.digest, fault === 'blob-error' ? 'error' : bytes);
    if (place === 'cosign-tags') {
      tagged.push({ ...layer, annotations: { 'dev.cosignproject.cosign/signature': '' } });
      continue;
    }
    const annotations = { 'dev.sigstore.bundle.predicateType': lies === 'hints' ? 'https://example.com/x' : SLSA_V1 };
    const manifest = parse({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType: BUNDLE,
      config: EMPTY_DESCRIPTOR,
      layers: [layer],
      subject: { mediaType: OCI_INDEX, digest: lies === 'subject' ? OTHER : IMAGE.digest, size: 1 },
      annotations,
    });
    if (fault !== 'manifest-gone') manifests.set(manifest.digest, fault === 'manifest-error' ? 'error' : manifest);
    const { digest, size } = manifest;
    listed[place].push({ mediaType: OCI_MANIFEST, digest, size, artifactType: BUNDLE, annotations });
  }
  const byTag = new Map<string, Manifest>([['v1', IMAGE]]);
  if (listed['tag-schema'].length > 0) {
    byTag.set(
      buildReferrersTag(IMAGE.digest),
      parse({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: listed['tag-schema'] }),
    );
  }
  if (tagged.length > 0) {
    const config = { ...EMPTY_DESCRIPTOR, mediaType: OCI_IMAGE_CONFIG };
    byTag.set(
      buildCosignTag(IMAGE.digest, 'att'),
      parse({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: tagged }),
    );
  }
  const failing = new Set([
    ...(tagErrors.includes('referrers') ? [buildReferrersTag(IMAGE.digest)] : []),
    ...(tagErrors.includes('att') ? [buildCosignTag(IMAGE.digest, 'att')] : []),
    ...(tagErrors.includes('sig') ? [buildCosignTag(IMAGE.digest, 'sig')] : []),
  ]);
  const never = (): never => assert.fail('a gate writes nothing');
  return {
    kind: 'registry',
    name: 'registry.example/acme/app',
    findManifest: async (target) => {
      if (typeof target !== 'string' && failing.has(target.tag)) return broken();
      const manifest = typeof target === 'string' ? manifests.get(target) : byTag.get(target.tag);
      if (manifest === 'error') return broken();
      return manifest === undefined ? undefined : { manifest };
    },
    async *openBlob({ digest }) {
      const bytes = blobs.get(digest);
      if (bytes === undefined) throw new CodedError('blob-unknown', 'HTTP 404');
      if (bytes === 'error') return broken();
      yield bytes;
    },
    listReferrers: async () => {
      if (api === 'error') return broken();
      if (api === 'absent') return { supported: false, reason: 'HTTP 404' };
      return { supported: true, descriptors: listed.api, filtered: false, pages: 1 };
    },
    listTags: async () => {
      if (tags === 'error') return broken();
      return { tags: new Set(tags === 'none' ? ['v1'] : byTag.keys()), complete: true };
    },
    pushManifest: never,
    deleteManifest: never,
    pushBlob: never,
  };
}

assert.equal((IMAGE as ImageIndex).kind, 'index');
