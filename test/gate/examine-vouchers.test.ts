import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { ByteBudget } from '../../src/gate/byte-budget.ts';
import { ByteTurns } from '../../src/gate/byte-turns.ts';
import type { Examination } from '../../src/gate/examine-candidate.ts';
import { Vouchers } from '../../src/gate/examine-vouchers.ts';
import { memoizeStore } from '../../src/gate/memoizing-store.ts';
import type { Digest } from '../../src/oci/digest.ts';
import type { EvidenceItem } from '../../src/policy/evidence-item.ts';
import { buildListSettings } from '../../src/referrers/list-settings.ts';
import type { Store } from '../../src/store/store.ts';
import { makeItem, unsigned } from '../policy/make-evidence.ts';
import { type Listing, startListing } from '../support/listing.ts';
import { absentDescriptor, pushSampleImage, pushSampleReferrer } from '../support/sample-image.ts';
import { wrapStore } from '../support/wrap-store.ts';

interface Scene extends Listing {
  /** SBOMs of one image, each with a referrer of its own. */
  readonly artifacts: readonly Digest[];
}

async function startScene(t: TestContext, count: number): Promise<Scene> {
  const listing = await startListing(t);
  const image = await pushSampleImage(listing.target);
  const artifacts: Digest[] = [];
  for (let i = 0; i < count; i++) {
    const { descriptor } = await pushSampleReferrer(listing.target, image.descriptor, { content: `{"sbom":${i}}` });
    await pushSampleReferrer(listing.target, descriptor, { content: `{"signature":${i}}` });
    artifacts.push(descriptor.digest);
  }
  return { ...listing, artifacts };
}

function vouchersOf(store: Store): Vouchers {
  const { signal } = new AbortController();
  const examination: Examination = {
    store,
    trusts: async () => [],
    now: new Date(),
    predicates: 'none',
    turns: new ByteTurns(1),
    budget: new ByteBudget(1024 * 1024 * 1024),
    signal,
    warn: () => undefined,
  };
  return new Vouchers(
    buildListSettings({ store, target: { tag: 'v1' }, trustHints: false }, () => undefined, signal),
    examination,
  );
}

function itemOf(referrer: Digest): EvidenceItem {
  return makeItem(unsigned('application/spdx+json'), { referrer });
}

describe('signatures on evidence', () => {
  it('of which one artifact is flooded: the others are still looked at, and 2,000 of all', async (t) => {
    const { store, artifacts } = await startScene(t, 4);
    const junk = Array.from({ length: 3000 }, (_, i) => absentDescriptor(`junk ${i}`));
    let asked = 0;
    const flooded = wrapStore(store, {
      listReferrers: async (subject, options) => {
        const answer = await store.listReferrers(subject, options);
        if (subject === artifacts[3] || !answer.supported) return answer;
        return { ...answer, descriptors: [...junk, ...answer.descriptors] };
      },
      findManifest: async (target, options) => {
        if (!junk.some(({ digest }) => digest === target)) return store.findManifest(target, options);
        asked++;
        return undefined;
      },
    });
    const vouchers = vouchersOf(flooded);
    await vouchers.lookFor(artifacts.map(itemOf));
    const [first, , , last] = artifacts.map((digest) => vouchers.addTo(itemOf(digest)).vouchers);
    assert.deepEqual([last?.items.length, last?.gaps], [1, []]);
    assert.equal(first?.items.length, 500);
    assert.deepEqual(
      first?.gaps.map(({ code }) => code),
      ['page-limit'],
    );
    assert.equal(asked, 3 * 500);
  });

  it('are asked for by their tags of all artifacts at once', async (t) => {
    const { store, artifacts } = await startScene(t, 5);
    const waiting = new Set<string>();
    let atOnce = 0;
    const slow = wrapStore(store, {
      findManifest: async (target, options) => {
        if (typeof target === 'string') return store.findManifest(target, options);
        waiting.add(target.tag);
        await new Promise((resolve) => setImmediate(resolve));
        atOnce = Math.max(atOnce, waiting.size);
        waiting.delete(target.tag);
        return undefined;
      },
    });
    const vouchers = vouchersOf(memoizeStore(slow));
    await vouchers.lookFor(artifacts.map(itemOf));
    assert.equal(atOnce, 0);
    await vouchers.lookFurther();
    assert.ok(atOnce > 3, `${atOnce}`);
  });
});

