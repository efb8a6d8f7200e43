import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attach } from '../../src/library/attach.ts';
import { EMPTY_BLOB, EMPTY_DESCRIPTOR } from '../../src/oci/artifact-manifest.ts';
import type { Annotations, Descriptor } from '../../src/oci/descriptor.ts';
import type { Digest } from '../../src/oci/digest.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { buildReferrersTag } from '../../src/oci/referrers-tag.ts';
import { repairReferrers } from '../../src/referrers/repair-referrers.ts';
import { BY_TAG } from '../support/attaching.ts';
import { fc } from '../support/fast-check.ts';
import { type Listing, pushFallbackList, startListing } from '../support/listing.ts';
import { absentDescriptor, pushSampleBlob, pushSampleManifest, pushSampleReferrer } from '../support/sample-image.ts';

/** What happens to the lists of two images, one step after the other; `which` and `of` choose among what is there. */
type Step =
  | { readonly do: 'attach'; readonly of: number; readonly uniqueTags: boolean }
  // another client: adds its entry, or writes what it read before somebody else did
  | {
      readonly do: 'add' | 'lose' | 'mistype' | 'strip' | 'double' | 'name a stranger';
      readonly of: number;
      readonly which: number;
    }
  | { readonly do: 'drop the list'; readonly of: number }
  | { readonly do: 'delete'; readonly which: number; readonly fromList: boolean };

const nat = fc.nat(50);
const of = fc.nat(1);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('attach' as const), of, uniqueTags: fc.boolean() }),
  fc.record({
    do: fc.constantFrom(
      'add' as const,
      'lose' as const,
      'mistype' as const,
      'strip' as const,
      'double' as const,
      'name a stranger' as const,
    ),
    of,
    which: nat,
  }),
  fc.record({ do: fc.constant('delete' as const), which: nat, fromList: fc.boolean() }),
  fc.record({ do: fc.constant('drop the list' as const), of }),
);

/** A referrer that was pushed, and whether it has a tag of its own. */
interface Pushed {
  readonly subject: Digest;
  readonly descriptor: Descriptor;
  readonly hasTag: boolean;
}

const TYPE = 'application/vnd.example.report.v1+json';

/** Two images, one known by its sha512, and what was pushed for them so far. */
class History {
  readonly subjects: Descriptor[] = [];
  readonly pushed = new Map<Digest, Pushed>();
  readonly #listing: Listing;
  readonly #run: number;
  #texts = 0;

  constructor(listing: Listing, run: number) {
    this.#listing = listing;
    this.#run = run;
  }

