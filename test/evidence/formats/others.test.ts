import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { detectBytes } from '../../../src/evidence/detect.ts';
import { bytesOf } from '../samples.ts';

/** Documents at the edge of their formats, and what they are nevertheless. */
const EDGES: readonly (readonly [what: string, value: unknown, kind: string])[] = [
  [
    'CycloneDX without serialNumber, which is optional',
    { bomFormat: 'CycloneDX', specVersion: '1.6' },
    'cyclonedx-json',
  ],
  ['CycloneDX in another case', { bomFormat: 'cyclonedx', specVersion: '1.6' }, 'unknown'],
  [
    'SPDX 3 with several contexts',
    { '@context': [{ a: 'b' }, 'https://spdx.org/rdf/3.1/x'], '@graph': [] },
    'spdx3-json',
  ],
  [
    'SPDX 3 with one element and no graph',
    { '@context': 'https://spdx.org/rdf/3.0.1/x', type: 'SpdxDocument' },
    'spdx3-json',
  ],
  ['SPDX 30', { '@context': 'https://spdx.org/rdf/30/x', '@graph': [] }, 'unknown'],
  ['SARIF without a schema', { version: '2.1.0', runs: [] }, 'sarif'],
  [
    'SARIF of an older version, by its schema',
    { $schema: 'https://x/sarif-2.0.0.json', version: '2.0.0', runs: [] },
    'sarif',
  ],
  ['something with runs and another version', { version: '1', runs: [] }, 'unknown'],
  ['OpenVEX without a version in its context', { '@context': 'https://openvex.dev/ns', statements: [] }, 'openvex'],
  ['a context that only begins like OpenVEX', { '@context': 'https://openvex.dev/nsx', statements: [] }, 'unknown'],
  ['CSAF of the base profile', { document: { category: 'Advisory', csaf_version: '2.1' } }, 'csaf'],
  ['a document of something else', { document: { category: 'Advisory' } }, 'unknown'],
  ['a signature payload of another tool', { critical: { type: 'atomic container signature' } }, 'unknown'],
  ['keys of the prototype', { __proto__: null, constructor: 1, toString: 2 }, 'unknown'],
];

describe('JSON formats', () => {
  for (const [what, value, kind] of EDGES) {
    it(`take ${what} for ${kind}`, () => {
      assert.equal(detectBytes(bytesOf(value)).kind, kind);
    });
  }
});

describe('SPDX tag-value', () => {
  const texts: readonly (readonly [what: string, text: string, kind: string])[] = [
    ['Windows line ends', 'SPDXVersion: SPDX-2.3\r\nDataLicense: CC0-1.0\r\n', 'spdx-tag-value'],
    ['a byte order mark', '\ufeffSPDXVersion: SPDX-2.2', 'spdx-tag-value'],
    ['version 1', 'SPDXVersion: SPDX-1.2', 'spdx-tag-value'],
    ['another tag first', 'DataLicense: CC0-1.0\nSPDXVersion: SPDX-2.3', 'unknown'],
    ['no version', 'SPDXVersion:', 'unknown'],
    ['comments only', '# SPDXVersion: SPDX-2.3\n', 'unknown'],
  ];
  for (const [what, text, kind] of texts) {
    it(`with ${what} is ${kind}`, () => {
      assert.equal(detectBytes(bytesOf(text)).kind, kind);
    });
  }
});
