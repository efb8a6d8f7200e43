import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Descriptor } from '../../../src/oci/descriptor.ts';
import { digestOf } from '../../../src/oci/digest.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../../src/oci/media-types.ts';
import {
  EMPTY_LAYOUT_INDEX,
  formatLayoutIndex,
  hasManifest,
  type LayoutIndex,
  parseLayoutIndex,
  resolveTag,
  withManifest,
  withoutManifest,
  withoutTag,
} from '../../../src/store/layout/layout-index.ts';
import { fc } from '../../support/fast-check.ts';

const descriptorOf = (name: string): Descriptor => ({ mediaType: OCI_MANIFEST, digest: digestOf(name), size: 7 });
const parse = (text: string): LayoutIndex => parseLayoutIndex(new TextEncoder().encode(text), 'index.json');
const tagsOf = (index: LayoutIndex): (string | undefined)[] => index.entries.map((entry) => entry.tag);
const a = descriptorOf('a');
const b = descriptorOf('b');

describe('parseLayoutIndex', () => {
  const good: [string, number][] = [
    ['{"schemaVersion":2,"manifests":[]}', 0],
    ['{"schemaVersion":2,"manifests":null}', 0],
    ['{"schemaVersion":2}', 0],
    [JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [a, b] }), 2],
  ];
  for (const [text, count] of good) {
    it(`reads ${count} entries from ${text.slice(0, 45)}`, () => assert.equal(parse(text).entries.length, count));
  }

  const bad = [
    '',
    '[]',
    'null',
    '{"manifests":{}}',
    '{"manifests":[{}]}',
    '{"manifests":[{"mediaType":"a/b","digest":"sha256:../../x","size":1}]}',
    '{"manifests":[],"manifests":[]}',
    '{"manifests":[],"Manifests":[]}',
    '{"manifests":[{"mediaType":"a/b","digest":"x:abc","size":1,"Annotations":{}}]}',
    '{"manifests":[]}{}',
    '<html>',
  ];
  for (const text of bad) {
    it(`refuses ${JSON.stringify(text)} as layout-invalid`, () => {
      assert.throws(() => parse(text), { code: 'layout-invalid' });
    });
  }

  it('keeps fields that it does not know, of the document and of its entries', () => {
    const document = {
      schemaVersion: 2,
      'x-top': { deep: [1, null] },
      manifests: [{ ...a, 'x-entry': true, annotations: { other: 'kept' } }],
      annotations: { of: 'the index' },
    };
    const edited = withoutTag(withManifest(parse(JSON.stringify(document)), a, ['v1']), 'v1');
    assert.deepEqual(JSON.parse(formatLayoutIndex(edited)), document);
  });
});

describe('tags of a layout index', () => {
  it('gives a manifest one entry for each of its tags, and none without a tag besides', () => {
    const index = withManifest(withManifest(EMPTY_LAYOUT_INDEX, a, []), a, ['v1', 'v1.0']);
    assert.deepEqual(tagsOf(index), ['v1', 'v1.0']);
  });

  it('keeps the manifest that a tag moved away from, without the tag', () => {
    const index = withManifest(withManifest(EMPTY_LAYOUT_INDEX, a, ['v1']), b, ['v1']);
    assert.equal(resolveTag(index, 'v1', 'test')?.digest, b.digest);
    assert.ok(hasManifest(index, a.digest));
    assert.deepEqual(tagsOf(index), [undefined, 'v1']);
  });

  it('changes nothing, and says so by the same object, when the tag names the manifest already', () => {
    const index = withManifest(EMPTY_LAYOUT_INDEX, a, ['v1']);
    assert.equal(withManifest(index, a, ['v1']), index);
    assert.equal(withManifest(index, a, []), index);
    assert.equal(withoutTag(index, 'v2'), index);
    assert.equal(withoutManifest(index, b.digest), index);
  });

  it('refuses to choose between two manifests under one tag', () => {
    const named = (descriptor: Descriptor): unknown => ({
      ...descriptor,
      annotations: { 'org.opencontainers.image.ref.name': 'v1' },
    });
    const index = parse(JSON.stringify({ manifests: [named(a), named(b)] }));
    assert.throws(() => resolveTag(index, 'v1', 'test'), { code: 'layout-invalid' });
    assert.equal(
      resolveTag(parse(JSON.stringify({ manifests: [named(a), named(a)] })), 'v1', 'test')?.digest,
      a.digest,
    );
  });

  it('does not make a tag of a ref.name annotation on the pushed descriptor', () => {
    const sly = { ...a, annotations: { 'org.opencontainers.image.ref.name': 'latest' } };
    assert.deepEqual(tagsOf(withManifest(EMPTY_LAYOUT_INDEX, sly, [])), [undefined]);
  });

  it('behaves as a map from tags to digests under any sequence of edits', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const tag = fc.constantFrom('t1', 't2', 't3');
    const step = fc.oneof(
      fc.record({ kind: fc.constant('put' as const), name, tags: fc.uniqueArray(tag) }),
      fc.record({ kind: fc.constant('untag' as const), tag }),
      fc.record({ kind: fc.constant('delete' as const), name }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let index = EMPTY_LAYOUT_INDEX;
        const tags = new Map<string, string>();
        const held = new Set<string>();
        for (const item of steps) {
          if (item.kind === 'put') {
            index = withManifest(index, descriptorOf(item.name), item.tags);
            held.add(descriptorOf(item.name).digest);
            for (const each of item.tags) tags.set(each, descriptorOf(item.name).digest);
          } else if (item.kind === 'untag') {
            index = withoutTag(index, item.tag);
            tags.delete(item.tag);
          } else {
            const { digest } = descriptorOf(item.name);
            index = withoutManifest(index, digest);
            held.delete(digest);
            for (const [key, value] of tags) if (value === digest) tags.delete(key);
          }
        }
        const read = parse(formatLayoutIndex(index));
        assert.deepEqual(new Set(read.entries.map((entry) => entry.descriptor.digest)), held);
        for (const each of ['t1', 't2', 't3']) assert.equal(resolveTag(read, each, 'test')?.digest, tags.get(each));
      }),
    );
  });
});
