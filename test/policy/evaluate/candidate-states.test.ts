import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EvidenceItem } from '../../../src/policy/evidence-item.ts';
import type { Expression, ExpressionInput } from '../../../src/policy/expression.ts';
import type { Rule } from '../../../src/policy/policy.ts';
import type { CandidateJudgement } from '../../../src/policy/verdict.ts';
import {
  AT,
  agoSeconds,
  anyOf,
  BUNDLE,
  digestClaim,
  evaluate,
  githubSigner,
  goodItem,
  INDEX,
  keySigner,
  makeItem,
  makeRule,
  makeStatement,
  notationSigner,
  personSigner,
  RELEASE_KEY,
  RELEASE_WORKFLOW,
  rejected,
  SLSA,
  SPDX,
  signed,
  statementClaim,
  UNREAD,
  unsigned,
  verified,
} from '../make-evidence.ts';

/** What one document is worth to a rule, and whether the rule is met. */
function judge(item: EvidenceItem, changes: Partial<Rule> = {}): { judged: CandidateJudgement; isMet: boolean } {
  const verdict = evaluate(makeRule({ on: 'index', ...changes }), [item]);
  const cell = verdict.rules[0]?.cells[0];
  assert.ok(cell !== undefined);
  const [judged, ...others] = [...cell.evidence, ...cell.rejected];
  assert.ok(judged !== undefined);
  assert.equal(others.length, 0);
  assert.equal(cell.evidence.length > 0, cell.state === 'pass');
  return { judged, isMet: verdict.verdict === 'pass' };
}

function where(evaluateIt: (input: ExpressionInput) => { holds: boolean } | { error: string }): Expression {
  return { source: 'x', roots: ['predicate'], evaluate: evaluateIt } as Expression;
}

const EVIL = githubSigner({
  '12': 'https://github.com/evil/app',
  '18': 'https://github.com/evil/app/.github/workflows/release.yml@refs/tags/v1',
});
const SPDX_RULE: Partial<Rule> = { wanted: { kind: 'artifact-type', types: [SPDX] } };
const SPDX_CLAIM = statementClaim('https://spdx.dev/Document/v2.3');
const ANY: Partial<Rule> = { wanted: { kind: 'any-signature' } };
const PRESENCE: Partial<Rule> = { signed: false, signedBy: undefined };

