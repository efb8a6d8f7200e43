import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestOf } from '../../../src/oci/digest.ts';
import { isJsonObject } from '../../../src/oci/strict-json.ts';
import type { EvidenceItem } from '../../../src/policy/evidence-item.ts';
import type { Expression, ExpressionInput } from '../../../src/policy/expression.ts';
import { planEvidence } from '../../../src/policy/plan-evidence.ts';
import type { Rule } from '../../../src/policy/policy.ts';
import type { Cell } from '../../../src/policy/verdict.ts';
import {
  AT,
  anyOf,
  digestClaim,
  evaluate,
  githubSigner,
  INDEX,
  keySigner,
  makeItem,
  makePolicy,
  makeRule,
  makeStatement,
  personSigner,
  RELEASE_KEY,
  rejected,
  SPDX,
  signed,
  statementClaim,
  UNREAD,
  unsigned,
  verified,
  voucherOn,
} from '../make-evidence.ts';

const SBOM = digestOf('sbom');
const byKey = { 'release-key': verified(keySigner()) };
const byOther = { 'release-key': rejected('untrusted'), 'other-key': verified(keySigner('other')) };

function sbom(vouchers: EvidenceItem['vouchers'], changes: Partial<EvidenceItem> = {}): EvidenceItem {
  return makeItem(unsigned(SPDX), { artifactType: SPDX, referrer: SBOM, vouchers, ...changes });
}
function having(...items: readonly EvidenceItem[]): EvidenceItem['vouchers'] {
  return { items, gaps: [] };
}
function cellOf(rule: Rule, ...items: readonly EvidenceItem[]): Cell {
  const cell = evaluate(rule, items).rules[0]?.cells[0];
  assert.ok(cell !== undefined);
  return cell;
}

/** Signed, as `require: application/spdx+json` is. */
const SIGNED = makeRule({
  on: 'index',
  wanted: { kind: 'artifact-type', types: [SPDX] },
  signedBy: anyOf(RELEASE_KEY),
});
/** `referrer: {signed-by}` alone. */
const REFERRER = makeRule({
  on: 'index',
  wanted: { kind: 'artifact-type', types: [SPDX] },
  signedBy: undefined,
  referrer: { signedBy: anyOf(RELEASE_KEY) },
});
const UNSIGNED_REFERRER = { ...REFERRER, signed: false };