describe('where there is nothing to look on', () => {
  it('no list of tags is asked for, which would be waited for by nobody', async (t) => {
    const { store, registry, artifacts } = await startScene(t, 1);
    registry.quirks.failure = { status: 500, match: ({ path }) => path.endsWith('/tags/list') };
    registry.clearLog();
    const vouchers = vouchersOf(store);
    await vouchers.lookFor([]);
    await vouchers.lookFor([makeItem(unsigned('application/spdx+json'), { referrer: undefined })]);
    // nor where the artifact itself is gone
    await vouchers.lookFor([itemOf(absentDescriptor('gone').digest)]);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(
      registry.log.filter(({ path }) => path.endsWith('/tags/list')),
      [],
    );
    await vouchers.lookFor(artifacts.map(itemOf));
    assert.ok(registry.log.some(({ path }) => path.endsWith('/tags/list')));
  });
});

describe('signatures on evidence that nobody could look for are a gap, and not none', () => {
  const gapsOf = (vouchers: Vouchers, digest: Digest) =>
    vouchers.addTo(itemOf(digest)).vouchers?.gaps.map(({ subject, code }) => [subject, code]);

  it('where the list of referrers of the artifact cannot be read', async (t) => {
    const { store, registry, artifacts } = await startScene(t, 2);
    const [first, second] = artifacts;
    assert.ok(first !== undefined && second !== undefined);
    registry.quirks.failure = { status: 500, match: ({ path }) => path.endsWith(`/referrers/${first}`) };
    const vouchers = vouchersOf(store);
    await vouchers.lookFor(artifacts.map(itemOf));
    assert.deepEqual(gapsOf(vouchers, first), [[first, 'server-error']]);
    assert.deepEqual(gapsOf(vouchers, second), []);
    assert.equal(vouchers.addTo(itemOf(second)).vouchers?.items.length, 1);
  });

  it('where the artifact is gone, or cannot be read', async (t) => {
    const { store, registry } = await startScene(t, 0);
    const [gone, unread] = [absentDescriptor('gone').digest, absentDescriptor('unread').digest];
    registry.quirks.failure = { status: 503, match: ({ path }) => path.endsWith(unread) };
    const vouchers = vouchersOf(store);
    await vouchers.lookFor([gone, unread].map(itemOf));
    assert.deepEqual(gapsOf(vouchers, gone), [[gone, 'manifest-unknown']]);
    assert.deepEqual(gapsOf(vouchers, unread), [[unread, 'server-error']]);
  });

  it('where there are more artifacts than 200, by however many questions', async (t) => {
    const { store } = await startScene(t, 0);
    const digests = Array.from({ length: 202 }, (_, i) => absentDescriptor(`artifact ${i}`).digest);
    const vouchers = vouchersOf(wrapStore(store, { findManifest: async () => undefined }));
    await vouchers.lookFor(digests.slice(0, 150).map(itemOf));
    await vouchers.lookFor(digests.map(itemOf));
    const codes = digests.map((digest) =>
      gapsOf(vouchers, digest)
        ?.map(([, code]) => code)
        .join(),
    );
    assert.deepEqual(codes.slice(0, 200), Array(200).fill('manifest-unknown'));
    assert.deepEqual(codes.slice(200), ['page-limit', 'page-limit']);
    const bound = digests.map((digest) => vouchers.addTo(itemOf(digest)).vouchers?.gaps.at(0)).at(-1);
    assert.match(bound?.hint ?? '', /^Delete referrers that nobody needs/);
  });
});
