import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isRepositoryName, parseRoute } from '../../src/embedded/route.ts';
import { fc } from '../support/fast-check.ts';

describe('parseRoute', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const routes: [string, object][] = [
    ['/v2/', { kind: 'base' }],
    ['/v2', { kind: 'base' }],
    ['/token', { kind: 'token' }],
    ['/v2/a/tags/list', { kind: 'tags', repository: 'a' }],
    ['/v2/tags/list/tags/list', { kind: 'tags', repository: 'tags/list' }],
    ['/v2/a/b/manifests/v1', { kind: 'manifest', repository: 'a/b', reference: 'v1' }],
    ['/v2/a/manifests/manifests/manifests', { kind: 'manifest', repository: 'a/manifests', reference: 'manifests' }],
    [`/v2/a/blobs/${digest}`, { kind: 'blob', repository: 'a', digest }],
    [`/v2/a/blobs/${digest.replace(':', '%3A')}`, { kind: 'blob', repository: 'a', digest }],
    ['/v2/a/blobs/uploads/', { kind: 'uploads', repository: 'a' }],
    ['/v2/a/blobs/uploads', { kind: 'uploads', repository: 'a' }],
    ['/v2/a/blobs/uploads/x-1', { kind: 'upload', repository: 'a', session: 'x-1' }],
    [`/v2/a/referrers/${digest}`, { kind: 'referrers', repository: 'a', digest }],
    ['/v2/tags/list', { kind: 'unknown' }],
    ['/v2/manifests/v1', { kind: 'unknown' }],
    ['/v2/a/manifests/', { kind: 'unknown' }],
    ['/v2/a/tags/list/', { kind: 'unknown' }],
    ['/v3/a/tags/list', { kind: 'unknown' }],
    ['/v2/a/%zz/tags/list', { kind: 'unknown' }],
  ];
  for (const [path, route] of routes) {
    it(`reads ${path}`, () => assert.deepEqual(parseRoute(path), route));
  }

  it('never gives a repository name that leads out of a folder', () => {
    const part = fc.oneof(
      fc.constantFrom('..', '.', '', '%2e%2e', '%2F', '..%2f..', 'a', '/', '\\', '%00'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const route = parseRoute(`/v2/${parts.join('/')}/tags/list`);
        if (!('repository' in route) || !isRepositoryName(route.repository)) return;
        assert.match(route.repository, /^[a-z0-9][a-z0-9._/-]*$/);
        assert.ok(!route.repository.split('/').some((segment) => /^\.*$/.test(segment)), route.repository);
      }),
    );
  });
});
