import { DSSEBundleBuilder } from '@sigstore/sign';

type Package = DSSEBundleBuilder['package'];

/**
 * Makes the bundle of an envelope without `keyid`. @sigstore/sign puts the key's hint there; go-securesystemslib, which
 * cosign verifies envelopes with, takes it for a key's name of another form and passes over the signature. The hint stays
 * where the bundle has its place for it.
 */
export class EnvelopeBuilder extends DSSEBundleBuilder {
  protected override async package(...parts: Parameters<Package>): ReturnType<Package> {
    const bundle = await super.package(...parts);
    for (const signature of bundle.content.dsseEnvelope.signatures) signature.keyid = '';
    return bundle;
  }
}
