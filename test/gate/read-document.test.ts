import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ByteBudget } from '../../src/gate/byte-budget.ts';
import {
  LEAST_DOCUMENT_BYTES,
  MAX_BUNDLE_BYTES,
  MAX_STATEMENT_BYTES,
  readDocument,
} from '../../src/gate/read-document.ts';
import { startListing } from '../support/listing.ts';
import { absentDescriptor, pushSampleBlob } from '../support/sample-image.ts';

const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const manifest = absentDescriptor('referrer').digest;
const signal = new AbortController().signal;

describe('a document of a referrer', () => {
  const CAPS: readonly (readonly [string, number])[] = [
    [BUNDLE, MAX_BUNDLE_BYTES],
    ['application/vnd.dsse.envelope.v1+json', MAX_BUNDLE_BYTES],
    ['application/jose+json', MAX_BUNDLE_BYTES],
    ['application/cose', MAX_BUNDLE_BYTES],
    ['application/vnd.dev.cosign.simplesigning.v1+json', MAX_BUNDLE_BYTES],
    ['application/vnd.in-toto+json', MAX_STATEMENT_BYTES],
    ['application/spdx+json', MAX_STATEMENT_BYTES],
    ['application/octet-stream', MAX_STATEMENT_BYTES],
  ];
  for (const [mediaType, cap] of CAPS) {
    it(`of type ${mediaType} is not asked for above ${cap} bytes`, async (t) => {
      const { store, registry } = await startListing(t);
      const layer = { ...absentDescriptor('large'), mediaType, size: cap + 1 };
      const read = await readDocument(layer, { store, manifest, budget: new ByteBudget(2 * cap), signal });
      assert.equal(read.state, 'too-large');
      assert.deepEqual(registry.log, []);
      // at the cap it is asked for, and the empty registry answers
      await assert.rejects(
        readDocument({ ...layer, size: cap }, { store, manifest, budget: new ByteBudget(2 * cap), signal }),
        { code: 'repository-unknown' },
      );
    });
  }

  it('is read whole, with what its descriptor says, and counts towards what an image may have', async (t) => {
    const { store, target, registry } = await startListing(t);
    const layer = await pushSampleBlob(target, Buffer.from('12345678'), BUNDLE);
    const limit = 2 * LEAST_DOCUMENT_BYTES + 20;
    const place = { store, manifest, budget: new ByteBudget(limit), signal };
    // a small one counts like a larger one, since it costs a request
    for (let i = 0; i < 2; i++) {
      const read = await readDocument({ ...layer, annotations: { a: 'b' } }, place);
      assert.ok(read.state === 'read');
      assert.equal(Buffer.from(read.document.bytes).toString(), '12345678');
      assert.deepEqual(read.document.annotations, { a: 'b' });
    }
    registry.clearLog();
    await assert.rejects(readDocument(layer, place), {
      code: 'response-too-large',
      message: new RegExp(`than ${limit} bytes in all`),
      hint: /^Delete referrers .*`sources`.*`bundles`/,
    });
    assert.deepEqual(registry.log, []);
  });

  it('is refused where its bytes are more, fewer or others than its descriptor says', async (t) => {
    const { store, target } = await startListing(t);
    const layer = await pushSampleBlob(target, Buffer.from('12345678'), BUNDLE);
    const place = { store, manifest, budget: new ByteBudget(2 * LEAST_DOCUMENT_BYTES), signal };
    for (const size of [7, 9])
      await assert.rejects(readDocument({ ...layer, size }, place), { code: 'digest-mismatch' });
  });
});
