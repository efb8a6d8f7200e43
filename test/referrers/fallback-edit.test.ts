import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Digest, digestOf } from '../../src/oci/digest.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import {
  addEntries,
  buildFallbackIndex,
  type RawEntry,
  rawEntriesOf,
  rawEntryOf,
  removeEntries,
} from '../../src/referrers/fallback-edit.ts';
import { fc } from '../support/fast-check.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function entry(name: string, rest = ''): RawEntry {
  const digest = digestOf(name);
  return { digest, text: `{"mediaType":"${OCI_MANIFEST}","digest":"${digest}","size":7${rest}}` };
}

const a = entry('a');
const b = entry('b');
const c = entry('c');

describe('buildFallbackIndex', () => {
  it('writes a new list to the byte as the spec has it, descriptor keys in spec order', () => {
    const raw = rawEntryOf({
      mediaType: OCI_MANIFEST,
      size: 5,
      digest: a.digest,
      annotations: { z: '1', a: 'ü' },
      artifactType: 'text/spdx',
    });
    assert.equal(
      textOf(buildFallbackIndex([raw])),
      `{"schemaVersion":2,"mediaType":"${OCI_INDEX}","manifests":[{"mediaType":"${OCI_MANIFEST}","digest":"${a.digest}","size":5,"annotations":{"a":"ü","z":"1"},"artifactType":"text/spdx"}]}`,
    );
  });
});

describe('addEntries', () => {
  const cases: readonly (readonly [title: string, before: string, after: string])[] = [
    ['an empty array', '{"manifests":[]}', `{"manifests":[${c.text}]}`],
    ['an empty array with white space, which stays', '{"manifests":[ \n ]}', `{"manifests":[ \n ${c.text}]}`],
    ['null, which Go writers have left', '{"manifests": null ,"x":1}', `{"manifests": [${c.text}] ,"x":1}`],
    ['one entry', `{"manifests":[${a.text}]}`, `{"manifests":[${a.text},${c.text}]}`],
    [
      'indented entries, unknown fields, odd numbers and key order',
      `{\n  "x-note": 1.50e1,\n  "manifests": [\n    ${a.text},\n    ${b.text}\n  ],\n  "annotations": {"k" : "\\u0041"},\n  "schemaVersion": 2\n}\n`,
      `{\n  "x-note": 1.50e1,\n  "manifests": [\n    ${a.text},\n    ${b.text},${c.text}\n  ],\n  "annotations": {"k" : "\\u0041"},\n  "schemaVersion": 2\n}\n`,
    ],
    ['a key written with escapes', `{"manife\\u0073ts":[${a.text}]}`, `{"manife\\u0073ts":[${a.text},${c.text}]}`],
    [
      'a field of the same name further down, which is another one',
      `{"annotations":{"manifests":"no"},"manifests":[${a.text}],"x":{"manifests":[1,2]}}`,
      `{"annotations":{"manifests":"no"},"manifests":[${a.text},${c.text}],"x":{"manifests":[1,2]}}`,
    ],
  ];
  for (const [title, before, after] of cases) {
    it(`appends to ${title}`, () => assert.equal(textOf(addEntries(bytesOf(before), [c])), after));
  }
});

describe('removeEntries', () => {
  const list = `{"manifests":[ ${a.text} , ${b.text},\n${c.text} ],"x":0}`;
  const cases: readonly (readonly [title: string, removed: readonly Digest[], after: string])[] = [
    ['the first', [a.digest], `{"manifests":[ ${b.text},\n${c.text} ],"x":0}`],
    ['one in the middle', [b.digest], `{"manifests":[ ${a.text},\n${c.text} ],"x":0}`],
    ['the last', [c.digest], `{"manifests":[ ${a.text} , ${b.text} ],"x":0}`],
    ['all', [a.digest, b.digest, c.digest], '{"manifests":[  ],"x":0}'],
    ['none that is there', [digestOf('d')], list],
  ];
  for (const [title, removed, after] of cases) {
    it(`takes out ${title} and leaves every other byte`, () =>
      assert.equal(textOf(removeEntries(bytesOf(list), new Set(removed))), after));
  }

  it('takes out nothing that has no digest, whatever it is', () => {
    const odd = bytesOf(`{"manifests":[{"no":"digest"},7,${a.text},null,{"digest":"none"}]}`);
    assert.equal(
      textOf(removeEntries(odd, new Set([a.digest]))),
      '{"manifests":[{"no":"digest"},7,null,{"digest":"none"}]}',
    );
  });

  it('takes out every entry of a digest that is listed twice', () => {
    const twice = bytesOf(`{"manifests":[${a.text},${b.text},${a.text}]}`);
    assert.equal(textOf(removeEntries(twice, new Set([a.digest]))), `{"manifests":[${b.text}]}`);
  });
});

