import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VerifiedTime } from '../../../src/evidence/signed-evidence.ts';
import type { Signer } from '../../../src/evidence/signer.ts';
import type { Statement } from '../../../src/evidence/statement.ts';
import type { JsonValue } from '../../../src/oci/strict-json.ts';
import { reasonTooOld } from '../../../src/policy/evaluate/freshness.ts';
import { predicateTime } from '../../../src/policy/evaluate/predicate-time.ts';
import { agoSeconds, githubSigner, keySigner, makeStatement, NOW, notationSigner, SLSA } from '../make-evidence.ts';

const DAY = 86_400;
const MAX_AGE = 30 * DAY;

function times(...seconds: readonly number[]): VerifiedTime[] {
  return seconds.map((ago, at) => ({
    time: agoSeconds(ago),
    source: at % 2 === 0 ? 'transparency-log' : 'timestamp-authority',
  }));
}
function isFresh(signer: Signer, proved: readonly VerifiedTime[], statement?: Statement, maxAge = MAX_AGE): boolean {
  const reason = reasonTooOld({ signer, times: proved, statement }, maxAge, NOW);
  assert.notEqual(reason, '');
  return reason === undefined;
}
function finished(ago: number): Statement {
  return makeStatement(SLSA, { runDetails: { metadata: { finishedOn: agoSeconds(ago).toISOString() } } });
}

describe('the age of a signature with a short-lived certificate', () => {
  const signer = githubSigner(
    {},
    { validity: { notBefore: agoSeconds(40 * DAY), notAfter: agoSeconds(40 * DAY - 600) } },
  );
  it('is counted from the smallest verified time, to the second', () => {
    assert.equal(isFresh(githubSigner(), times(MAX_AGE)), true);
    assert.equal(isFresh(githubSigner(), times(MAX_AGE + 1)), false);
    assert.equal(isFresh(githubSigner(), times(60, MAX_AGE + 1)), false);
    assert.equal(isFresh(githubSigner(), times(MAX_AGE + 1, 60)), false);
    assert.equal(isFresh(signer, times(60)), true);
  });
  it('is not known without a verified time, whatever the predicate says', () => {
    assert.equal(isFresh(githubSigner(), [], finished(60)), false);
  });
  it('is not known where nobody read how long the certificate lives', () => {
    assert.equal(isFresh(githubSigner({}, { validity: undefined }), times(60), finished(60)), false);
  });
  it('is not what the predicate says', () => {
    assert.equal(isFresh(githubSigner(), times(MAX_AGE + 1), finished(60)), false);
    assert.equal(isFresh(githubSigner(), times(60), finished(MAX_AGE * 2)), true);
  });
  it('may be five minutes in the future, and no more', () => {
    assert.equal(isFresh(githubSigner(), times(-300)), true);
    assert.equal(isFresh(githubSigner(), times(-301)), false);
  });
  it('is not known where a time cannot be read', () => {
    assert.equal(isFresh(githubSigner(), [{ time: new Date('x'), source: 'transparency-log' }]), false);
    assert.equal(isFresh(githubSigner(), [...times(60), { time: new Date('x'), source: 'transparency-log' }]), false);
  });
  it('of zero is allowed only now', () => {
    assert.equal(isFresh(githubSigner(), times(0), undefined, 0), true);
    assert.equal(isFresh(githubSigner(), times(1), undefined, 0), false);
  });
});

describe('the reason why a signature is too old', () => {
  const reason = (ago: number, maxAge = MAX_AGE): string | undefined =>
    reasonTooOld({ signer: githubSigner(), times: times(ago), statement: undefined }, maxAge, NOW);

  it('says how old it is, by what, and what is allowed', () => {
    const told = 'it is 42 days old (2026-10-11T12:00:00Z, transparency log), and the rule allows 30 days';
    assert.equal(reason(42 * DAY), told);
  });
  it('never says an age that is allowed', () => {
    assert.match(reason(MAX_AGE + 1) ?? '', /^it is 30 days 1 second old .* allows 30 days$/);
    assert.match(reason(160 * 60, 150 * 60) ?? '', /^it is 2 hours 40 minutes old .* allows 150 minutes$/);
  });
  it('says how far in the future its time is', () => {
    assert.equal(
      reason(-600),
      'its time is 10 minutes in the future (2026-11-22T12:10:00Z, transparency log): one of the clocks is wrong',
    );
  });
});

describe('the age of a signature with a long-lived certificate', () => {
  it('is counted so for one that lives longer than a day, by however little', () => {
    const notBefore = agoSeconds(100 * DAY);
    const living = (milliseconds: number) => ({ notBefore, notAfter: new Date(notBefore.getTime() + milliseconds) });
    assert.equal(isFresh(githubSigner({}, { validity: living(DAY * 1000) }), times(60)), true);
    assert.equal(isFresh(githubSigner({}, { validity: living(DAY * 1000 + 1) }), times(60)), false);
  });
  const validity = { notBefore: agoSeconds(100 * DAY), notAfter: agoSeconds(-100 * DAY) };
  it('is not what a timestamp says, which can be renewed', () => {
    assert.equal(isFresh(githubSigner({}, { validity }), times(60)), false);
  });
  it('is what the signed content says, or at most that of the certificate', () => {
    assert.equal(isFresh(githubSigner({}, { validity }), times(60), finished(60)), true);
    assert.equal(isFresh(githubSigner({}, { validity }), times(60), finished(MAX_AGE + 1)), false);
    assert.equal(isFresh(githubSigner({}, { validity: { ...validity, notBefore: agoSeconds(DAY) } }), times(60)), true);
  });
});

