import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coversScopes, formatScopes, isPullOnly, unionScopes } from '../../src/auth/scope.ts';
import type { Scope } from '../../src/auth/types.ts';

const scopes: readonly [scope: Scope, expected: readonly string[]][] = [
  [{ repository: 'a/b', actions: ['pull'] }, ['repository:a/b:pull']],
  [{ repository: 'a/b', actions: ['push'] }, ['repository:a/b:pull,push']],
  [{ repository: 'a/b', actions: ['push', 'pull', 'push'] }, ['repository:a/b:pull,push']],
  [{ repository: 'a/b', actions: ['delete'] }, ['repository:a/b:delete']],
  [{ repository: 'a/b', actions: ['delete', 'push'] }, ['repository:a/b:pull,push,delete']],
  [{ repository: 'a/b', actions: ['push'], mountFrom: 'c/d' }, ['repository:a/b:pull,push', 'repository:c/d:pull']],
  [{ repository: 'a/b', actions: ['push'], mountFrom: 'a/b' }, ['repository:a/b:pull,push']],
];

for (const [scope, expected] of scopes) {
  test(`the scope of ${JSON.stringify(scope)} is ${expected.join(' ')}`, () => {
    assert.deepEqual(formatScopes(scope), expected);
  });
}

test('a token covers what it was asked for and no more', () => {
  const held = ['repository:a:pull,push', 'registry:catalog:*'];
  assert.equal(coversScopes(held, ['repository:a:pull']), true);
  assert.equal(coversScopes(held, ['repository:a:push,pull', 'registry:catalog:*']), true);
  assert.equal(coversScopes(held, ['repository:a:delete']), false);
  assert.equal(coversScopes(held, ['repository:b:pull']), false);
  assert.equal(coversScopes(held, ['repository:a']), false);
  assert.equal(coversScopes([], []), true);
});

test('a union keeps the order and adds only what is not covered', () => {
  const first = ['repository:a:pull,push'];
  assert.deepEqual(unionScopes(first, ['repository:a:pull', 'repository:b:pull']), [...first, 'repository:b:pull']);
});

test('pull-only is told from the rest', () => {
  assert.equal(isPullOnly({ repository: 'a', actions: ['pull'] }), true);
  assert.equal(isPullOnly({ repository: 'a', actions: ['pull', 'push'] }), false);
  assert.equal(isPullOnly({ repository: 'a', actions: ['delete'] }), false);
});
