import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EMPTY_DESCRIPTOR } from '../../src/oci/artifact-manifest.ts';
import { type Descriptor, parseDescriptor } from '../../src/oci/descriptor.ts';
import { digestOf } from '../../src/oci/digest.ts';
import {
  DESCRIPTOR_FIELDS,
  type FieldNames,
  foldedFields,
  LAYOUT_FIELDS,
  MANIFEST_FIELDS,
  PLATFORM_FIELDS,
  refuseFoldedKeys,
} from '../../src/oci/folded-keys.ts';
import { digestOfEntry, parseIndexEntries } from '../../src/oci/index-entries.ts';
import { parseManifest } from '../../src/oci/manifest.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import type { JsonValue } from '../../src/oci/strict-json.ts';
import { fc } from '../support/fast-check.ts';

const SETS: Readonly<Record<string, FieldNames>> = {
  MANIFEST_FIELDS,
  DESCRIPTOR_FIELDS,
  PLATFORM_FIELDS,
  LAYOUT_FIELDS,
};
const digest = digestOf('x');
const ENTRY: Descriptor = { mediaType: OCI_MANIFEST, digest, size: 5 };
const INDEX = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [ENTRY] };
const IMAGE = { schemaVersion: 2, mediaType: OCI_MANIFEST, config: EMPTY_DESCRIPTOR, layers: [EMPTY_DESCRIPTOR] };
const json = (value: unknown): JsonValue => JSON.parse(JSON.stringify(value)) as JsonValue;
const parse = (value: unknown) => parseManifest(Buffer.from(JSON.stringify(value)), { what: 'it' });
const refusal = (key: string, name: string, what = 'it') => ({
  code: 'manifest-invalid',
  message: `${what}: the key ${JSON.stringify(key)} is not ${name}`,
});

/** What Go's encoding/json takes for a letter: the other case, and two letters of Unicode. */
function spellingsOf(letter: string): string[] {
  const more = { s: ['\u017f'], k: ['\u212a'] }[letter.toLowerCase()] ?? [];
  return [letter.toLowerCase(), letter.toUpperCase(), ...more];
}

describe('a key that Go takes for a field', () => {
  const ROWS: readonly [names: FieldNames, key: string, name: string | undefined][] = [
    [MANIFEST_FIELDS, 'manifests', undefined],
    [MANIFEST_FIELDS, 'Manifests', 'manifests'],
    [MANIFEST_FIELDS, 'manifeſts', 'manifests'],
    [MANIFEST_FIELDS, 'manifestſ', 'manifests'],
    [MANIFEST_FIELDS, 'mediatype', 'mediaType'],
    [MANIFEST_FIELDS, 'SUBJECT', 'subject'],
    [MANIFEST_FIELDS, 'fslayers', 'fsLayers'],
    [MANIFEST_FIELDS, 'manifests ', undefined],
    [MANIFEST_FIELDS, 'manifest', undefined],
    [MANIFEST_FIELDS, 'manıfests', undefined], // a dotless i, whose capital is I
    [MANIFEST_FIELDS, 'manİfests', undefined],
    [MANIFEST_FIELDS, 'mánifests', undefined],
    [MANIFEST_FIELDS, 'media_type', undefined],
    [MANIFEST_FIELDS, '__proto__', undefined],
    [DESCRIPTOR_FIELDS, 'Digest', 'digest'],
    [DESCRIPTOR_FIELDS, 'ſize', 'size'],
    [DESCRIPTOR_FIELDS, 'PlatForm', 'platform'],
    [DESCRIPTOR_FIELDS, 'Manifests', undefined],
    [PLATFORM_FIELDS, 'OS', 'os'],
    [PLATFORM_FIELDS, 'oſ', 'os'],
    [PLATFORM_FIELDS, 'OS.Version', 'os.version'],
    [PLATFORM_FIELDS, 'os.features', undefined],
    [LAYOUT_FIELDS, 'imagelayoutversion', 'imageLayoutVersion'],
  ];
  for (const [names, key, name] of ROWS) {
    it(`${name === undefined ? `is not ${JSON.stringify(key)}` : `is ${JSON.stringify(key)}, for ${name}`}`, () => {
      const json = Object.fromEntries([[key, 1]]);
      assert.deepEqual(foldedFields(json, names), name === undefined ? [] : [{ key, name }]);
      if (name === undefined) refuseFoldedKeys(json, names, 'it');
      else assert.throws(() => refuseFoldedKeys(json, names, 'it'), refusal(key, name));
    });
  }

  for (const [title, names] of Object.entries(SETS)) {
    it(`is every other spelling of ${title}, and the name itself never`, () => {
      const spelling = fc
        .constantFrom(...names.values())
        .chain((name) =>
          fc.tuple(fc.constant(name), ...[...name].map((letter) => fc.constantFrom(...spellingsOf(letter)))),
        )
        .map(([name, ...letters]) => ({ name, key: letters.join('') }));
      fc.assert(
        fc.property(spelling, ({ name, key }) => {
          assert.deepEqual(foldedFields({ [key]: null }, names), key === name ? [] : [{ key, name }]);
        }),
      );
    });

    it(`is no other text, for ${title}`, () => {
      const pattern = [...names.values()].map((name) =>
        [...name].map((letter) => `[${spellingsOf(letter).join('')}]`).join(''),
      );
      const isSpelling = new RegExp(`^(?:${pattern.join('|')})$`, 'u');
      const text = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc
          .constantFrom(...names.values())
          .chain((name) => fc.string({ unit: fc.constantFrom(...name, 'ı', 'İ', 'ß') })),
      );
      fc.assert(
        fc.property(text, (key) => {
          fc.pre(!isSpelling.test(key));
          assert.deepEqual(foldedFields(Object.fromEntries([[key, null]]), names), []);
        }),
      );
    });
  }
});