describe('rawEntriesOf', () => {
  it('gives each digest once, with its text as it stands, and passes over entries without one', () => {
    const odd = `{ "digest" : "${a.digest}", "future": [1, {"x": 1.0}] }`;
    assert.deepEqual(rawEntriesOf(bytesOf(`{"manifests":[${odd}, {"no":"digest"}, 7, ${a.text}]}`)), [
      { digest: a.digest, text: odd, repeated: true },
    ]);
  });
});

/** Texts of JSON values in forms that a parser and printer would change. */
const space = fc.constantFrom('', ' ', '\n', '\t', '\r\n  ');
const rawValue = fc.oneof(
  fc.constantFrom('1.0', '1e3', '-0', '0.10', '9007199254740993', 'true', 'null', '"\\u0041\\/"', '"ü\\ud83d\\ude00"'),
  fc.json({ maxDepth: 2 }),
);
const rawMember = fc.tuple(fc.stringMatching(/^x-[a-z]{1,4}$/), space, rawValue);
const rawEntry = fc
  .tuple(fc.nat(11), fc.uniqueArray(rawMember, { maxLength: 2, selector: ([key]) => key }), space, space)
  .map(([n, members, before, after]) => {
    const digest = digestOf(`entry ${n}`);
    const fields = members.map(([key, gap, value]) => `"${key}"${gap}:${gap}${value}`);
    return { digest, text: `{${before}${[...fields, `"digest":${before}"${digest}"`].join(`,${after}`)}${after}}` };
  });
const rawList = fc.record({
  entries: fc.array(rawEntry, { maxLength: 6 }),
  separator: fc.tuple(space, space),
  around: fc.tuple(space, space),
  head: fc.uniqueArray(rawMember, { maxLength: 2, selector: ([key]) => key }),
});

describe('editing any list', () => {
  it('keeps all other bytes, and the parsed list is the edited one', () => {
    fc.assert(
      fc.property(rawList, fc.array(fc.nat(11)), fc.uniqueArray(fc.nat(30), { maxLength: 3 }), (list, gone, fresh) => {
        const { entries, separator, around, head } = list;
        const prefix = `{${head.map(([key, gap, value]) => `"${key}"${gap}:${value},`).join('')}"manifests":`;
        const body = entries.map(({ text }) => text).join(`${separator[0]},${separator[1]}`);
        const suffix = `${around[1]},"schemaVersion":2.0}`;
        const before = bytesOf(`${prefix}[${around[0]}${body}${around[0]}]${suffix}`);
        const removed = new Set(gone.map((n) => digestOf(`entry ${n}`)));
        const added = fresh.map((n) => entry(`fresh ${n}`, `,"n":${n}.0`));

        const after = textOf(addEntries(removeEntries(before, removed), added));
        assert.ok(after.startsWith(`${prefix}[`) && after.endsWith(`]${suffix}`), 'what stands around the list');
        const kept = entries.filter(({ digest }) => !removed.has(digest));
        let from = prefix.length;
        for (const { text } of [...kept, ...added]) {
          const at = after.indexOf(text, from);
          assert.ok(at >= from, `${text} stands as it did, in order`);
          from = at + text.length;
        }
        const expected = JSON.parse(textOf(before)) as { manifests: unknown[] };
        const manifests = [...kept, ...added].map(({ text }) => JSON.parse(text) as unknown);
        assert.deepEqual(JSON.parse(after), { ...expected, manifests });
      }),
      { numRuns: 400 },
    );
  });
});
