import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import { orderedDescriptor } from '../../src/oci/artifact-manifest.ts';
import { type Descriptor, parseAnnotations, parseDescriptor, sameAnnotations } from '../../src/oci/descriptor.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { parseIndexEntries } from '../../src/oci/index-entries.ts';
import type { JsonValue } from '../../src/oci/strict-json.ts';
import { fc } from '../support/fast-check.ts';

const digest = digestOf('x');
const PLAIN = { mediaType: 'a/b', digest, size: 5 };
const json = (value: unknown): JsonValue => JSON.parse(JSON.stringify(value)) as JsonValue;

describe('parseDescriptor', () => {
  const GOODIES: readonly [title: string, value: object, expected: Descriptor][] = [
    ['the three required fields', PLAIN, PLAIN],
    ['a size of nothing', { ...PLAIN, size: 0 }, { ...PLAIN, size: 0 }],
    ['the largest size that a number can hold', { ...PLAIN, size: 2 ** 53 - 1 }, { ...PLAIN, size: 2 ** 53 - 1 }],
    ['an empty artifactType as none', { ...PLAIN, artifactType: '' }, PLAIN],
    ['nulls as absent', { ...PLAIN, artifactType: null, annotations: null, platform: null, data: null }, PLAIN],
    ['empty annotations as none', { ...PLAIN, annotations: {} }, PLAIN],
    ['fields that it does not know', { ...PLAIN, urls: ['http://x'], other: 1 }, PLAIN],
    ['an empty annotation', { ...PLAIN, annotations: { a: '' } }, { ...PLAIN, annotations: { a: '' } }],
    [
      'a platform',
      { ...PLAIN, platform: { os: 'linux', architecture: 'arm', variant: 'v7' } },
      { ...PLAIN, platform: { os: 'linux', architecture: 'arm', variant: 'v7' } },
    ],
    ['a platform that says nothing as none', { ...PLAIN, platform: { variant: 'v7' } }, PLAIN],
    [
      'a platform with parts',
      { ...PLAIN, platform: { os: 'windows', architecture: 'amd64', variant: '', 'os.version': '10' } },
      { ...PLAIN, platform: { os: 'windows', architecture: 'amd64', 'os.version': '10' } },
    ],
    ['a platform without an architecture as none', { ...PLAIN, platform: { os: 'windows' } }, PLAIN],
    ['a platform with an empty system as none', { ...PLAIN, platform: { os: '', architecture: 'amd64' } }, PLAIN],
    ['an algorithm unknown here', { ...PLAIN, digest: 'x+y:Zz=' }, { ...PLAIN, digest: 'x+y:Zz=' }],
  ];
  for (const [title, value, expected] of GOODIES) {
    it(`reads ${title}`, () => assert.deepEqual(parseDescriptor(json(value), 'it'), expected));
  }

  const UGLIES: readonly [title: string, value: unknown, message: string][] = [
    ['null', null, 'it is not an object'],
    ['a list', [], 'it is not an object'],
    ['a text', 'x', 'it is not an object'],
    ['no mediaType', { digest, size: 5 }, 'it has no mediaType'],
    ['an empty mediaType', { ...PLAIN, mediaType: '' }, 'it has no mediaType'],
    ['a mediaType that is no text', { ...PLAIN, mediaType: 1 }, 'it has no mediaType'],
    ['no digest', { mediaType: 'a/b', size: 5 }, 'it has no valid digest: null'],
    ['a broken digest', { ...PLAIN, digest: 'sha256:12' }, 'it has no valid digest: "sha256:12"'],
    ['a digest that is no text', { ...PLAIN, digest: [digest] }, `it has no valid digest: ["${digest}"]`],
    ['no size', { mediaType: 'a/b', digest }, 'it has no valid size: null'],
    ['a negative size', { ...PLAIN, size: -1 }, 'it has no valid size: -1'],
    ['a part of a byte', { ...PLAIN, size: 1.5 }, 'it has no valid size: 1.5'],
    ['a size beyond what a number can hold', { ...PLAIN, size: 2 ** 53 }, 'it has no valid size: 9007199254740992'],
    ['a size in text', { ...PLAIN, size: '5' }, 'it has no valid size: "5"'],
    ['artifactType as a number', { ...PLAIN, artifactType: 1 }, 'it: artifactType is not a string'],
    ['annotations as a list', { ...PLAIN, annotations: [] }, 'it: annotations is not an object'],
    ['an annotation that is no text', { ...PLAIN, annotations: { a: null } }, 'it: annotation "a" is not a string'],
    ['a platform as a text', { ...PLAIN, platform: 'linux/amd64' }, 'it: platform is not an object'],
    ['an os that is no text', { ...PLAIN, platform: { os: 1 } }, 'it: os is not a string'],
    [
      'a variant that is no text, of no platform',
      { ...PLAIN, platform: { variant: 1 } },
      'it: variant is not a string',
    ],
  ];
  for (const [title, value, message] of UGLIES) {
    it(`refuses ${title}`, () => {
      assert.throws(() => parseDescriptor(json(value), 'it'), { code: 'manifest-invalid', message });
    });
  }

  it('reads 2^53 + 1 as the number that it is not', () => {
    const value = JSON.parse(`{"mediaType":"a/b","digest":"${digest}","size":9007199254740993}`) as JsonValue;
    assert.throws(() => parseDescriptor(value, 'it'), { code: 'manifest-invalid' });
  });

  it('reads what is written, whatever the annotations', () => {
    const text = fc.string();
    const annotations = fc.dictionary(fc.oneof(text, fc.constantFrom('__proto__', 'constructor')), text, {
      minKeys: 1,
    });
    fc.assert(
      fc.property(annotations, fc.nat(), fc.string(), (pairs, size, content) => {
        const descriptor: Descriptor = { mediaType: 'a/b', digest: digestOf(content), size, annotations: pairs };
        const read = parseDescriptor(json(orderedDescriptor(descriptor)), 'it');
        assert.ok(sameAnnotations(read.annotations, pairs));
        assert.deepEqual({ ...read, annotations: null }, { ...descriptor, annotations: null });
      }),
    );
  });

  it('never throws anything but coded errors', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        try {
          const { digest: read, size } = parseDescriptor(value as JsonValue, 'it');
          assert.ok(read.includes(':') && Number.isSafeInteger(size));
        } catch (error) {
          assert.ok(error instanceof CodedError && error.code === 'manifest-invalid', String(error));
        }
      }),
    );
  });
});

