import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { detectBytes } from '../../../src/evidence/detect.ts';
import { bytesOf } from '../samples.ts';

const NS = 'http://cyclonedx.org/schema/bom/1.6';

function utf16(text: string, bigEndian: boolean): Uint8Array {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
}

const GOODIES: readonly (readonly [what: string, bytes: Uint8Array])[] = [
  ['no prolog', bytesOf(`<bom xmlns="${NS}"></bom>`)],
  ['an empty root element', bytesOf(`<bom xmlns='${NS}' version='1'/>`)],
  ['a prefix', bytesOf(`<c:bom xmlns:c="${NS}"><c:components/></c:bom>`)],
  ['other attributes and namespaces first', bytesOf(`<bom a="x > y" xmlns:x="urn:x" xmlns = "${NS}"\n></bom>`)],
  ['comments and instructions', bytesOf(`<?xml version="1.0"?>\n<!-- <bom> --><?x y?><!----><bom xmlns="${NS}"/>`)],
  ['a UTF-8 byte order mark', bytesOf(`\ufeff<?xml version="1.0"?><bom xmlns="${NS}"/>`)],
  ['UTF-16 little-endian', utf16(`<bom xmlns="${NS}"/>`, false)],
  ['UTF-16 big-endian', utf16(`<bom xmlns="${NS}"/>`, true)],
  ['UTF-16 without a mark', Buffer.from(`<bom xmlns="${NS}"/>`, 'utf16le')],
  [
    'ISO 8859-1',
    Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?><!-- \u00e9 --><bom xmlns="${NS}"/>`, 'latin1'),
  ],
  ['blanks in front', bytesOf(`\n\n  <bom xmlns="${NS}"/>`)],
];

const UGLIES: readonly (readonly [what: string, text: string, reason: RegExp])[] = [
  ['a cut-off document', `<bom xmlns="${NS}"><components>`, /root element does not end: the file seems to be cut off/],
  ['a cut-off start tag', `<bom xmlns="${NS}`, /start tag of the root element is cut off/],
  [
    'a cut-off comment',
    `<!-- ${NS} <bom xmlns="${NS}"/>`,
    /comment or instruction before the root element does not end/,
  ],
  ['a DOCTYPE', `<!DOCTYPE bom SYSTEM "x"><bom xmlns="${NS}"/>`, /it has a DOCTYPE/],
  ['text before the root element', `<?x?>text<bom xmlns="${NS}"/>`, /no root element was found/],
  ['no namespace', '<bom></bom>', /namespace of its root element is not http:\/\/cyclonedx.org/],
  ['the namespace on another prefix', `<bom xmlns:c="${NS}"/>`, /namespace of its root element is not/],
  ['another namespace', '<bom xmlns="urn:x"/>', /namespace of its root element is not/],
  ['another root element', `<vex xmlns="${NS}"/>`, /root element "vex"/],
  [
    'an attribute without value',
    `<bom xmlns></bom><!-- ${NS} -->`,
    /start tag of the root element is cut off or malformed/,
  ],
  ['no name', `< xmlns="${NS}"/>`, /start tag of the root element/],
];

describe('CycloneDX XML', () => {
  for (const [what, bytes] of GOODIES) {
    it(`is recognised with ${what}`, () => {
      assert.equal(detectBytes(bytes).kind, 'cyclonedx-xml');
    });
  }
  for (const [what, text, reason] of UGLIES) {
    it(`is not recognised with ${what}, with the reason`, () => {
      const detection = detectBytes(bytesOf(text));
      assert.ok(detection.kind === 'unknown');
      assert.match(detection.reason, reason);
    });
  }
});
