import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { detectBytes } from '../../src/evidence/detect.ts';
import type { JsonObject } from '../../src/oci/strict-json.ts';
import { mediaTypesOfPredicate } from '../../src/policy/predicate-alias.ts';
import { predicateTypeOf } from '../../src/sign/predicate-type.ts';

const spdx = (version: string): JsonObject => ({ spdxVersion: version, SPDXID: 'SPDXRef-DOCUMENT' });

describe('predicateTypeOf', () => {
  const documents: readonly (readonly [string, JsonObject, string])[] = [
    ['SPDX 2.3', spdx('SPDX-2.3'), 'https://spdx.dev/Document/v2.3'],
    ['SPDX 2.2', spdx('SPDX-2.2'), 'https://spdx.dev/Document/v2.2'],
    ['an SPDX 2 without a type of its own', spdx('SPDX-2.1'), 'https://spdx.dev/Document'],
    [
      'SPDX 3',
      { '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld', '@graph': [] },
      'https://spdx.dev/Document/v3',
    ],
    ['CycloneDX', { bomFormat: 'CycloneDX', specVersion: '1.6' }, 'https://cyclonedx.org/bom'],
    ['OpenVEX', { '@context': 'https://openvex.dev/ns/v0.2.0', statements: [] }, 'https://openvex.dev/ns'],
    [
      'SARIF',
      { version: '2.1.0', runs: [] },
      'https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json',
    ],
  ];
  for (const [name, json, expected] of documents) {
    it(`${name}: ${expected}, which the gate takes for that document`, () => {
      const detection = detectBytes(new TextEncoder().encode(JSON.stringify(json)));
      const predicateType = predicateTypeOf(detection, json);
      assert.equal(predicateType, expected);
      assert.ok(detection.kind !== 'unknown');
      assert.ok(mediaTypesOfPredicate(expected).includes(detection.artifactType), detection.artifactType);
    });
  }

  it('other documents have none', () => {
    const json = { document: { category: 'csaf_base', csaf_version: '2.0' } };
    const detection = detectBytes(new TextEncoder().encode(JSON.stringify(json)));
    assert.equal(predicateTypeOf(detection, json), undefined);
    assert.equal(predicateTypeOf({ kind: 'unknown', reason: '', claim: { kind: 'none' } }, {}), undefined);
  });
});
