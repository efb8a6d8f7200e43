import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkPredicate } from '../../../src/evidence/unsigned/check-predicate.ts';
import type { JsonValue } from '../../../src/oci/strict-json.ts';

const SPDX = 'https://spdx.dev/Document/v2.3';
const HEAD = { spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', name: 'app' };
const WHOLE = { ...HEAD, packages: [{ name: 'app' }] };
const EMPTY = { ...HEAD, packages: [] };
const NOTHING = /^its predicate is an SBOM, and it describes nothing/;

function check(predicate: JsonValue, predicateType = SPDX): string | undefined {
  return checkPredicate({ type: 'https://in-toto.io/Statement/v1', predicateType, subjects: [], predicate });
}

describe('an SBOM in a statement is not fit to be counted', () => {
  const UNFIT: readonly (readonly [title: string, predicate: JsonValue, why: RegExp])[] = [
    ['as an object without packages', EMPTY, NOTHING],
    ['as JSON text without packages', JSON.stringify(EMPTY), NOTHING],
    ['as indented JSON text without packages', `\n${JSON.stringify(EMPTY, undefined, 2)}\n`, NOTHING],
    ['as text in the predicate of cosign', { Data: JSON.stringify(EMPTY), Timestamp: '' }, NOTHING],
    ['as the text of an empty object', '{}', /is empty$/],
    ['as an empty object', {}, /is empty$/],
    ['as an empty list', [], /is empty$/],
    ['as null', null, /is empty$/],
    ['as white space', ' \n', /is empty$/],
    ['as a list of documents', [WHOLE], /is a list, and no document$/],
    ['as the text of a list', JSON.stringify([WHOLE]), /is a list, and no document$/],
    ['as a number', 7, /is no document$/],
  ];
  for (const [title, predicate, why] of UNFIT) {
    it(title, () => assert.match(check(predicate) ?? 'fit', why));
  }
});

describe('an SBOM in a statement is fit to be counted', () => {
  const FIT: readonly (readonly [title: string, predicate: JsonValue])[] = [
    ['as an object', WHOLE],
    ['as JSON text', JSON.stringify(WHOLE)],
    ['as text in the predicate of cosign', { Data: JSON.stringify(WHOLE), Timestamp: '' }],
    ['as tag-value text', 'SPDXVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\nPackageName: app\n'],
    ['where its shape cannot be told', 'something else'],
    ['where its shape cannot be told, in quotes', '"something else"'],
  ];
  for (const [title, predicate] of FIT) it(title, () => assert.equal(check(predicate), undefined));

  it('where the statement is of another type', () =>
    assert.equal(check({}, 'https://slsa.dev/provenance/v1'), undefined));
});