describe('annotations', () => {
  it('keep __proto__ as a key like any other', () => {
    const read = parseAnnotations(JSON.parse('{"__proto__":"x"}') as JsonValue, 'it');
    assert.deepEqual(Object.entries(read ?? {}), [['__proto__', 'x']]);
  });

  it('are the same in any order, and where none are empty ones', () => {
    assert.ok(sameAnnotations({ a: '1', b: '2' }, { b: '2', a: '1' }));
    assert.ok(sameAnnotations(undefined, {}));
    assert.ok(!sameAnnotations({ a: '1' }, { a: '2' }));
    assert.ok(!sameAnnotations({ a: '1' }, { b: '1' }));
    assert.ok(!sameAnnotations({ a: '1' }, { a: '1', b: '' }));
    assert.ok(!sameAnnotations({ toString: 'x' }, { b: 'x' }));
  });
});

describe('parseIndexEntries', () => {
  it('reads the sound entries beside bad ones, and says what is wrong with those', () => {
    const other = digestOf('y');
    const manifests = [PLAIN, { digest: other }, 7, { ...PLAIN, digest: 'x' }];
    assert.deepEqual(parseIndexEntries({ manifests: json(manifests) }, 'it'), {
      descriptors: [PLAIN],
      suspects: [
        { digest: other, problem: 'it: manifests[1] has no mediaType' },
        { problem: 'it: manifests[2] is not an object' },
        { problem: 'it: manifests[3] has no valid digest: "x"' },
      ],
    });
  });

  it('takes null for empty, and nothing else', () => {
    assert.deepEqual(parseIndexEntries({ manifests: null }, 'it'), { descriptors: [], suspects: [] });
    for (const manifests of [undefined, {}, 'x', 1]) {
      assert.throws(() => parseIndexEntries({ manifests }, 'it'), {
        code: 'manifest-invalid',
        message: 'it: manifests is not an array',
      });
    }
  });

  it('gives up on a list of more than a thousand bad entries', () => {
    assert.equal(parseIndexEntries({ manifests: Array<JsonValue>(1000).fill({}) }, 'it').suspects.length, 1000);
    assert.throws(() => parseIndexEntries({ manifests: Array<JsonValue>(1001).fill({}) }, 'it'), {
      code: 'manifest-invalid',
      message: 'it: more than 1000 of its 1001 entries are no descriptors',
    });
  });
});