describe('a candidate is', () => {
  const cases: readonly (readonly [state: string, title: string, item: EvidenceItem, rule?: Partial<Rule>])[] = [
    ['verified', 'a statement by the right signer', goodItem()],
    [
      'verified',
      'a statement of the alias of a type',
      makeItem(signed({ sigstore: verified(githubSigner()) }, { claim: SPDX_CLAIM })),
      SPDX_RULE,
    ],
    [
      'verified',
      'any signature where any will do',
      makeItem(
        signed({ sigstore: verified(githubSigner()) }, { claim: digestClaim(INDEX), format: 'cosign-signature' }),
      ),
      ANY,
    ],
    [
      'verified',
      'a bundle where bundles are asked for',
      goodItem(),
      { wanted: { kind: 'artifact-type', types: [BUNDLE] } },
    ],
    [
      'verified',
      'signed by any key where nobody is named',
      makeItem(signed({ 'other-key': verified(keySigner('other')) })),
      { signedBy: undefined },
    ],
    [
      'verified',
      'a signature where any will do, though the SBOM in it is empty',
      makeItem(signed({ sigstore: verified(githubSigner()) }, { claim: SPDX_CLAIM, malformed: 'it is empty' })),
      ANY,
    ],
    [
      'verified',
      'a bundle where bundles are asked for, though the SBOM in it is empty',
      makeItem(signed({ sigstore: verified(githubSigner()) }, { claim: SPDX_CLAIM, malformed: 'it is empty' })),
      { wanted: { kind: 'artifact-type', types: [BUNDLE] } },
    ],
    [
      'malformed',
      'a statement by the right signer whose SBOM is empty',
      makeItem(signed({ sigstore: verified(githubSigner()) }, { claim: SPDX_CLAIM, malformed: 'it is empty' })),
      SPDX_RULE,
    ],
    [
      'malformed',
      'a signed statement whose SBOM is empty, where nobody needs to have signed it',
      makeItem(signed({ sigstore: verified(githubSigner()) }, { claim: SPDX_CLAIM, malformed: 'it is empty' })),
      { ...SPDX_RULE, ...PRESENCE },
    ],
    [
      'untrusted-identity',
      'a statement by somebody else, whatever its SBOM is',
      makeItem(signed({ sigstore: verified(EVIL) }, { claim: SPDX_CLAIM, malformed: 'it is empty' })),
      SPDX_RULE,
    ],
    ['verified', 'one whose condition holds', goodItem(), { where: where(() => ({ holds: true })) }],
    ['verified', 'young enough', goodItem(), { maxAge: 3600 }],

    [
      'unsigned',
      'a bare statement of the right type',
      makeItem(unsigned('application/vnd.in-toto+json', { statement: makeStatement() })),
    ],
    [
      'unsigned',
      'the plain document of an alias',
      makeItem(unsigned(SPDX), { artifactType: SPDX, vouchers: { items: [], gaps: [] } }),
      SPDX_RULE,
    ],
    [
      'unsigned',
      'the plain document of a predicate',
      makeItem(unsigned(SPDX), { artifactType: SPDX }),
      { wanted: { kind: 'predicate-type', types: ['https://spdx.dev/Document'] } },
    ],

    ['invalid', 'one with a wrong signature', makeItem(signed({ sigstore: rejected('invalid') }))],
    ['invalid', 'one that cannot be parsed', makeItem({ kind: 'broken', state: 'invalid', reason: 'no JSON' })],
    ['unsupported', 'one that this software cannot verify', makeItem(signed({ sigstore: rejected('unsupported') }))],
    [
      'unsupported',
      'one of a format that it does not know',
      makeItem({ kind: 'broken', state: 'unsupported', reason: 'version 9' }),
    ],
    [
      'unknown-root-material',
      'of a log that the root does not know',
      makeItem(signed({ sigstore: rejected('unknown-root-material') })),
    ],

    ['untrusted-identity', 'by another repository', makeItem(signed({ sigstore: verified(EVIL) }))],
    [
      'untrusted-identity',
      'by another key',
      makeItem(signed({ sigstore: rejected('untrusted'), 'release-key': rejected('untrusted') })),
    ],
    ['untrusted-identity', 'of a kind that the trust does not cover', makeItem(signed({}))],
    [
      'untrusted-identity',
      'right under a trust that the rule does not name',
      makeItem(signed({ sigstore: rejected('invalid'), 'other-key': verified(keySigner('other')) })),
    ],
    [
      'untrusted-identity',
      'by somebody whom a certificate authority vouches for, where nobody is named',
      goodItem(),
      { signedBy: undefined },
    ],
    [
      'untrusted-identity',
      'by a certificate of the Notary Project, where nobody is named',
      makeItem(signed({ corp: verified(notationSigner()) })),
      { signedBy: undefined },
    ],

    [
      'wrong-subject',
      'about something else',
      makeItem(signed({ sigstore: verified(githubSigner()) }, { wrongSubject: 'sha256:beef' })),
    ],
    [
      'wrong-subject',
      'a bare statement about something else',
      makeItem(unsigned('application/vnd.in-toto+json', { statement: makeStatement(), wrongSubject: 'sha256:beef' })),
      PRESENCE,
    ],
    [
      'wrong-predicate',
      'of another predicate type',
      makeItem(signed({ sigstore: verified(githubSigner()) }, { claim: statementClaim('https://example.com/r') })),
    ],
    [
      'wrong-predicate',
      'of a predicate type that begins the same',
      makeItem(signed({ sigstore: verified(githubSigner()) }, { claim: statementClaim(`${SLSA}/`) })),
    ],
    [
      'wrong-predicate',
      'a signature without a statement',
      makeItem(signed({ sigstore: verified(githubSigner()) }, { claim: digestClaim(INDEX) })),
    ],
    ['wrong-predicate', 'something else altogether', makeItem(unsigned('text/html'), { artifactType: 'text/html' })],
    [
      'wrong-predicate',
      'a good signature with the label of an SBOM on it',
      goodItem({ artifactType: SPDX }),
      SPDX_RULE,
    ],
    [
      'wrong-predicate',
      'an envelope with a label of one’s own on it',
      goodItem({ artifactType: 'application/vnd.acme.report' }),
      { wanted: { kind: 'artifact-type', types: ['application/vnd.acme.report'] } },
    ],
    [
      'wrong-predicate',
      'a bundle with the label of a Notary Project signature',
      goodItem({ artifactType: 'application/vnd.cncf.notary.signature' }),
      { wanted: { kind: 'artifact-type', types: ['application/vnd.cncf.notary.signature'] } },
    ],

    ['too-old', 'older than allowed', goodItem(), { maxAge: 3599 }],
    ['condition-not-met', 'one whose condition does not hold', goodItem(), { where: where(() => ({ holds: false })) }],
    [
      'condition-not-met',
      'one whose condition cannot be evaluated',
      goodItem(),
      { where: where(() => ({ error: 'no such field' })) },
    ],
    ['unread', 'one that could not be read', makeItem(UNREAD)],
    [
      'malformed',
      'an SBOM that is cut off',
      makeItem(unsigned(SPDX, { malformed: 'it ends in the middle' }), { artifactType: SPDX }),
      { ...SPDX_RULE, ...PRESENCE },
    ],
    [
      'malformed',
      'an SBOM that is cut off and vouched for',
      makeItem(unsigned(SPDX, { malformed: 'it ends in the middle' }), {
        artifactType: SPDX,
        vouchers: { items: [], gaps: [] },
      }),
      SPDX_RULE,
    ],
  ];
  for (const [state, title, item, rule] of cases) {
    it(`${state}: ${title}`, () => {
      const { judged, isMet } = judge(item, rule);
      assert.equal(judged.state, state, judged.reason);
      assert.notEqual(judged.reason, '');
      assert.equal(isMet, state === 'verified');
      assert.equal(judged.item, item);
    });
  }

  const present: readonly (readonly [string, EvidenceItem, Partial<Rule>])[] = [
    ['a plain SBOM', makeItem(unsigned(SPDX), { artifactType: SPDX }), SPDX_RULE],
    [
      'an SBOM by its content, whatever its label',
      makeItem(unsigned(SPDX), { artifactType: 'application/octet-stream' }),
      SPDX_RULE,
    ],
    [
      'a bare statement of an alias',
      makeItem(unsigned('application/vnd.in-toto+json', { statement: makeStatement('https://spdx.dev/Document') })),
      SPDX_RULE,
    ],
    ['a bare statement', makeItem(unsigned('application/vnd.in-toto+json', { statement: makeStatement() })), {}],
    ['a signed statement, verified or not', makeItem(signed({})), {}],
    [
      'a type that nobody knows',
      makeItem(unsigned(undefined), { artifactType: 'application/vnd.acme.report' }),
      { wanted: { kind: 'artifact-type', types: ['application/vnd.acme.report'] } },
    ],
  ];
  for (const [title, item, rule] of present) {
    it(`unsigned, and enough where no signature is asked for: ${title}`, () => {
      const { judged, isMet } = judge(item, { ...rule, ...PRESENCE });
      assert.equal(judged.state, 'unsigned');
      assert.equal(isMet, true);
    });
  }
  it('not enough where its condition does not hold, or cannot be evaluated, and nobody needs to have signed it', () => {
    const sbom = makeItem(unsigned(SPDX), { artifactType: SPDX });
    for (const outcome of [{ holds: false }, { error: 'no such field' }]) {
      const { judged, isMet } = judge(sbom, { ...SPDX_RULE, ...PRESENCE, where: where(() => outcome) });
      assert.equal(judged.state, 'condition-not-met');
      assert.equal(isMet, false);
    }
    assert.equal(judge(sbom, { ...SPDX_RULE, ...PRESENCE, where: where(() => ({ holds: true })) }).isMet, true);
  });
  const absent: readonly (readonly [string, EvidenceItem, Partial<Rule>])[] = [
    [
      'a plain SBOM for a predicate',
      makeItem(unsigned(SPDX), { artifactType: SPDX }),
      { wanted: { kind: 'predicate-type', types: ['https://spdx.dev/Document'] } },
    ],
    ['an envelope with the label of an SBOM', makeItem(signed({}), { artifactType: SPDX }), SPDX_RULE],
    [
      'a broken one',
      makeItem({ kind: 'broken', state: 'invalid', reason: 'no JSON' }, { artifactType: SPDX }),
      SPDX_RULE,
    ],
    [
      'another SBOM',
      makeItem(unsigned('application/vnd.cyclonedx+json'), { artifactType: 'application/vnd.cyclonedx+json' }),
      SPDX_RULE,
    ],
    ['anything, where any signature is asked for', makeItem(unsigned(SPDX)), ANY],
    [
      'an unverified signature, where any signature is asked for',
      makeItem(signed({ sigstore: rejected('invalid') })),
      ANY,
    ],
  ];
  for (const [title, item, rule] of absent) {
    it(`not enough, even where no signature is asked for: ${title}`, () => {
      assert.equal(judge(item, { ...rule, ...PRESENCE }).isMet, false);
    });
  }
});

