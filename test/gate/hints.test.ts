/** What saves requests, a list of tags or what an earlier run learned, is never a word on what is not there. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Quirks } from '../../src/embedded/quirks.ts';
import { createCapabilityMemory } from '../../src/referrers/capability.ts';
import { judge, makeTrustedKey, sampleRule, signedByKeys } from '../support/judging.ts';
import { type Listing, startListing } from '../support/listing.ts';
import { pushSampleImage, pushSampleReferrer, type SampleImage } from '../support/sample-image.ts';
import { makeKeyBundle } from '../support/sigstore/make-bundle.ts';
import { makeCosignAttestation, makeCosignSignature } from '../support/sigstore/make-cosign.ts';
import { makeStatement } from '../support/sigstore/make-statement.ts';
import { pushBundle, pushCosignTag } from '../support/sigstore/push-signed.ts';

const SPDX = 'application/spdx+json';
const SBOM = JSON.stringify({ spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', packages: [{ name: 'zlib' }] });
const { privateKey, trust } = makeTrustedKey();

/** A registry that answers a question for tags in this way, and to each tag by its name. */
async function start(t: TestContext, quirks: Quirks): Promise<Listing & { readonly image: SampleImage }> {
  const listing = await startListing(t);
  const image = await pushSampleImage(listing.target, { tag: 'v1' });
  Object.assign(listing.registry.quirks, quirks);
  return { ...listing, image };
}

const HIDING: readonly (readonly [string, Quirks])[] = [
  ['refuses to list tags', { failure: { status: 403, match: ({ path }) => path.endsWith('/tags/list') } }],
  [
    'lists none of them',
    {
      intercept: ({ path }) =>
        path.endsWith('/tags/list')
          ? { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from('{"tags":["v1"]}') }
          : undefined,
    },
  ],
];

describe('the gate finds what stands under a cosign tag', () => {
  for (const [title, quirks] of HIDING) {
    it(`of the image, on a registry that ${title}`, async (t) => {
      const { store, target, image } = await start(t, quirks);
      const statement = makeStatement({ subject: image.descriptor.digest });
      const layer = await makeCosignAttestation(undefined, { statement, privateKey });
      await pushCosignTag(target, image.descriptor.digest, 'att', [layer]);
      const rule = sampleRule({ signedBy: signedByKeys(trust) });
      const { verdict } = await judge(store, { tag: 'v1' }, [rule], [trust]);
      assert.equal(verdict.verdict, 'pass', verdict.rules[0]?.cells[0]?.reason);
    });

    it(`of an SBOM of the image, on a registry that ${title}`, async (t) => {
      const { store, target, image } = await start(t, quirks);
      const sbom = await pushSampleReferrer(target, image.descriptor, { artifactType: SPDX, content: SBOM });
      const wanted = { kind: 'artifact-type', types: [SPDX] } as const;
      const rule = sampleRule({ wanted, signedBy: signedByKeys(trust) });
      assert.equal((await judge(store, { tag: 'v1' }, [rule], [trust])).verdict.verdict, 'fail');
      const { digest } = sbom.descriptor;
      await pushCosignTag(target, digest, 'sig', [await makeCosignSignature(undefined, { digest, privateKey })]);
      const { verdict } = await judge(store, { tag: 'v1' }, [rule], [trust]);
      assert.equal(verdict.verdict, 'pass', verdict.rules[0]?.cells[0]?.reason);
    });
  }
});

describe('the gate asks for the list itself', () => {
  it('whatever an earlier run says of the API', async (t) => {
    const { store, target, image } = await start(t, {});
    const statement = makeStatement({ subject: image.descriptor.digest });
    await pushBundle(target, image.descriptor, await makeKeyBundle({ statement, privateKey }));
    const capabilities = createCapabilityMemory();
    capabilities.set(store.name, { capability: 'tag-schema', reason: 'it was so last week', remembered: true });
    const rule = sampleRule({ signedBy: signedByKeys(trust) });
    const { verdict } = await judge(store, { tag: 'v1' }, [rule], [trust], { capabilities });
    assert.equal(verdict.verdict, 'pass', verdict.rules[0]?.cells[0]?.reason);
  });
});
