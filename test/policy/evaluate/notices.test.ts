import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ImageVerdict, VerdictNotice } from '../../../src/policy/verdict.ts';
import {
  AT,
  agoSeconds,
  anyOf,
  evaluate,
  githubSigner,
  INDEX,
  makeItem,
  makeRule,
  notationSigner,
  ROOT,
  rejected,
  SPDX,
  signed,
  UNREAD,
  unsigned,
  verified,
} from '../make-evidence.ts';

const DAY = 86_400;

function only(verdict: ImageVerdict, code: VerdictNotice['code']): VerdictNotice[] {
  return verdict.notices.filter((notice) => notice.code === code);
}
function signedUnder(root: Partial<typeof ROOT>) {
  return makeItem(signed({ sigstore: verified(githubSigner(), { root: { ...ROOT, ...root } }) }));
}

describe('a notice', () => {
  it('says that an embedded root is old, once, with its date and how a newer one is had', () => {
    const old = { date: agoSeconds(200 * DAY) };
    const notices = only(evaluate(makeRule(), [signedUnder(old), signedUnder(old)]), 'root-stale');
    assert.equal(notices.length, 1);
    assert.match(notices[0]?.message ?? '', /public-good is of 2026-05-06, 200 days old.*`refresh: true`/);
    assert.deepEqual(notices[0]?.at, AT);
  });
  it('does not say so of a young one, of a file, or of one that was fetched', () => {
    const old = agoSeconds(200 * DAY);
    for (const root of [
      { date: agoSeconds(170 * DAY) },
      { date: old, source: 'file' },
      { date: old, source: 'tuf' },
    ] as const) {
      assert.deepEqual(only(evaluate(makeRule(), [signedUnder(root)]), 'root-stale'), []);
    }
  });
  it('says what was not checked of evidence that counts, once, and nothing of what does not count', () => {
    const rule = makeRule({ signedBy: anyOf({ trust: 'corp', distinguishedNames: ['O=Acme'], at: AT }) });
    const outcome = verified(notationSigner(), { notes: ['revocation: not checked'] });
    const counts = makeItem(signed({ corp: outcome }));
    const notices = only(evaluate(rule, [counts, counts]), 'not-checked');
    assert.deepEqual(
      notices.map(({ message }) => message),
      ['revocation: not checked (trust corp)'],
    );
    const other = makeRule({ signedBy: anyOf({ trust: 'corp', distinguishedNames: ['O=Other'], at: AT }) });
    assert.deepEqual(only(evaluate(other, [counts]), 'not-checked'), []);
  });
  it('says that a rule is met by what nobody signed, and not that one is met by signatures', () => {
    const rule = makeRule({ wanted: { kind: 'artifact-type', types: [SPDX] }, signed: false, signedBy: undefined });
    const sbom = makeItem(unsigned(SPDX), { artifactType: SPDX });
    assert.equal(only(evaluate(rule, [sbom]), 'unsigned-only').length, 1);
    assert.equal(only(evaluate(rule, []), 'unsigned-only').length, 0);
    assert.equal(only(evaluate(makeRule(), [signedUnder({})]), 'unsigned-only').length, 0);
  });
  it('names a source once for all that it could not be looked at for', () => {
    const gap = { source: 'github', code: 'github-api-failed', reason: 'status 500', hint: 'Try again.' } as const;
    const gaps = [1, 2, 3].map((n) => ({ ...gap, subject: `sha256:${n}` as const }));
    const notices = only(evaluate(makeRule(), [], { gaps }), 'source-unread');
    assert.deepEqual(
      notices.map(({ message }) => message),
      ['github could not be looked at for sha256:1 and 2 more: status 500. Try again.'],
    );
  });
  it('names what could not be read on artifacts, too', () => {
    const vouchers = {
      items: [makeItem(UNREAD)],
      gaps: [{ subject: INDEX, source: 'api', code: 'x', reason: 'status 429' } as const],
    };
    const item = makeItem(unsigned(SPDX), { artifactType: SPDX, vouchers });
    assert.equal(only(evaluate(makeRule(), [item]), 'candidate-unread').length, 2);
  });
  it('is not given where there is nothing to say', () => {
    assert.deepEqual(
      evaluate(makeRule(), [signedUnder({}), makeItem(signed({ sigstore: rejected('invalid') }))]).notices,
      [],
    );
  });
});
