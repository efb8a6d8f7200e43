import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { errorResponse, jsonResponse, type RegistryResponse } from '../../src/embedded/exchange.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import type { Digest } from '../../src/oci/digest.ts';
import { OCI_INDEX } from '../../src/oci/media-types.ts';
import type { RuleLevel } from '../../src/policy/policy.ts';
import { fc } from './fast-check.ts';
import { makeTrustedKey, type TrustedKey } from './judging.ts';
import { type Listing, startListing } from './listing.ts';
import { pushIndex } from './nested-image.ts';
import { absentDescriptor, pushSampleIndex } from './sample-image.ts';
import { type MadeBundle, makeKeyBundle } from './sigstore/make-bundle.ts';
import { makeStatement } from './sigstore/make-statement.ts';
import { pushBundle } from './sigstore/push-signed.ts';

/** What may be listed for a subject; `good` alone is evidence. */
const KINDS = [
  'good',
  'by a stranger',
  'about another image',
  'of another type',
  'changed',
  'unsigned',
  'no JSON',
  'of another subject',
  'gone',
] as const;
type Kind = (typeof KINDS)[number];

/** Those that are documents of the subject itself. */
const OWN_KINDS = KINDS.filter((kind) => kind !== 'of another subject' && kind !== 'gone');

export interface ListedCandidate {
  readonly kind: Kind;
  /** What the list says of it: what is so, nothing, or something else. */
  readonly hints: 'true' | 'none' | 'false';
}

/** What a registry holds for one subject, and fails at. */
export interface RandomSubject {
  readonly listed: readonly ListedCandidate[];
  /** Documents of the subject whose manifest, or whose blob, cannot be had. */
  readonly faults: Readonly<Partial<Record<Kind, 'manifest' | 'blob'>>>;
  readonly list: 'answers' | 'fails';
  readonly attestationTag: 'answers' | 'fails';
  readonly manifest: 'there' | 'gone' | 'unreadable';
}

/** An image, and the level of the rule that it is judged by. */
export interface RandomRegistry {
  readonly on: RuleLevel;
  /** The second platform is in an index inside the image's own. */
  readonly isNested: boolean;
  /** The index, its two platforms, and the index inside it, if there is one, in this order. */
  readonly subjects: readonly RandomSubject[];
}

const often = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

const candidate = fc.record<ListedCandidate>({
  kind: fc.oneof(fc.constant<Kind>('good'), fc.constantFrom(...KINDS)),
  hints: fc.constantFrom('true', 'true', 'none', 'false'),
});
const subject = (manifest: fc.Arbitrary<RandomSubject['manifest']>): fc.Arbitrary<RandomSubject> =>
  fc.record({
    listed: fc.uniqueArray(candidate, { selector: ({ kind }) => kind, maxLength: 4 }),
    faults: fc.dictionary(fc.constantFrom(...OWN_KINDS), fc.constantFrom('manifest', 'blob'), { maxKeys: 1 }),
    list: often('answers', 'fails'),
    attestationTag: often('answers', 'fails'),
    manifest,
  });

const manifest = often<RandomSubject['manifest']>('there', 'gone', 'unreadable');
const ofIndex = fc.tuple(subject(fc.constant('there')), subject(manifest), subject(fc.constant('there')));

export const randomRegistry: fc.Arbitrary<RandomRegistry> = fc
  .record({
    on: fc.constantFrom('index', 'each-platform', 'either'),
    isNested: fc.constantFrom(false, false, true),
    subjects: fc.tuple(ofIndex, subject(manifest)).map(([three, nested]) => [...three, nested]),
  })
  .map((registry) => (registry.isNested ? registry : { ...registry, subjects: registry.subjects.slice(0, 3) }));

/** A document on the registry: its entry in a list, and its blob. */
interface Held {
  readonly entry: Descriptor;
  readonly blob: Digest | undefined;
}

/** An image, and all that may be listed for it. */
export interface ChangingRegistry extends Listing {
  readonly key: TrustedKey;
  readonly stranger: TrustedKey;
  /** Answers as described, until told otherwise. The tag of the image. */
  become(registry: RandomRegistry): string;
}

export async function startChangingRegistry(t: Pick<TestContext, 'after'>): Promise<ChangingRegistry> {
  const listing = await startListing(t, {}, { http: { concurrency: 64 } });
  const keys = { key: makeTrustedKey(), stranger: makeTrustedKey('stranger') };
  const flat = await pushSampleIndex(listing.target, { tag: 'flat' });
  const [first, second] = flat.platforms;
  const nested = await pushIndex(listing.target, [second]);
  const top = await pushIndex(listing.target, [first, nested], 'nested');
  const held = new Map<Digest, Map<Kind, Held>>();
  for (const one of [flat.descriptor, ...flat.platforms, nested, top]) {
    held.set(one.digest, await pushDocuments(listing, one, keys));
  }
  const imageOf = (subjects: readonly Descriptor[]) => {
    const own = subjects.map(({ digest }) => held.get(digest) ?? new Map<Kind, Held>());
    // a list may name what refers to the next subject
    const documents = own.map((of, i) =>
      new Map(of).set('of another subject', own[(i + 1) % 3]?.get('good') ?? gone()),
    );
    return { subjects, documents };
  };
  const images = {
    flat: imageOf([flat.descriptor, ...flat.platforms]),
    nested: imageOf([top, ...flat.platforms, nested]),
  };
  return {
    ...listing,
    ...keys,
    become: (registry) => {
      const tag = registry.isNested ? 'nested' : 'flat';
      const answers = answersOf(registry, images[tag].subjects, images[tag].documents);
      listing.registry.quirks.intercept = ({ path }) => answers.find(([end]) => path.endsWith(end))?.[1];
      return tag;
    },
  };
}

