import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Descriptor, Platform } from '../../src/oci/descriptor.ts';
import { OCI_IMAGE_CONFIG, OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { startAttestedAndNot } from '../support/attested-and-not.ts';
import { cellsOf, judge, sampleRule } from '../support/judging.ts';
import { pushFallbackList, startListing } from '../support/listing.ts';
import { AMD64, ARM64, pushIndex } from '../support/nested-image.ts';
import { absentDescriptor, pushSampleBlob, pushSampleImage, pushSampleManifest } from '../support/sample-image.ts';

const UNKNOWN: Platform = { os: 'unknown', architecture: 'unknown' };

describe('an index that other clients read differently', () => {
  it('passes where nothing in it is to be read twice', async (t) => {
    const { good, verdictOf } = await startAttestedAndNot(t);
    const verdict = await verdictOf({ schemaVersion: 2, manifests: [{ ...good, platform: AMD64 }] });
    assert.deepEqual([verdict.verdict, cellsOf(verdict)], ['pass', ['index: not-applicable', 'linux/amd64: pass']]);
  });

  type Disguise = (parts: { readonly good: Descriptor; readonly evil: Descriptor }) => object;
  const disguises: readonly [title: string, document: Disguise][] = [
    [
      'a second list',
      ({ good, evil }) => ({
        manifests: [{ ...good, platform: AMD64 }],
        Manifests: [{ ...evil, platform: AMD64 }],
      }),
    ],
    [
      'a second list, by a letter that folds',
      ({ good, evil }) => ({
        manifests: [{ ...good, platform: AMD64 }],
        'manife\u017fts': [{ ...evil, platform: AMD64 }],
      }),
    ],
    ['a list of layers', ({ good, evil }) => ({ manifests: [{ ...good, platform: AMD64 }], Layers: [evil] })],
    ['another type', ({ good }) => ({ manifests: [{ ...good, platform: AMD64 }], MediaType: OCI_MANIFEST })],
    [
      'a platform of what looks like an attestation',
      ({ good, evil }) => ({
        manifests: [
          { ...good, platform: AMD64 },
          { ...evil, platform: UNKNOWN, Platform: AMD64 },
        ],
      }),
    ],
    [
      'a digest',
      ({ good, evil }) => ({ manifests: [{ ...good, platform: AMD64, Digest: evil.digest, Size: evil.size }] }),
    ],
    [
      'a system',
      ({ good, evil }) => ({
        manifests: [
          { ...good, platform: AMD64 },
          { ...evil, platform: { ...UNKNOWN, OS: 'linux', Architecture: 'amd64' } },
        ],
      }),
    ],
    [
      'a system, by a letter that folds',
      ({ good, evil }) => ({
        manifests: [
          { ...good, platform: AMD64 },
          { ...evil, platform: { ...UNKNOWN, 'o\u017f': 'linux' } },
        ],
      }),
    ],
  ];
  for (const [title, document] of disguises) {
    it(`is not judged: ${title}`, async (t) => {
      const { good, evil, verdictOf } = await startAttestedAndNot(t);
      for (const platforms of ['all', [AMD64]] as const) {
        await assert.rejects(verdictOf({ schemaVersion: 2, ...document({ good, evil }) }, { platforms }), {
          code: 'manifest-invalid',
          message: /the key ".+" is not [a-zA-Z]+$/,
        });
      }
    });

    it(`is unknown inside the image's own: ${title}`, async (t) => {
      const { good, evil, attest, target, verdictOf } = await startAttestedAndNot(t);
      const nested = await pushIndex(target, [{ ...good, platform: AMD64 }]);
      const other = { schemaVersion: 2, mediaType: OCI_INDEX, ...document({ good, evil }) };
      const disguised = (await pushSampleManifest(target, other)).descriptor;
      await attest(disguised);
      const { verdict } = await verdictOf({
        schemaVersion: 2,
        manifests: [nested, { ...disguised, mediaType: OCI_INDEX }],
      });
      assert.equal(verdict, 'unknown');
    });
  }

  it('is unknown where a platform of it is a manifest with a second list of layers', async (t) => {
    const { evil, attest, target, verdictOf } = await startAttestedAndNot(t);
    const config = await pushSampleBlob(target, Buffer.from('{"os":"linux","architecture":"arm64"}'), OCI_IMAGE_CONFIG);
    const image = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [], Layers: [evil] };
    const { descriptor } = await pushSampleManifest(target, image);
    await attest(descriptor);
    const verdict = await verdictOf({ schemaVersion: 2, manifests: [{ ...descriptor, platform: ARM64 }] });
    assert.deepEqual([verdict.verdict, cellsOf(verdict)[1]], ['unknown', 'linux/arm64: unknown']);
  });

  it('is not judged by a platform of a config that says two', async (t) => {
    const { target, verdictOf } = await startAttestedAndNot(t);
    const text = '{"os":"linux","architecture":"s390x","Architecture":"amd64"}';
    const config = await pushSampleBlob(target, Buffer.from(text), OCI_IMAGE_CONFIG);
    const image = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [] };
    await assert.rejects(verdictOf(image, { platforms: [AMD64] }), {
      code: 'manifest-invalid',
      message: `config ${config.digest}: the key "Architecture" is not architecture`,
    });
  });

  it('is followed by a list of referrers with a second list, or an entry of two digests: a source that was not read', async (t) => {
    const { store, target } = await startListing(t, { referrersApi: false, manifestChecks: false });
    const { descriptor } = await pushSampleImage(target, { tag: 'x' });
    const other = absentDescriptor('other');
    for (const [manifests, rest] of [
      [[], { Manifests: [other] }],
      [[{ ...descriptor, Digest: other.digest }], {}],
    ] as const) {
      await pushFallbackList(target, descriptor, manifests, rest);
      const { verdict } = await judge(store, { tag: 'x' }, [sampleRule({ signed: false })], []);
      assert.deepEqual([verdict.verdict, cellsOf(verdict)], ['unknown', ['image: unknown']]);
      assert.deepEqual(
        verdict.rules[0]?.cells[0]?.gaps.map(({ source }) => source),
        ['tag-schema'],
      );
    }
  });
});
