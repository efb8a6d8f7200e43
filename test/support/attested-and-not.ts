import type { TestContext } from 'node:test';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { OCI_INDEX } from '../../src/oci/media-types.ts';
import type { Rule } from '../../src/policy/policy.ts';
import type { ImageVerdict } from '../../src/policy/verdict.ts';
import { judge, makeTrustedKey, sampleRule, signedByKeys } from './judging.ts';
import { type Listing, startListing } from './listing.ts';
import { pushSampleImage, pushSampleManifest } from './sample-image.ts';
import { makeKeyBundle } from './sigstore/make-bundle.ts';
import { makeStatement } from './sigstore/make-statement.ts';
import { pushBundle } from './sigstore/push-signed.ts';

const key = makeTrustedKey();
const signedBy = signedByKeys(key.trust);

/** A registry that takes any bytes, as registries do whose parser is not ours, with one image that has provenance and one without. */
export interface AttestedAndNot extends Listing {
  /** linux/amd64, with provenance. */
  readonly good: Descriptor;
  /** linux/amd64, without. */
  readonly evil: Descriptor;
  attest(on: Descriptor): Promise<void>;
  /** Pushes the document as `x`, and judges it. */
  verdictOf(document: object, rule?: Partial<Rule>): Promise<ImageVerdict>;
}

export async function startAttestedAndNot(t: Pick<TestContext, 'after'>): Promise<AttestedAndNot> {
  const listing = await startListing(t, { manifestChecks: false });
  const { store, target } = listing;
  const good = (await pushSampleImage(target, { name: 'good' })).descriptor;
  const evil = (await pushSampleImage(target, { name: 'evil' })).descriptor;
  const attest = async (on: Descriptor): Promise<void> => {
    const statement = makeStatement({ subject: on.digest });
    await pushBundle(target, on, await makeKeyBundle({ statement, privateKey: key.privateKey }));
  };
  await attest(good);
  return {
    ...listing,
    good,
    evil,
    attest,
    verdictOf: async (document, rule = {}) => {
      await pushSampleManifest(target, { mediaType: OCI_INDEX, ...document }, { tag: 'x' });
      return (await judge(store, { tag: 'x' }, [sampleRule({ signedBy, ...rule })], [key.trust])).verdict;
    },
  };
}
