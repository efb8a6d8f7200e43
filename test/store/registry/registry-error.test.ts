import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HttpMethod } from '../../../src/net/types.ts';
import { type RefusedResponse, registryErrorOf } from '../../../src/store/registry/registry-error.ts';

function response(
  status: number,
  body: unknown = '',
  url = 'https://r.example/v2/acme/app/manifests/v1',
): RefusedResponse {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = { get: () => undefined, all: () => [] };
  return { status, headers, url: new URL(url), bytes: new TextEncoder().encode(text) };
}

function oci(code: string, message = ''): unknown {
  return { errors: [{ code, message }] };
}

const ROWS: readonly [title: string, method: HttpMethod, status: number, body: unknown, code: string][] = [
  ['a manifest that is not there', 'GET', 404, oci('MANIFEST_UNKNOWN'), 'manifest-unknown'],
  ['a route that is not there', 'GET', 404, '404 page not found', 'manifest-unknown'],
  ['a repository that is not there', 'GET', 404, oci('NAME_UNKNOWN'), 'repository-unknown'],
  ['a blob that is not there', 'GET', 404, oci('BLOB_UNKNOWN'), 'blob-unknown'],
  ['a manifest whose blob is not there', 'PUT', 400, oci('MANIFEST_BLOB_UNKNOWN'), 'manifest-blob-unknown'],
  ['the same in other words', 'PUT', 400, oci('BLOB_UNKNOWN'), 'manifest-blob-unknown'],
  ['the same as a manifest that is not there', 'PUT', 404, oci('MANIFEST_UNKNOWN'), 'manifest-blob-unknown'],
  ['a manifest that it does not take', 'PUT', 400, oci('MANIFEST_INVALID', 'unknown media type'), 'manifest-refused'],
  ['the same without a word', 'PUT', 400, '', 'manifest-refused'],
  ['the same by another status', 'PUT', 422, oci('UNSUPPORTED'), 'manifest-refused'],
  ['a media type that it does not take', 'PUT', 415, '', 'manifest-refused'],
  ['a read that it finds bad', 'GET', 400, oci('MANIFEST_INVALID'), 'http-status'],
  ['no right', 'PUT', 403, oci('DENIED'), 'denied'],
  [
    'a rate limit in the guise of 403',
    'GET',
    403,
    oci('DENIED', 'You exceeded a secondary rate limit'),
    'rate-limited',
  ],
  ['a rate limit', 'GET', 429, '', 'rate-limited'],
  ['a rate limit by its code', 'GET', 400, oci('TOOMANYREQUESTS'), 'rate-limited'],
  ['a registry that takes no writes', 'PUT', 405, oci('UNSUPPORTED'), 'read-only'],
  ['an endpoint that takes no GET', 'GET', 405, oci('UNSUPPORTED'), 'http-status'],
  ['a tag that cannot change (412)', 'PUT', 412, oci('PRECONDITION', 'configured as immutable'), 'tag-immutable'],
  ['a tag that cannot change (400)', 'PUT', 400, oci('TAG_INVALID', 'The tag is IMMUTABLE'), 'tag-immutable'],
  ['a condition that does not hold', 'PUT', 412, '', 'precondition-failed'],
  ['too large', 'PUT', 413, '', 'manifest-too-large'],
  [
    'too large, as distribution says it',
    'PUT',
    400,
    oci('MANIFEST_INVALID', 'http: request body too large'),
    'manifest-too-large',
  ],
  ['a timeout', 'GET', 408, '', 'network-timeout'],
  ['a defect', 'PUT', 500, oci('UNKNOWN', 'immutable state'), 'server-error'],
  ['an overload that speaks of limits', 'GET', 503, oci('TOOMANYREQUESTS'), 'server-error'],
  ['a refusal of its own kind', 'GET', 418, '', 'http-status'],
];

describe('registryErrorOf', () => {
  for (const [title, method, status, body, code] of ROWS) {
    it(`takes ${method} ${status} for ${code}: ${title}`, () => {
      const error = registryErrorOf(method, response(status, body), 'doing it');
      assert.equal(error.code, code);
      assert.equal(error.details.status, status);
    });
  }

  it('says what was done, who answered what, and where, without secrets', () => {
    const url = 'https://user:pw@r.example/v2/acme/app/referrers/sha256:0?artifactType=a%2Fb&token=secret';
    const error = registryErrorOf('GET', response(403, oci('DENIED', 'not you'), url), 'listing the referrers');
    assert.equal(
      error.message,
      'listing the referrers: r.example answered 403 (DENIED: not you) to GET https://r.example/v2/acme/app/referrers/sha256:0?artifactType=a%2Fb&token=***',
    );
    assert.deepEqual(error.details.errors, [{ code: 'DENIED', message: 'not you', detail: '' }]);
  });

  it('takes 400 to a push of a blob for no word on a manifest', () => {
    const url = 'https://r.example/v2/acme/app/blobs/uploads/1?digest=sha256:0';
    assert.equal(registryErrorOf('PUT', response(400, '', url), 'x').code, 'http-status');
  });

  it('hints at what to set for packages on ghcr.io', () => {
    const { hint } = registryErrorOf('PUT', response(403, '', 'https://ghcr.io/v2/a/b/manifests/v1'), 'x');
    assert.match(hint ?? '', /packages: write.*package settings/);
  });

  it('takes the hint of the caller where the answer suggests none', () => {
    assert.equal(registryErrorOf('GET', response(418), 'x', 'do that').hint, 'do that');
    assert.match(registryErrorOf('GET', response(429), 'x', 'do that').hint ?? '', /Log in/);
  });

  it('names a page as such, quotes one line of a text, and nothing of a long body', () => {
    const said = (body: string): string => registryErrorOf('GET', response(500, body), 'x').message;
    assert.match(said('<!DOCTYPE html><p>secret'), /answered 500 \(an HTML page\) to GET/);
    assert.match(said('upstream failed\nat line 3'), /answered 500 \(upstream failed\) to GET/);
    assert.match(said(''), /answered 500 to GET/);
    assert.ok(said('x'.repeat(100_000)).length < 700);
    const many = JSON.stringify({ errors: Array(50).fill({ code: 'UNKNOWN', message: 'y'.repeat(900) }) });
    assert.ok(said(many).length < 700);
  });
});
