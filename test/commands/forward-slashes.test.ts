import assert from 'node:assert/strict';
import { it } from 'node:test';
import { forwardSlashes } from '../../src/commands/forward-slashes.ts';

it('a path has forward slashes on Windows; elsewhere a backslash is a letter of a name', () => {
  assert.equal(forwardSlashes('.github\\policies/a.yml', 'win32'), '.github/policies/a.yml');
  assert.equal(forwardSlashes('C:\\work\\a.yml', 'win32'), 'C:/work/a.yml');
  for (const platform of ['linux', 'darwin'] as const) assert.equal(forwardSlashes('a\\b/c', platform), 'a\\b/c');
});
