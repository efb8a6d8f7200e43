import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { ByteBudget } from '../../src/gate/byte-budget.ts';
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
    keepsPredicates: false,
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