type Keys = Pick<ChangingRegistry, 'key' | 'stranger'>;

async function pushDocuments({ target }: Listing, to: Descriptor, { key, stranger }: Keys): Promise<Map<Kind, Held>> {
  const { privateKey } = key;
  const statement = makeStatement({ subject: to.digest });
  const other = makeStatement({ subject: `sha256:${'ab'.repeat(32)}`, name: to.digest });
  const bundles: Readonly<Partial<Record<Kind, MadeBundle>>> = {
    good: await makeKeyBundle({ statement, privateKey }),
    'by a stranger': await makeKeyBundle({ statement, privateKey: stranger.privateKey }),
    'about another image': await makeKeyBundle({ statement: other, privateKey }),
    'of another type': await makeKeyBundle({
      statement: makeStatement({ subject: to.digest, predicateType: 'https://example.com/other/v1' }),
      privateKey,
    }),
  };
  const { good } = bundles;
  assert.ok(good);
  const changed = JSON.stringify(good.json).replace(/"payload":"[^"]*"/, () => {
    const forged = JSON.stringify(makeStatement({ subject: to.digest, name: 'forged' }));
    return `"payload":"${Buffer.from(forged).toString('base64')}"`;
  });
  const rewritten = (text: string): MadeBundle => ({ ...good, bytes: new TextEncoder().encode(text) });
  const all: Readonly<Partial<Record<Kind, MadeBundle>>> = {
    ...bundles,
    changed: rewritten(changed),
    unsigned: { ...rewritten(JSON.stringify(statement)), mediaType: 'application/vnd.in-toto+json' },
    'no JSON': rewritten(`{"about": "${to.digest}", `),
  };
  const held = new Map<Kind, Held>([['gone', gone(to.digest)]]);
  for (const kind of KINDS) {
    const made = all[kind];
    if (made === undefined) continue;
    const digest = await pushBundle(target, to, made);
    held.set(kind, await readHeld(target, to.digest, digest));
  }
  return held;
}

function gone(name = ''): Held {
  return { entry: absentDescriptor(name), blob: undefined };
}

async function readHeld({ host, repository }: Listing['target'], of: Digest, digest: Digest): Promise<Held> {
  const read = async (path: string): Promise<unknown> =>
    (await fetch(`http://${host}/v2/${repository}/${path}`)).json();
  const list = (await read(`referrers/${of}`)) as { readonly manifests: readonly Descriptor[] };
  const manifest = (await read(`manifests/${digest}`)) as { readonly layers: readonly Descriptor[] };
  const entry = list.manifests.find((one) => one.digest === digest);
  assert.ok(entry);
  return { entry, blob: manifest.layers[0]?.digest };
}

/** How the paths end that are answered otherwise than the registry would. */
function answersOf(
  { subjects: random }: RandomRegistry,
  subjects: readonly Descriptor[],
  documents: readonly ReadonlyMap<Kind, Held>[],
): readonly (readonly [string, RegistryResponse])[] {
  const failed = errorResponse(500, 'UNSUPPORTED', 'a fault');
  return random.flatMap(({ listed, faults, list, attestationTag, manifest }, i) => {
    const { digest } = subjects[i] ?? absentDescriptor('');
    const held = documents[i] ?? new Map<Kind, Held>();
    const manifests = listed.map(({ kind, hints }) => hinted(held.get(kind)?.entry, hints));
    const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests };
    const answers: [string, RegistryResponse][] = [
      [`/referrers/${digest}`, list === 'fails' ? failed : jsonResponse(200, index, { 'content-type': OCI_INDEX })],
    ];
    if (attestationTag === 'fails') answers.push([`${digest.replace(':', '-')}.att`, failed]);
    if (manifest === 'gone') answers.push([`/manifests/${digest}`, errorResponse(404, 'MANIFEST_UNKNOWN', 'gone')]);
    if (manifest === 'unreadable') answers.push([`/manifests/${digest}`, failed]);
    for (const kind of OWN_KINDS) {
      const { entry, blob } = held.get(kind) ?? gone();
      if (faults[kind] === 'manifest') answers.push([`/manifests/${entry.digest}`, failed]);
      if (faults[kind] === 'blob' && blob !== undefined) answers.push([`/blobs/${blob}`, failed]);
    }
    return answers;
  });
}

function hinted(entry: Descriptor = gone().entry, hints: ListedCandidate['hints']): Descriptor {
  const { mediaType, digest, size } = entry;
  if (hints === 'true') return entry;
  return { mediaType, digest, size, ...(hints === 'false' && { artifactType: 'application/vnd.junk' }) };
}