describe('an unsigned artifact counts as signed', () => {
  it('whatever the signature on it says besides: of a voucher the signature alone is asked for', () => {
    const says = { claim: statementClaim('https://spdx.dev/Document', {}), malformed: 'its predicate is empty' };
    const voucher = makeItem(signed(byKey, says), { subject: SBOM });
    assert.equal(cellOf(SIGNED, sbom(having(voucher))).state, 'pass');
  });

  for (const [name, rule] of [
    ['signed-by', SIGNED],
    ['referrer', REFERRER],
    ['signed: false, referrer', UNSIGNED_REFERRER],
  ] as const) {
    it(`under ${name}: where its own referrer is a right signature`, () => {
      const voucher = voucherOn(SBOM, byKey);
      const cell = cellOf(rule, sbom(having(voucher)));
      assert.equal(cell.state, 'pass');
      assert.equal(cell.evidence[0]?.state, 'verified');
      assert.equal(cell.evidence[0]?.voucher?.item, voucher);
      assert.deepEqual(cell.evidence[0]?.signer, keySigner());
    });
    it(`under ${name}: where that is a statement about the artifact's digest`, () => {
      const voucher = makeItem(signed(byKey, { claim: statementClaim() }), { subject: SBOM });
      assert.equal(cellOf(rule, sbom(having(voucher))).state, 'pass');
    });
    it(`under ${name}: however much junk is beside the right one`, () => {
      const junk = [
        makeItem(UNREAD, { subject: SBOM }),
        voucherOn(SBOM, { 'release-key': rejected('invalid') }),
        makeItem({ kind: 'broken', state: 'invalid', reason: 'no JSON' }, { subject: SBOM }),
        makeItem(unsigned(SPDX), { subject: SBOM }),
      ];
      assert.equal(cellOf(rule, sbom(having(...junk, voucherOn(SBOM, byKey)))).state, 'pass');
    });

    const failing: readonly (readonly [string, EvidenceItem, string])[] = [
      ['nobody signed it', sbom(having()), 'unsigned'],
      ['its signature is invalid', sbom(having(voucherOn(SBOM, { 'release-key': rejected('invalid') }))), 'invalid'],
      ['its signature is by another key', sbom(having(voucherOn(SBOM, byOther))), 'untrusted-identity'],
      [
        'its signature is about another artifact',
        sbom(having(makeItem(signed(byKey, { wrongSubject: 'sha256:beef' }), { subject: SBOM }))),
        'wrong-subject',
      ],
      ['the signature was found on another artifact', sbom(having(voucherOn(INDEX, byKey))), 'wrong-subject'],
      ['what refers to it is unsigned', sbom(having(makeItem(unsigned(SPDX), { subject: SBOM }))), 'unsigned'],
      [
        'it is cut off',
        sbom(having(voucherOn(SBOM, byKey)), { content: unsigned(SPDX, { malformed: 'cut off' }) }),
        'malformed',
      ],
      [
        'it is of another type',
        sbom(having(voucherOn(SBOM, byKey)), { artifactType: 'text/plain', content: unsigned('text/plain') }),
        'wrong-predicate',
      ],
      [
        'it is a file from elsewhere',
        sbom(having(voucherOn(SBOM, byKey)), { referrer: undefined, sources: ['bundle-file'] }),
        'unsigned',
      ],
    ];
    for (const [title, item, state] of failing) {
      it(`not under ${name}: ${title}`, () => {
        const cell = cellOf(rule, item);
        assert.equal(cell.state, 'fail', cell.reason);
        assert.equal(cell.rejected[0]?.state, state);
      });
    }

    it(`under ${name} nobody knows where nobody looked, or could look`, () => {
      const gap = { subject: SBOM, source: 'api', code: 'x', reason: 'status 503' } as const;
      for (const vouchers of [undefined, { items: [], gaps: [gap] }, having(makeItem(UNREAD, { subject: SBOM }))]) {
        const cell = cellOf(rule, sbom(vouchers));
        assert.equal(cell.state, 'unknown');
        assert.equal(cell.gaps.length, 1);
      }
    });
    it(`under ${name} not where only the name of a tag ties it to the image`, () => {
      const cell = cellOf(rule, sbom(having(voucherOn(SBOM, byKey)), { sources: ['cosign-tags'] }));
      assert.equal(cell.state, 'fail');
    });
  }

  it('not for a rule about predicates: those are of statements', () => {
    const rule = { ...SIGNED, wanted: { kind: 'predicate-type', types: ['https://spdx.dev/Document'] } } as const;
    assert.equal(cellOf(rule, sbom(having(voucherOn(SBOM, byKey)))).state, 'fail');
    const type = 'application/vnd.in-toto+json';
    const statement = unsigned(type, { statement: makeStatement('https://spdx.dev/Document') });
    const bare = sbom(having(voucherOn(SBOM, byKey)), { artifactType: type, content: statement });
    assert.equal(cellOf(rule, bare).state, 'fail');
    // what says so of the artifact is asked for by `referrer`
    const nested = { ...rule, signedBy: undefined, referrer: { signedBy: anyOf(RELEASE_KEY) } };
    assert.equal(cellOf(nested, bare).state, 'pass');
  });
  it('with a label of one’s own, which is then under the signature', () => {
    const type = 'application/vnd.acme.report+json';
    const rule = { ...SIGNED, wanted: { kind: 'artifact-type', types: [type] } } as const;
    const report = sbom(having(voucherOn(SBOM, byKey)), { artifactType: type, content: unsigned(undefined) });
    assert.equal(cellOf(rule, report).state, 'pass');
    assert.equal(cellOf(rule, { ...report, vouchers: having() }).state, 'fail');
  });
  it('two signatures on one artifact are two signers', () => {
    const rule = { ...SIGNED, signedBy: { atLeast: 2, of: [RELEASE_KEY, { trust: 'other-key', at: AT }], at: AT } };
    const both = having(voucherOn(SBOM, byKey), voucherOn(SBOM, byOther));
    assert.equal(cellOf(rule, sbom(both)).state, 'pass');
    assert.equal(cellOf(rule, sbom(having(voucherOn(SBOM, byKey)))).state, 'fail');
  });
});

describe('a condition', () => {
  const asked: ExpressionInput[] = [];
  const where = (holds: (input: ExpressionInput) => boolean): Expression => ({
    source: 'x',
    evaluate: (input) => {
      asked.push(input);
      return { holds: holds(input) };
    },
  });
  it('is asked of the artifact that is vouched for, and of who vouches for it', () => {
    const byRelease = where(({ signer }) => isJsonObject(signer) && signer['fingerprint'] === keySigner().fingerprint);
    assert.equal(cellOf({ ...SIGNED, where: byRelease }, sbom(having(voucherOn(SBOM, byKey)))).state, 'pass');
    const cell = cellOf({ ...SIGNED, where: where(() => false) }, sbom(having(voucherOn(SBOM, byKey))));
    assert.equal(cell.state, 'fail');
    assert.equal(cell.rejected[0]?.state, 'condition-not-met');
  });
  it('beside `referrer` is asked of the artifact, and not once more of who signed that', () => {
    asked.length = 0;
    const unsignedOnly = where(({ signer }) => signer === null);
    assert.equal(cellOf({ ...REFERRER, where: unsignedOnly }, sbom(having(voucherOn(SBOM, byKey)))).state, 'pass');
    assert.equal(asked.length, 1);
  });
});

