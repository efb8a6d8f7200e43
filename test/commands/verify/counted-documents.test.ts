import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countedDocuments } from '../../../src/commands/verify/counted-documents.ts';
import type { EvidenceItem } from '../../../src/policy/evidence-item.ts';
import type { Rule } from '../../../src/policy/policy.ts';
import { buildEvidenceJson } from '../../../src/report/evidence-json.ts';
import {
  AT,
  anyOf,
  evaluate,
  keySigner,
  makeItem,
  makeRule,
  RELEASE_KEY,
  rejected,
  SPDX,
  signed,
  unsigned,
  verified,
  voucherOn,
} from '../../policy/make-evidence.ts';

const OTHER_KEY = { trust: 'other-key', at: AT };
const TRUSTED = { signed: true, signer: 'sha256:release', trust: 'release-key' };
const OTHER = { signed: true, signer: 'sha256:other', trust: 'other-key' };
const NOBODY = { signed: false, signer: null, trust: null };
const anybodys = makeRule({ name: 'anybodys', on: 'index', signed: false, signedBy: undefined });
const byKey = makeRule({ name: 'by-key', on: 'index', signedBy: anyOf(RELEASE_KEY) });
const byOther = makeRule({ name: 'by-other', on: 'index', signedBy: anyOf(OTHER_KEY) });

const release = { 'release-key': verified(keySigner('release')) };
const other = { 'other-key': verified(keySigner('other')) };

function rows(rules: readonly Rule[], ...items: readonly EvidenceItem[]) {
  const verdict = evaluate(rules, items);
  assert.equal(verdict.verdict, 'pass');
  const documents = countedDocuments(verdict).map((document) => ({
    image: 'image',
    document,
    file: '/r/file',
    statement: undefined,
  }));
  return buildEvidenceJson(documents, '/r');
}

describe('a row of evidence.json', () => {
  const stranger = makeItem(signed({ 'release-key': rejected('untrusted') }));
  const trusted = makeItem(signed(release));

  it('is not signed where no rule asked who signed, whatever signatures there are', () => {
    for (const item of [stranger, trusted]) {
      const [row, ...more] = rows([anybodys], item);
      assert.deepEqual([row?.signed, row?.signer, row?.trust, more], [false, null, null, []]);
      assert.deepEqual(row?.cells, [{ rule: 'anybodys', column: 'index', ...NOBODY }]);
    }
  });

  for (const order of ['first', 'last'] as const) {
    it(`has the signer that a rule verified, though another asks for none: that one ${order}`, () => {
      const rules = order === 'first' ? [anybodys, byKey] : [byKey, anybodys];
      const shown = rows(rules, stranger, trusted);
      assert.deepEqual(
        shown.map(({ referrer, signed: is, signer, trust }) => [referrer, is, signer, trust]).sort(),
        [
          [stranger.referrer, false, null, null],
          [trusted.referrer, true, TRUSTED.signer, TRUSTED.trust],
        ].sort(),
      );
      const cells = shown.find(({ referrer }) => referrer === trusted.referrer)?.cells ?? [];
      const expected = { anybodys: NOBODY, 'by-key': TRUSTED };
      assert.deepEqual(
        cells,
        rules.map(({ name }) => ({ rule: name, column: 'index', ...expected[name as keyof typeof expected] })),
      );
    });
  }

  it('has the signer and the trust of each rule with its cell', () => {
    const both = makeItem(signed({ ...release, ...other }));
    for (const rules of [
      [byKey, byOther],
      [byOther, byKey],
    ]) {
      const [row, ...more] = rows(rules, both);
      assert.deepEqual(more, []);
      assert.deepEqual(
        new Map(row?.cells.map(({ rule, ...by }) => [rule, by])),
        new Map([
          ['by-key', { column: 'index', ...TRUSTED }],
          ['by-other', { column: 'index', ...OTHER }],
        ]),
      );
      assert.deepEqual([row?.signer, row?.trust], [row?.cells[0]?.signer, row?.cells[0]?.trust]);
    }
  });

  it('is there for each of the signatures that a rule asks for on an artifact', () => {
    const artifact = makeItem(unsigned(SPDX), { artifactType: SPDX });
    assert.ok(artifact.referrer);
    const vouchers = [voucherOn(artifact.referrer, release), voucherOn(artifact.referrer, other)];
    const item = { ...artifact, vouchers: { items: vouchers, gaps: [] } };
    const wanted = { kind: 'artifact-type', types: [SPDX] } as const;
    const of = [RELEASE_KEY, OTHER_KEY];
    const rule = { ...anybodys, wanted, referrer: { signedBy: { atLeast: 2, of, at: AT } } };
    const shown = rows([rule], item);
    assert.deepEqual(
      shown.map(({ referrer, subject, signed: is, signer }) => [referrer, subject === artifact.referrer, is, signer]),
      [
        [artifact.referrer, false, true, TRUSTED.signer],
        [vouchers[0]?.referrer, true, true, TRUSTED.signer],
        [vouchers[1]?.referrer, true, true, OTHER.signer],
      ],
    );
    // a signature that makes it count where a rule asks for signed files: a cell for each signer
    const [first] = rows([{ ...byKey, wanted, signedBy: anyOf(...of) }], item);
    assert.deepEqual(
      first?.cells.map(({ signer }) => signer),
      [TRUSTED.signer, OTHER.signer],
    );
  });
});