describe('of several reasons the most telling is shown', () => {
  const both = anyOf(RELEASE_WORKFLOW, RELEASE_KEY);
  it('the wrong signer before a signature that another trust cannot verify', () => {
    const item = makeItem(signed({ sigstore: verified(EVIL), 'release-key': rejected('invalid') }));
    assert.equal(
      judge(item, { signedBy: both }).judged.mismatch?.rows.find((row) => !row.matches)?.field,
      'repository',
    );
  });
  it('what is wrong with it before that it is of another kind', () => {
    const item = makeItem(signed({ sigstore: rejected('invalid'), 'release-key': rejected('untrusted') }));
    assert.equal(judge(item, { signedBy: both }).judged.state, 'invalid');
  });
  it('of two entries the one that it differs least from', () => {
    const far = {
      ...RELEASE_WORKFLOW,
      github: {
        repository: { kind: 'exact', text: 'a/b' },
        ref: { kind: 'exact', text: 'c' },
        trigger: { kind: 'exact', text: 'd' },
      },
    } as const;
    const item = makeItem(signed({ sigstore: verified(EVIL) }));
    for (const signedBy of [anyOf(far, RELEASE_WORKFLOW), anyOf(RELEASE_WORKFLOW, far)]) {
      const rows = judge(item, { signedBy }).judged.mismatch?.rows ?? [];
      assert.deepEqual(
        rows.filter((row) => !row.matches).map(({ expected }) => expected),
        ['acme/app'],
      );
    }
  });
  it('too old before the wrong signer of another entry', () => {
    const item = makeItem(signed({ sigstore: verified(githubSigner()) }));
    const person = {
      trust: 'sigstore',
      identity: { kind: 'exact', text: 'a' },
      issuer: { kind: 'exact', text: 'b' },
      at: AT,
    } as const;
    assert.equal(judge(item, { signedBy: anyOf(person, RELEASE_WORKFLOW), maxAge: 60 }).judged.state, 'too-old');
  });
  it('and candidates that have to do with the rule come before those that have not', () => {
    const items = [
      makeItem(signed({}, { claim: statementClaim('https://example.com/r') })),
      makeItem(unsigned('application/vnd.in-toto+json', { statement: makeStatement() })),
      makeItem(signed({ sigstore: rejected('invalid') })),
      makeItem(signed({ sigstore: verified(EVIL) })),
    ];
    const cell = evaluate(makeRule({ on: 'index' }), items).rules[0]?.cells[0];
    assert.deepEqual(
      cell?.rejected.map(({ state }) => state),
      ['untrusted-identity', 'invalid', 'unsigned', 'wrong-predicate'],
    );
    assert.match(cell?.reason ?? '', /1 untrusted-identity, 1 invalid, 1 unsigned/);
  });
});