describe('referrer: {signed-by}', () => {
  it('is asked besides `signed-by`, of the same artifact', () => {
    const rule = makeRule({ on: 'index', referrer: { signedBy: anyOf(RELEASE_KEY) } });
    const bundle = makeItem(signed({ sigstore: verified(githubSigner()) }), { referrer: SBOM });
    assert.equal(cellOf(rule, { ...bundle, vouchers: having(voucherOn(SBOM, byKey)) }).state, 'pass');
    assert.equal(cellOf(rule, { ...bundle, vouchers: having() }).state, 'fail');
    assert.equal(cellOf(rule, { ...bundle, vouchers: undefined }).state, 'unknown');
    const forged = makeItem(signed({ sigstore: rejected('invalid') }), {
      referrer: SBOM,
      vouchers: having(voucherOn(SBOM, byKey)),
    });
    assert.equal(cellOf(rule, forged).state, 'fail');
  });
  it('counts as many signatures as it asks for', () => {
    const of = [RELEASE_KEY, { trust: 'other-key', at: AT }];
    const rule = { ...REFERRER, referrer: { signedBy: { atLeast: 2, of, at: AT } } };
    assert.equal(cellOf(rule, sbom(having(voucherOn(SBOM, byKey), voucherOn(SBOM, byOther)))).state, 'pass');
    const one = cellOf(rule, sbom(having(voucherOn(SBOM, byKey))));
    assert.equal(one.state, 'fail');
    assert.match(one.rejected[0]?.reason ?? '', /1 of 2/);
  });
  it('counts no signer, and no signature, for two', () => {
    const person = (text: string) =>
      ({
        trust: 'sigstore',
        identity: { kind: 'glob', text },
        issuer: { kind: 'exact', text: 'https://accounts.example' },
        at: AT,
      }) as const;
    const of = [person('anne@acme.example'), person('*@acme.example')];
    const rule = { ...REFERRER, referrer: { signedBy: { atLeast: 2, of, at: AT } } };
    const by = (name: string) => voucherOn(SBOM, { sigstore: verified(personSigner(`${name}@acme.example`)) });
    const anne = by('anne');
    assert.equal(cellOf(rule, sbom(having(anne))).state, 'fail');
    assert.equal(cellOf(rule, sbom(having(anne, anne, by('anne')))).state, 'fail');
    assert.equal(cellOf(rule, sbom(having(anne, by('ben')))).state, 'pass');
  });
  it('makes BuildKit’s statement in an index count, which says itself what it is about', () => {
    const rule = {
      ...UNSIGNED_REFERRER,
      wanted: { kind: 'predicate-type', types: ['https://slsa.dev/provenance/v1'] },
    } as const;
    const content = unsigned('application/vnd.in-toto+json', { statement: makeStatement() });
    const item = sbom(having(voucherOn(SBOM, byKey)), {
      sources: ['in-index'],
      content,
      artifactType: 'application/vnd.docker.attestation.manifest.v1+json',
    });
    assert.equal(cellOf(rule, item).state, 'pass');
    assert.equal(cellOf(rule, { ...item, vouchers: having() }).state, 'fail');
  });
});

describe('the plan says whose signatures to look for', () => {
  const plan = (rule: Rule) => planEvidence(makePolicy([rule]));
  it('on artifacts that they could make count, and on no others', () => {
    const artifact = sbom(undefined);
    const others = [
      sbom(undefined, { artifactType: 'text/plain', content: unsigned('text/plain') }),
      sbom(undefined, { content: UNREAD }),
      sbom(undefined, { content: unsigned(SPDX, { malformed: 'cut off' }) }),
      sbom(undefined, { referrer: undefined }),
      sbom(undefined, { sources: ['cosign-tags'] }),
      makeItem(signed({}, { claim: digestClaim(INDEX) })),
    ];
    for (const rule of [SIGNED, REFERRER, UNSIGNED_REFERRER]) {
      assert.equal(plan(rule).needsVouchers(artifact), true);
      assert.equal(plan(rule).messages, true);
      for (const other of others) assert.equal(plan(rule).needsVouchers(other), false);
    }
    assert.equal(plan(makeRule()).needsVouchers(artifact), false);
    assert.equal(plan({ ...SIGNED, signed: false, signedBy: undefined }).needsVouchers(artifact), false);
  });
});
