import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { plainDescriptorOf } from '../../src/oci/manifest.ts';
import { COSIGN_SIMPLESIGNING, DSSE_ENVELOPE, OCI_IMAGE_CONFIG, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { buildCosignTag, type CosignTagSuffix } from '../../src/oci/referrers-tag.ts';
import { codesOf, countRequests, digestsOf, rowsOf, startListing, unreadOf } from '../support/listing.ts';
import {
  pushSampleBlob,
  pushSampleImage,
  pushSampleIndex,
  pushSampleManifest,
  type SampleTarget,
} from '../support/sample-image.ts';

/** As cosign v2 writes it: an image manifest whose layers say what it is. */
async function pushCosign(
  target: SampleTarget,
  subject: Descriptor,
  suffix: CosignTagSuffix,
  layerType: string,
  rest: object = {},
): Promise<Descriptor> {
  const config = await pushSampleBlob(target, Buffer.from(`{"${suffix}":1}`), OCI_IMAGE_CONFIG);
  const layer = await pushSampleBlob(target, Buffer.from(`${suffix} ${subject.digest}`), layerType);
  const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer], ...rest };
  const { descriptor } = await pushSampleManifest(target, manifest, { tag: buildCosignTag(subject.digest, suffix) });
  return descriptor;
}

describe("listReferrers: cosign's tags", () => {
  it('lists signatures, attestations and SBOMs of the index and its platforms, typed by their layers', async (t) => {
    const { target, list } = await startListing(t);
    const index = await pushSampleIndex(target, { tag: 'v1' });
    const sig = await pushCosign(target, index.descriptor, 'sig', COSIGN_SIMPLESIGNING);
    const att = await pushCosign(target, index.descriptor, 'att', DSSE_ENVELOPE);
    const sbom = await pushCosign(target, index.platforms[0]!, 'sbom', 'text/spdx+json');
    const tree = await list('v1');
    assert.deepEqual(
      rowsOf(tree).map(({ descriptor, subject, sources, verified }) => [descriptor, subject, sources, verified]),
      [
        [{ ...sig, artifactType: COSIGN_SIMPLESIGNING }, index.descriptor.digest, ['cosign-tags'], true],
        [{ ...att, artifactType: DSSE_ENVELOPE }, index.descriptor.digest, ['cosign-tags'], true],
        [{ ...sbom, artifactType: 'text/spdx+json' }, index.platforms[0]!.digest, ['cosign-tags'], true],
      ],
    );
    assert.deepEqual([tree.complete, tree.warnings], [true, []]);
    const filtered = await list('v1', {
      filter: { artifactTypes: [COSIGN_SIMPLESIGNING], annotations: [] },
      verify: false,
    });
    assert.deepEqual(digestsOf(filtered), [sig.digest]);
    assert.deepEqual(digestsOf(await list('v1', { sources: ['api', 'tag-schema', 'in-index'] })), []);
  });

  it('proves them without a request of their own, though nothing is to be verified', async (t) => {
    const { registry, target, list } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    const sig = await pushCosign(target, image.descriptor, 'sig', COSIGN_SIMPLESIGNING);
    const tree = await list('v1', { verify: false });
    assert.deepEqual(
      rowsOf(tree).map(({ descriptor, verified }) => [descriptor, verified]),
      [[{ ...sig, artifactType: COSIGN_SIMPLESIGNING }, true]],
    );
    assert.equal(countRequests(registry)['manifest by digest'], undefined);
  });

  it('marks one that the API lists, too, with both', async (t) => {
    const { target, list } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    const subject = plainDescriptorOf(image.descriptor);
    const sig = await pushCosign(target, subject, 'sig', COSIGN_SIMPLESIGNING, { subject });
    const tree = await list('v1');
    assert.deepEqual(
      rowsOf(tree).map(({ descriptor, sources }) => [descriptor.digest, sources]),
      [[sig.digest, ['api', 'cosign-tags']]],
    );
  });

  it('drops what stands under the tag of one image and names another as its subject', async (t) => {
    const { target, list } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    const other = await pushSampleImage(target, { name: 'other' });
    await pushCosign(target, image.descriptor, 'sig', COSIGN_SIMPLESIGNING, {
      subject: plainDescriptorOf(other.descriptor),
    });
    const tree = await list('v1');
    assert.deepEqual([digestsOf(tree), codesOf(tree)], [[], ['subject-differs']]);
  });

  it('does not take the image for its own signature, where a registry resolves the tag to the digest in its name', async (t) => {
    const { registry, target, list } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    const headers = { 'content-type': image.descriptor.mediaType };
    const url = `${registry.url}/v2/acme/app/manifests/${buildCosignTag(image.descriptor.digest, 'sig')}`;
    assert.equal((await fetch(url, { method: 'PUT', body: image.bytes, headers })).status, 201);
    const tree = await list('v1');
    assert.deepEqual([digestsOf(tree), tree.complete, codesOf(tree)], [[], true, []]);
  });

  it('is incomplete when one of the tags cannot be read, and lists the others', async (t) => {
    const { registry, target, list } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    await pushCosign(target, image.descriptor, 'sig', COSIGN_SIMPLESIGNING);
    registry.quirks.failure = { status: 403, match: ({ path }) => path.endsWith('.sig') };
    const tree = await list('v1');
    assert.deepEqual(
      [unreadOf(tree), tree.complete, codesOf(tree)],
      [['cosign-tags: denied'], false, ['source-unread']],
    );
  });

  it('asks for none where the digest makes no tag', async (t) => {
    const { registry, target, list } = await startListing(t);
    const image = await pushSampleImage(target);
    const digest = digestOf(image.bytes, 'sha512');
    const headers = { 'content-type': image.descriptor.mediaType };
    const url = `${registry.url}/v2/acme/app/manifests/${digest}`;
    assert.equal((await fetch(url, { method: 'PUT', body: image.bytes, headers })).status, 201);
    const tree = await list({ ...image.descriptor, digest }, { trustHints: false });
    assert.deepEqual([tree.complete, countRequests(registry)['cosign tag']], [true, undefined]);
  });
});