describe('a verified candidate', () => {
  it('says who, under which trust and root, and when', () => {
    const { judged } = judge(goodItem());
    assert.equal(judged.trust, 'sigstore');
    assert.equal(judged.root?.label, 'public-good');
    assert.equal(judged.times?.length, 1);
    assert.match(judged.reason, /acme\/app\/\.github\/workflows\/release\.yml@refs\/tags\/v1\.4/);
  });
  it('is looked into only after its signer matched', () => {
    let calls = 0;
    const counting = where(() => {
      calls += 1;
      return { holds: true };
    });
    judge(makeItem(signed({ sigstore: verified(EVIL) })), { where: counting });
    judge(makeItem(signed({ sigstore: rejected('invalid') })), { where: counting });
    judge(goodItem(), { where: counting, maxAge: 1 });
    assert.equal(calls, 0);
    judge(goodItem(), { where: counting });
    assert.equal(calls, 1);
  });
  it('gives the condition the signed statement, the signer, the referrer and the image', () => {
    let seen: ExpressionInput | undefined;
    const item = makeItem(signed({ sigstore: verified(githubSigner()) }, { claim: statementClaim(SLSA, { a: 1 }) }), {
      annotations: { 'x.y': 'z' },
    });
    judge(item, {
      where: where((input) => {
        seen = input;
        return { holds: true };
      }),
    });
    assert.deepEqual(seen?.predicate, { a: 1 });
    assert.deepEqual(seen?.statement, {
      _type: 'https://in-toto.io/Statement/v1',
      predicateType: SLSA,
      subject: [{ name: 'app', digest: {} }],
      predicate: { a: 1 },
    });
    const { signer, referrer, image } = seen as unknown as Record<string, Record<string, unknown>>;
    assert.equal(signer?.['issuer'], 'https://token.actions.githubusercontent.com');
    assert.match(JSON.stringify(signer?.['github']), /"repository":"acme\/app"/);
    assert.deepEqual(referrer?.['annotations'], { 'x.y': 'z' });
    assert.equal(image?.['digest'], INDEX);
  });
  it('whose condition throws does not count, and stops nothing else', () => {
    const throwing = where(() => {
      throw new TypeError('boom');
    });
    const verdict = evaluate(makeRule({ where: throwing }), [goodItem()]);
    assert.equal(verdict.verdict, 'fail');
  });
});

