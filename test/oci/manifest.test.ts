import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import { buildArtifactManifest, EMPTY_DESCRIPTOR } from '../../src/oci/artifact-manifest.ts';
import { digestOf } from '../../src/oci/digest.ts';
import {
  effectiveArtifactType,
  isSameManifest,
  type Manifest,
  parseManifest,
  plainDescriptorOf,
  referrerDescriptorOf,
} from '../../src/oci/manifest.ts';
import {
  DOCKER_LIST,
  DOCKER_MANIFEST,
  OCI_ARTIFACT_MANIFEST,
  OCI_EMPTY,
  OCI_INDEX,
  OCI_MANIFEST,
} from '../../src/oci/media-types.ts';
import { fc } from '../support/fast-check.ts';

const SUBJECT = { mediaType: OCI_INDEX, digest: digestOf('subject'), size: 7 };
const IMAGE = { mediaType: OCI_MANIFEST, config: EMPTY_DESCRIPTOR, layers: [EMPTY_DESCRIPTOR] };
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const parse = (value: unknown, mediaType?: string): Manifest => parseManifest(encode(value), { what: 'it', mediaType });

describe('parseManifest', () => {
  it('reads an image manifest with its subject', () => {
    const manifest = parse({ ...IMAGE, artifactType: 'a/b', subject: SUBJECT, annotations: { k: 'v' } });
    assert.ok(manifest.kind === 'manifest');
    assert.deepEqual([manifest.config, manifest.layers], [EMPTY_DESCRIPTOR, [EMPTY_DESCRIPTOR]]);
    assert.deepEqual([manifest.subject, manifest.annotations, manifest.artifactType], [SUBJECT, { k: 'v' }, 'a/b']);
    assert.equal(manifest.digest, digestOf(manifest.bytes));
    assert.equal(manifest.size, manifest.bytes.byteLength);
  });

  it('counts bytes, not characters', () => {
    const value = { ...IMAGE, annotations: { k: 'é😀' } };
    assert.equal(parse(value).size, Buffer.byteLength(JSON.stringify(value)));
    assert.notEqual(parse(value).size, JSON.stringify(value).length);
  });

  for (const mediaType of [OCI_INDEX, DOCKER_LIST]) {
    it(`reads ${mediaType} with its entries, sound and bad`, () => {
      const manifest = parse({ mediaType, manifests: [SUBJECT, {}] });
      assert.ok(manifest.kind === 'index');
      assert.deepEqual([manifest.manifests, manifest.suspects.length], [[SUBJECT], 1]);
    });
  }

  it('reads the subject of a type that it does not know', () => {
    for (const mediaType of [OCI_ARTIFACT_MANIFEST, 'application/vnd.acme+json']) {
      const manifest = parse({ mediaType, artifactType: 'a/b', subject: SUBJECT });
      assert.deepEqual([manifest.kind, manifest.subject, manifest.mediaType], ['other', SUBJECT, mediaType]);
      assert.equal(effectiveArtifactType(manifest), 'a/b');
    }
  });

  it('takes null for no subject, no artifactType, no annotations, no layers', () => {
    const nulls = { subject: null, artifactType: null, annotations: null, layers: null };
    const manifest = parse({ ...IMAGE, ...nulls });
    assert.ok(manifest.kind === 'manifest');
    assert.deepEqual(
      [manifest.subject, manifest.artifactType, manifest.annotations],
      [undefined, undefined, undefined],
    );
    assert.deepEqual(manifest.layers, []);
  });

  it('has the type of the bytes, else the one under which they came, else the one of their shape', () => {
    const { mediaType: _, ...bare } = IMAGE;
    assert.equal(parse(IMAGE, 'application/json').mediaType, OCI_MANIFEST);
    assert.equal(parse(bare, DOCKER_MANIFEST).mediaType, DOCKER_MANIFEST);
    assert.equal(parse({ ...bare, mediaType: '' }, DOCKER_MANIFEST).mediaType, DOCKER_MANIFEST);
    assert.equal(parse(bare).mediaType, OCI_MANIFEST);
    assert.equal(parse({ manifests: [] }).mediaType, OCI_INDEX);
    assert.throws(() => parse(IMAGE, OCI_INDEX), {
      code: 'manifest-invalid',
      message: /^it: came as .*, but its mediaType/,
    });
    assert.throws(() => parse(bare, OCI_INDEX), { code: 'manifest-invalid', message: 'it: manifests is not an array' });
  });

  it('never throws anything but coded errors', () => {
    const field = fc.constantFrom(
      'mediaType',
      'manifests',
      'layers',
      'config',
      'subject',
      'annotations',
      'artifactType',
    );
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(OCI_INDEX, OCI_MANIFEST),
      fc.constant(SUBJECT),
      fc.constant([SUBJECT]),
    );
    fc.assert(
      fc.property(fc.dictionary(field, value), (json) => {
        try {
          assert.equal(parse(json).digest, digestOf(encode(json)));
        } catch (error) {
          assert.ok(error instanceof CodedError && /^(manifest|json)-invalid$/.test(error.code), String(error));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('effectiveArtifactType', () => {
  const config = { ...EMPTY_DESCRIPTOR, mediaType: 'c/d' };
  const ROWS: readonly [title: string, value: object, type: string | undefined][] = [
    ['artifactType', { ...IMAGE, artifactType: 'a/b', config }, 'a/b'],
    ['the type of the config, where there is no artifactType', { ...IMAGE, config }, 'c/d'],
    ['the type of the config, where artifactType is empty', { ...IMAGE, artifactType: '', config }, 'c/d'],
    ['none for the empty config', IMAGE, undefined],
    ['artifactType of an index', { mediaType: OCI_INDEX, manifests: [], artifactType: 'a/b' }, 'a/b'],
    ['none for an index without one', { mediaType: OCI_INDEX, manifests: [] }, undefined],
  ];
  for (const [title, value, type] of ROWS) {
    it(`is ${title}`, () => {
      assert.equal(effectiveArtifactType(parse(value)), type);
      assert.equal(referrerDescriptorOf(parse(value)).artifactType, type);
    });
  }
});

describe('descriptors of a manifest', () => {
  const manifest = parse({ ...IMAGE, artifactType: 'a/b', annotations: { k: 'v' }, subject: SUBJECT });
  const plain = { mediaType: OCI_MANIFEST, digest: manifest.digest, size: manifest.size };

  it('are bare for a subject, and with type and annotations for a list of referrers', () => {
    assert.deepEqual(plainDescriptorOf(manifest), plain);
    assert.deepEqual(referrerDescriptorOf(manifest), { ...plain, artifactType: 'a/b', annotations: { k: 'v' } });
  });

  it('are the same by any digest of the bytes', () => {
    assert.ok(isSameManifest(manifest, manifest.digest));
    assert.ok(isSameManifest(manifest, digestOf(manifest.bytes, 'sha512')));
    assert.ok(!isSameManifest(manifest, digestOf('other')));
    assert.ok(!isSameManifest(manifest, digestOf('other', 'sha512')));
    assert.ok(!isSameManifest(manifest, `blake3:${'0'.repeat(64)}`));
  });
});

describe('buildArtifactManifest', () => {
  it('is read back as what went into it, and is the same bytes for the same parts', () => {
    const text = fc.string();
    const annotations = fc.dictionary(text, text);
    fc.assert(
      fc.property(annotations, fc.array(fc.tuple(text, annotations), { maxLength: 3 }), (pairs, contents) => {
        const layers = contents.map(([content, own]) => ({
          mediaType: 'a/layer',
          digest: digestOf(content),
          size: Buffer.byteLength(content),
          annotations: own,
        }));
        const parts = { artifactType: 'a/b', layers, subject: SUBJECT, annotations: pairs };
        const bytes = buildArtifactManifest(parts);
        const read = parseManifest(bytes, { what: 'it', mediaType: OCI_MANIFEST });
        assert.ok(read.kind === 'manifest');
        assert.deepEqual([read.artifactType, read.subject, read.config.mediaType], ['a/b', SUBJECT, OCI_EMPTY]);
        assert.deepEqual(
          read.layers.map(({ digest }) => digest),
          layers.length === 0 ? [EMPTY_DESCRIPTOR.digest] : layers.map(({ digest }) => digest),
        );
        const turned = Object.fromEntries(Object.entries(pairs).reverse());
        assert.deepEqual(buildArtifactManifest({ ...parts, annotations: turned }), bytes);
      }),
    );
  });
});
