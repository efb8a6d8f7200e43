import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseTokenResponse } from '../../src/auth/token-response.ts';
import { CodedError } from '../../src/errors/coded-error.ts';
import type { BufferedResponse } from '../../src/net/types.ts';
import { fc } from '../support/fast-check.ts';

const DAY = 86_400;

function answer(body: string | Uint8Array, date?: string): BufferedResponse {
  const headers = { get: (name: string) => (name === 'date' ? date : undefined), all: () => [] };
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return { status: 200, headers, url: new URL('https://auth.example/token'), bytes };
}

const SENT = Date.UTC(2026, 10, 22, 12, 0, 0);
const sayings = fc.oneof(
  fc.integer({ min: -10, max: 3 * DAY }),
  fc.double(),
  fc.constantFrom(undefined, null, '300', true, [], Number.MAX_VALUE),
);

describe('a token response', () => {
  it('gives a token no longer a life than it was said to have; a minute is the least that the specification knows', () => {
    const age = fc.option(fc.integer({ min: -DAY, max: 2 * DAY }), { nil: undefined });
    const property = fc.property(sayings, age, fc.boolean(), (expiresIn, seconds, isDated) => {
      const issuedAt = seconds === undefined ? undefined : new Date(SENT - seconds * 1000).toISOString();
      const body = JSON.stringify({ token: 't', expires_in: expiresIn, issued_at: issuedAt });
      const { lifetimeMs } = parseTokenResponse(answer(body, isDated ? new Date(SENT).toUTCString() : undefined), 'it');
      const said =
        typeof expiresIn === 'number' && expiresIn > 0 ? (JSON.parse(body) as { expires_in: number }).expires_in : 60;
      const left = said - (isDated ? Math.max(0, seconds ?? 0) : 0);
      assert.ok(lifetimeMs <= Math.max(60, left) * 1000, `${lifetimeMs} ms of ${left} s`);
      assert.ok(lifetimeMs >= 60_000 && lifetimeMs <= DAY * 1000, `${lifetimeMs} ms`);
      // nor a shorter one than it has: what is asked for too often is a burden
      assert.ok(lifetimeMs >= Math.min(left, DAY) * 1000 - 1, `${lifetimeMs} ms of ${left} s`);
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it('is a token that a header can carry, or a coded error that shows nothing of it', () => {
    const secret = fc.string({ unit: 'binary-ascii' }).map((text) => `hunter2${text}`);
    const value = fc.oneof(secret, fc.constantFrom(undefined, null, '', 7, {}, ['hunter2']));
    const body = fc
      .record({ token: value, access_token: value, refresh_token: value })
      .map((all) => JSON.stringify(all));
    const cut = fc.tuple(body, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1)));
    const bytes = fc.oneof(
      fc.oneof(body, cut, fc.json()).map((text) => new TextEncoder().encode(text)),
      fc.uint8Array(),
    );
    const property = fc.property(bytes, (given) => {
      try {
        const { value, refreshToken } = parseTokenResponse(answer(given), 'it');
        assert.match(value, /^[\x21-\x7e]+$/);
        assert.notEqual(refreshToken, '');
      } catch (error) {
        if (!(error instanceof CodedError)) throw error;
        assert.equal(error.code, 'token-invalid');
        assert.ok(!`${error.message} ${error.hint}`.includes('hunter2'), error.message);
      }
    });
    fc.assert(property, { numRuns: 1000 });
  });
});