describe('an unknown authority', () => {
  it('is told in the words of whoever looked, who knows the root: nothing is said a second time', () => {
    const item = makeItem(signed({ sigstore: rejected('unknown-root-material', 'the root of 2026-11-05 lacks it') }));
    assert.equal(judge(item).judged.reason, 'the root of 2026-11-05 lacks it');
  });
});

describe('an n-of-m rule', () => {
  const ANNE = personSigner('anne@acme.example');
  const BEN = personSigner('ben@acme.example');
  const entry = (name: string) =>
    ({
      trust: 'sigstore',
      identity: { kind: 'glob', text: name },
      issuer: { kind: 'exact', text: 'https://accounts.example' },
      at: AT,
    }) as const;
  const two = (...names: readonly string[]): Partial<Rule> => ({
    on: 'index',
    signedBy: { atLeast: 2, of: names.map(entry), at: AT },
  });
  const by = (signer: typeof ANNE, envelope?: string) =>
    makeItem(
      signed(
        { sigstore: verified(signer, { times: [{ time: agoSeconds(60), source: 'transparency-log' }] }) },
        envelope === undefined ? {} : { envelope },
      ),
    );

  it('is met by two signers with an envelope each', () => {
    const verdict = evaluate(makeRule(two('anne@acme.example', 'ben@acme.example')), [by(ANNE), by(BEN)]);
    assert.equal(verdict.verdict, 'pass');
    assert.equal(verdict.rules[0]?.cells[0]?.evidence.length, 2);
  });
  it('is met by one identity that two issuers vouch for: those are two signers', () => {
    const anyIssuer = { ...entry('anne@acme.example'), issuer: { kind: 'glob', text: 'https://*' } } as const;
    const rule = makeRule({ on: 'index', signedBy: { atLeast: 2, of: [anyIssuer, anyIssuer], at: AT } });
    const elsewhere = personSigner('anne@acme.example', 'https://login.example');
    assert.equal(evaluate(rule, [by(ANNE), by(elsewhere)]).verdict, 'pass');
    assert.equal(evaluate(rule, [by(ANNE), by(ANNE)]).verdict, 'fail');
  });
  it('is not met by one signer twice', () => {
    const verdict = evaluate(makeRule(two('anne@acme.example', '*@acme.example')), [by(ANNE), by(ANNE)]);
    assert.equal(verdict.verdict, 'fail');
    assert.match(verdict.rules[0]?.cells[0]?.reason ?? '', /1 of 2 signers/);
  });
  it('is not met by one envelope twice', () => {
    const items = [by(ANNE, 'sha256:one'), by(BEN, 'sha256:one')];
    assert.equal(evaluate(makeRule(two('anne@acme.example', 'ben@acme.example')), items).verdict, 'fail');
  });
  it('is not met by two signers of one entry', () => {
    assert.equal(evaluate(makeRule(two('*@acme.example', 'nobody')), [by(ANNE), by(BEN)]).verdict, 'fail');
  });
  it('is met where only one of the ways to give the signers to the entries does', () => {
    for (const names of [
      ['*@acme.example', 'anne@acme.example'],
      ['anne@acme.example', '*@acme.example'],
    ]) {
      for (const items of [
        [by(ANNE), by(BEN)],
        [by(BEN), by(ANNE)],
      ]) {
        assert.equal(evaluate(makeRule(two(...names)), items).verdict, 'pass');
      }
    }
  });
  it('is never met by nobody, whatever number it asks for', () => {
    for (const atLeast of [0, -1, Number.NaN]) {
      const rule = makeRule({ on: 'index', signedBy: { atLeast, of: [entry('*')], at: AT } });
      assert.equal(evaluate(rule, []).verdict, 'fail');
    }
    assert.equal(evaluate(makeRule({ on: 'index', signedBy: anyOf() }), [goodItem()]).verdict, 'fail');
  });
  it('shows the one that counts beside the reason for the others', () => {
    const cell = evaluate(makeRule(two('anne@acme.example', 'ben@acme.example')), [by(ANNE)]).rules[0]?.cells[0];
    assert.equal(cell?.state, 'fail');
    assert.deepEqual(
      cell?.evidence.map(({ state }) => state),
      ['verified'],
    );
  });
});

describe('a signer who differs in upper and lower case only', () => {
  const named = (repository: string, ref = 'refs/tags/v*'): Partial<Rule> => ({
    signedBy: anyOf({
      trust: 'sigstore',
      github: { repository: { kind: 'exact', text: repository }, ref: { kind: 'glob', text: ref } },
      at: AT,
    }),
  });
  const cases: readonly (readonly [string, Partial<Rule>, RegExp])[] = [
    ['in one thing', named('Acme/App'), /which differs in repository \(in upper and lower case only\)$/],
    ['in a pattern', named('acme/app', 'refs/Tags/v*'), /which differs in ref \(in upper and lower case only\)$/],
    ['and in more', named('Acme/App', 'refs/heads/*'), /in repository \(in upper and lower case only\), ref$/],
    ['is not who is another', named('acme/apps'), /which differs in repository$/],
  ];
  for (const [title, rule, reason] of cases) {
    it(`${title}: does not count, and is told so`, () => {
      const { judged, isMet } = judge(goodItem(), rule);
      assert.deepEqual([judged.state, isMet], ['untrusted-identity', false]);
      assert.match(judged.reason, reason);
    });
  }
});