  async begin(): Promise<void> {
    const { target } = this.#listing;
    await pushSampleBlob(target, EMPTY_BLOB);
    for (const algorithm of ['sha256', 'sha512'] as const) {
      const annotations = { run: `${this.#run} ${algorithm}` };
      const parts = { config: EMPTY_DESCRIPTOR, layers: [EMPTY_DESCRIPTOR], annotations };
      const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, ...parts };
      this.subjects.push((await pushSampleManifest(target, manifest, { algorithm })).descriptor);
    }
  }

  async take(step: Step): Promise<void> {
    if (step.do === 'delete') return this.#delete(step.which, step.fromList);
    const subject = this.subjects[step.of];
    assert.ok(subject);
    if (step.do === 'attach') return this.#attach(subject, step.uniqueTags);
    if (step.do === 'drop the list') return this.#dropList(subject);
    const entries = [...(await this.listed(subject.digest))];
    const at = step.which % Math.max(1, entries.length);
    const chosen = entries[at];
    if (step.do === 'add') entries.push(await this.#push(subject));
    else if (step.do === 'name a stranger') entries.push(await this.#stranger(step.which, subject));
    else if (chosen === undefined) return;
    else if (step.do === 'lose') entries.splice(at, 1);
    else if (step.do === 'double') entries.push(chosen);
    else if (step.do === 'mistype') entries[at] = { ...chosen, artifactType: 'application/vnd.example.lie' };
    else entries[at] = { ...chosen, annotations: {} };
    await pushFallbackList(this.#listing.target, subject, entries);
  }

  async #attach(subject: Descriptor, uniqueTags: boolean): Promise<void> {
    const { store } = this.#listing;
    const annotations = { by: 'us' };
    const files = [{ title: 'report.json', content: this.#content() }];
    const request = { store, target: subject.digest, artifactType: TYPE, files, annotations, uniqueTags } as const;
    const { digest } = await attach({ ...request, ifExists: 'add', settleMs: 0 });
    const entry = (await this.listed(subject.digest)).find((one) => one.digest === digest);
    assert.ok(entry, 'what was attached is listed');
    this.pushed.set(digest, { subject: subject.digest, descriptor: entry, hasTag: uniqueTags });
  }

  async #push(subject: Descriptor): Promise<Descriptor> {
    const content = new TextDecoder().decode(this.#content());
    const annotations: Record<string, string> = { by: 'another' };
    const { descriptor } = await pushSampleReferrer(this.#listing.target, subject, { content, annotations });
    this.pushed.set(descriptor.digest, { subject: subject.digest, descriptor, hasTag: false });
    return descriptor;
  }

  /** A referrer of the other image, or nothing that is there. */
  async #stranger(which: number, subject: Descriptor): Promise<Descriptor> {
    const others = [...this.pushed.values()].filter((one) => one.subject !== subject.digest);
    return others[which % (others.length + 1)]?.descriptor ?? absentDescriptor(`${this.#run} ${which}`);
  }

  async #delete(which: number, fromList: boolean): Promise<void> {
    const all = [...this.pushed.values()];
    const one = all[which % Math.max(1, all.length)];
    if (one === undefined) return;
    const { digest } = one.descriptor;
    await this.#listing.store.deleteManifest(digest);
    this.pushed.delete(digest);
    if (!fromList) return;
    const subject = this.subjects.find((each) => each.digest === one.subject);
    const rest = (await this.listed(one.subject)).filter((entry) => entry.digest !== digest);
    if (subject !== undefined) await pushFallbackList(this.#listing.target, subject, rest);
  }

  async #dropList({ digest }: Descriptor): Promise<void> {
    const { registry } = this.#listing;
    const url = `${registry.url}/v2/acme/app/manifests/${buildReferrersTag(digest)}`;
    assert.ok([202, 404].includes((await fetch(url, { method: 'DELETE' })).status));
  }

  async listed(subject: Digest): Promise<readonly Descriptor[]> {
    const url = `${this.#listing.registry.url}/v2/acme/app/manifests/${buildReferrersTag(subject)}`;
    const answer = await fetch(url, { headers: { accept: OCI_INDEX } });
    return answer.status === 404 ? [] : ((await answer.json()) as { manifests: Descriptor[] }).manifests;
  }

  #content(): Uint8Array {
    return new TextEncoder().encode(`"${this.#run} ${this.#texts++}"`);
  }
}

type Told = readonly [digest: Digest, artifactType: string | undefined, annotations: Annotations];

function told(entries: readonly Descriptor[]): readonly Told[] {
  return entries
    .map(({ digest, artifactType, annotations = {} }): Told => [digest, artifactType, annotations])
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

describe('repair against a model', () => {
  it('after any history lists each referrer that is there and can be known of, once and as it is, and nothing else', async (t) => {
    const listing = await startListing(t, BY_TAG);
    const { registry, store } = listing;
    let runs = 0;
    const check = async (steps: readonly Step[], givenOf: (digest: Digest) => boolean): Promise<void> => {
      const history = new History(listing, runs++);
      await history.begin();
      for (const one of steps) await history.take(one);
      const subjects = history.subjects.map(({ digest }) => digest);
      const given = [...history.pushed.keys()].filter(givenOf);
      const expected: (readonly Told[])[] = [];
      for (const subject of subjects) {
        const known = new Set([...(await history.listed(subject)).map(({ digest }) => digest), ...given]);
        const own = [...history.pushed.values()].filter((one) => one.subject === subject);
        const found = own.filter(({ descriptor, hasTag }) => hasTag || known.has(descriptor.digest));
        expected.push(told(found.map(({ descriptor }) => descriptor)));
      }
      const request = { store, subjects, given, settleMs: 0 };
      const repaired = await repairReferrers(request);
      assert.deepEqual(
        repaired.map(({ error }) => error),
        [undefined, undefined],
      );
      assert.deepEqual(await Promise.all(subjects.map(async (one) => told(await history.listed(one)))), expected);
      registry.clearLog();
      assert.deepEqual(
        (await repairReferrers(request)).map(({ status }) => status),
        ['sound', 'sound'],
      );
      assert.deepEqual(
        registry.log.filter(({ method }) => method === 'PUT'),
        [],
      );
    };
    const givenOf = fc.func<[Digest], boolean>(fc.boolean());
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14, size: 'max' }), givenOf, check), {
      numRuns: 60,
    });
  });
});
