import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import { listReferrers } from '../../src/referrers/list-referrers.ts';
import { digestsOf, startListing } from '../support/listing.ts';
import { pushSampleImage, pushSampleIndex, pushSampleReferrer } from '../support/sample-image.ts';
import { untilAborted, wrapStore } from '../support/wrap-store.ts';

describe('listReferrers: its end', () => {
  it('rejects with the reason of the abort, in the middle of listing', async (t) => {
    const { registry, target, list } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    await pushSampleReferrer(target, image.descriptor);
    const controller = new AbortController();
    const deadline = new CodedError('deadline-exceeded', 'the run took too long');
    const { promise: never, resolve } = Promise.withResolvers<undefined>();
    t.after(() => resolve(undefined));
    registry.quirks.intercept = ({ path }) => {
      if (!path.includes('/referrers/')) return undefined;
      controller.abort(deadline);
      return never;
    };
    await assert.rejects(list('v1', { signal: controller.signal }), (error) => error === deadline);
  });

  it('rejects with `aborted` where the abort gives no coded reason', async (t) => {
    const { registry, target, list } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    const referrer = await pushSampleReferrer(target, image.descriptor);
    const controller = new AbortController();
    registry.quirks.intercept = ({ path }) => {
      if (path.endsWith(referrer.descriptor.digest)) controller.abort();
      return undefined;
    };
    await assert.rejects(list('v1', { signal: controller.signal }), { code: 'aborted' });
  });

  it('sends nothing when it is aborted before', async (t) => {
    const { registry, target, list } = await startListing(t);
    await pushSampleImage(target, { tag: 'v1' });
    await assert.rejects(list('v1', { signal: AbortSignal.abort() }), { code: 'aborted' });
    assert.deepEqual(registry.log, []);
  });

  it('takes back the question for tags when the image is not there', async (t) => {
    const { store, target } = await startListing(t);
    await pushSampleImage(target, { tag: 'v1' });
    let asked: AbortSignal | undefined;
    const slow = wrapStore(store, {
      listTags: ({ signal }) => {
        asked = signal;
        return untilAborted(signal);
      },
    });
    await assert.rejects(listReferrers({ store: slow, target: { tag: 'v2' } }), { code: 'manifest-unknown' });
    assert.equal(asked?.aborted, true);
  });

  it('takes back every other question when one ends the listing', async (t) => {
    const { store, target } = await startListing(t);
    await pushSampleIndex(target, { tag: 'v1' });
    const signals: (AbortSignal | undefined)[] = [];
    const broken = wrapStore(store, {
      listReferrers: async (_subject, { signal } = {}) => {
        signals.push(signal);
        if (signals.length < 3) return untilAborted(signal);
        throw new TypeError('a defect');
      },
    });
    await assert.rejects(listReferrers({ store: broken, target: { tag: 'v1' } }), TypeError);
    assert.deepEqual(
      signals.map((signal) => signal?.aborted),
      [true, true, true],
    );
  });

  it('does not end the signal of its caller, nor keeps listening to it', async (t) => {
    const { target, list } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    const referrer = await pushSampleReferrer(target, image.descriptor);
    const controller = new AbortController();
    for (let i = 0; i < 20; i++) {
      assert.deepEqual(digestsOf(await list('v1', { signal: controller.signal })), [referrer.descriptor.digest]);
    }
    assert.equal(controller.signal.aborted, false);
    const aborted = once(controller.signal, 'abort');
    controller.abort();
    await aborted;
  });
});