describe('a document with such a key is refused', () => {
  const evil = { ...ENTRY, digest: digestOf('evil') };
  for (const [title, value, key, name] of [
    ['an index, in front', { Manifests: [evil], ...INDEX }, 'Manifests', 'manifests'],
    ['an index, behind', { ...INDEX, 'manife\u017fts': [evil] }, 'manifeſts', 'manifests'],
    ['an index without the name itself', { mediaType: OCI_INDEX, Manifests: [evil] }, 'Manifests', 'manifests'],
    ['an index with layers', { ...INDEX, Layers: [] }, 'Layers', 'layers'],
    ['an image, its layers', { ...IMAGE, Layers: [evil] }, 'Layers', 'layers'],
    ['an image, its config', { ...IMAGE, CONFIG: evil }, 'CONFIG', 'config'],
    ['an artifact, its subject', { ...IMAGE, Subject: evil }, 'Subject', 'subject'],
    ['an artifact, its type', { ...IMAGE, artifacttype: 'a/b' }, 'artifacttype', 'artifactType'],
    ['an artifact, its annotations', { ...IMAGE, Annotations: { a: 'b' } }, 'Annotations', 'annotations'],
    ['a manifest of another type', { mediaType: 'a/b', Subject: evil }, 'Subject', 'subject'],
    ['a manifest that says another type', { ...IMAGE, MediaType: OCI_INDEX }, 'MediaType', 'mediaType'],
  ] as const) {
    it(title, () => assert.throws(() => parse(value), refusal(key, name)));
  }

  it('in a descriptor of an image, and in its platform', () => {
    const config = { ...EMPTY_DESCRIPTOR, Digest: digest };
    assert.throws(() => parse({ ...IMAGE, config }), refusal('Digest', 'digest', 'it: config'));
    const layers = [{ ...EMPTY_DESCRIPTOR, URLs: [] }];
    assert.throws(() => parse({ ...IMAGE, layers }), refusal('URLs', 'urls', 'it: layers[0]'));
    const subject = { ...ENTRY, Digest: digest };
    assert.throws(() => parse({ ...IMAGE, subject }), refusal('Digest', 'digest', 'it: subject'));
    const platform = { os: 'linux', architecture: 'arm64', Architecture: 'amd64' };
    assert.throws(
      () => parseDescriptor(json({ ...EMPTY_DESCRIPTOR, platform }), 'it'),
      refusal('Architecture', 'architecture', 'it: platform'),
    );
  });

  it('and its escaped spelling is the same key', () => {
    const bytes = Buffer.from(`{"mediaType":"${OCI_INDEX}","manifests":[],"\\u004danifests":[]}`);
    assert.throws(() => parseManifest(bytes, { what: 'it' }), refusal('Manifests', 'manifests'));
  });

  it('but not for keys of annotations, which are those of a map', () => {
    const annotations = { Digest: 'a', digest: 'b', Manifests: 'c' };
    assert.deepEqual(parse({ ...IMAGE, annotations }).annotations, annotations);
    assert.deepEqual(parseDescriptor(json({ ...EMPTY_DESCRIPTOR, annotations }), 'it').annotations, annotations);
  });
});

describe('an entry of a list with such a key', () => {
  it('is a bad one beside the good', () => {
    const manifests = json([ENTRY, { ...ENTRY, Platform: { os: 'linux', architecture: 'amd64' } }]);
    assert.deepEqual(parseIndexEntries({ manifests }, 'it'), {
      descriptors: [ENTRY],
      suspects: [{ digest, problem: 'it: manifests[1]: the key "Platform" is not platform' }],
    });
  });

  it('names no digest where others read another one', () => {
    const two = json({ ...ENTRY, URLs: [], Digest: digestOf('evil') });
    assert.equal(digestOfEntry(two), undefined);
    assert.deepEqual(
      parseIndexEntries({ manifests: [two] }, 'it').suspects.map((suspect) => suspect.digest),
      [undefined],
    );
  });

  it('cannot be all of the list', () => {
    assert.throws(() => parseIndexEntries({ manifests: [], Manifests: json([ENTRY]) }, 'it'), {
      code: 'manifest-invalid',
    });
  });
});