describe('the age of a signature by a key', () => {
  it('is what the signed content says', () => {
    assert.equal(isFresh(keySigner(), [], finished(60)), true);
    assert.equal(isFresh(keySigner(), [], finished(MAX_AGE + 1)), false);
    assert.equal(isFresh(keySigner(), times(60), finished(MAX_AGE + 1)), false);
    assert.equal(isFresh(keySigner(), times(MAX_AGE + 1), finished(60)), false);
    assert.equal(isFresh(keySigner(), [], finished(-301)), false);
  });
  it('is not known otherwise: log entries and timestamps can be renewed', () => {
    assert.equal(isFresh(keySigner(), []), false);
    assert.equal(isFresh(keySigner(), times(60)), false);
    assert.equal(
      isFresh(keySigner(), times(60), makeStatement('https://example.com/r', { finishedOn: NOW.toISOString() })),
      false,
    );
  });
});

describe('the age of a Notary Project signature', () => {
  const authority: VerifiedTime = { time: agoSeconds(60), source: 'signing-authority' };
  it('is what a signing authority signed', () => {
    assert.equal(isFresh(notationSigner({ scheme: 'notary.x509.signingAuthority' }), [authority]), true);
    assert.equal(isFresh(notationSigner({ scheme: 'notary.x509.signingAuthority' }), []), false);
  });
  it('is not known otherwise: a timestamp can be renewed', () => {
    assert.equal(isFresh(notationSigner(), times(60)), false);
  });
});

describe('the time in a predicate', () => {
  const at = '2026-11-01T10:00:00Z';
  const fields: readonly (readonly [string, JsonValue, string])[] = [
    [
      SLSA,
      { runDetails: { metadata: { startedOn: '2026-01-01T00:00:00Z', finishedOn: at } } },
      'predicate.runDetails.metadata.finishedOn',
    ],
    [SLSA, { runDetails: { metadata: { startedOn: at } } }, 'predicate.runDetails.metadata.startedOn'],
    ['https://slsa.dev/provenance/v0.2', { metadata: { buildFinishedOn: at } }, 'predicate.metadata.buildFinishedOn'],
    ['https://slsa.dev/verification_summary/v1', { timeVerified: at }, 'predicate.timeVerified'],
    [
      'https://in-toto.io/attestation/vulns/v0.1',
      { metadata: { scanFinishedOn: at } },
      'predicate.metadata.scanFinishedOn',
    ],
    [
      'https://in-toto.io/attestation/vulns/v0.2',
      { metadata: { scanFinishedOn: at } },
      'predicate.metadata.scanFinishedOn',
    ],
    [
      'https://cosign.sigstore.dev/attestation/vuln/v1',
      { metadata: { scanFinishedOn: at } },
      'predicate.metadata.scanFinishedOn',
    ],
    ['https://in-toto.io/attestation/svr/v0.1', { timeCreated: at }, 'predicate.timeCreated'],
    ['https://cosign.sigstore.dev/attestation/v1', { Data: '', Timestamp: at }, 'predicate.Timestamp'],
    ['https://spdx.dev/Document/v2.3', { creationInfo: { created: at } }, 'predicate.creationInfo.created'],
    ['https://cyclonedx.org/bom/v1.6', { metadata: { timestamp: at } }, 'predicate.metadata.timestamp'],
    ['https://openvex.dev/ns/v0.2.0', { timestamp: at }, 'predicate.timestamp'],
  ];
  for (const [type, predicate, field] of fields) {
    it(`of ${type} is ${field}`, () => {
      assert.deepEqual(predicateTime(makeStatement(type, predicate)), { time: new Date(at), field });
    });
  }
  const unreadable: readonly JsonValue[] = [
    '2026-11-01',
    '2026-11-01T10:00:00',
    '2026-13-01T10:00:00Z',
    '2026-02-30T10:00:00Z',
    'now',
    '',
    1_700_000_000,
    true,
    {},
    [at],
    ' 2026-11-01T10:00:00Z',
    '2026-11-01T10:00:00Z ',
    '2026-11-01 10:00:00Z',
    '2026-11-01T25:00:00Z',
  ];
  for (const value of unreadable) {
    it(`is none where it is ${JSON.stringify(value)}, and no other field takes its place`, () => {
      const predicate = { runDetails: { metadata: { finishedOn: value, startedOn: at } } };
      assert.equal(predicateTime(makeStatement(SLSA, predicate)), undefined);
    });
  }
  it('is none in a predicate of another shape, and none without a statement', () => {
    for (const predicate of [null, [], 'x', { runDetails: null }, { runDetails: [] }]) {
      assert.equal(predicateTime(makeStatement(SLSA, predicate as JsonValue)), undefined);
    }
    assert.equal(predicateTime(undefined), undefined);
    assert.equal(
      predicateTime(
        makeStatement('https://evil.example/https://slsa.dev/provenance/v1', {
          runDetails: { metadata: { finishedOn: at } },
        }),
      ),
      undefined,
    );
  });
  it('with an offset is that instant', () => {
    const statement = makeStatement(SLSA, { runDetails: { metadata: { finishedOn: '2026-11-01T12:00:00.5+02:00' } } });
    assert.equal(predicateTime(statement)?.time.toISOString(), '2026-11-01T10:00:00.500Z');
  });
});
