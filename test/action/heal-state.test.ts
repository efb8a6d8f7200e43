import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatHealState, parseHealState } from '../../src/action/heal-state.ts';
import { digestOf } from '../../src/oci/digest.ts';

const ENTRY = { repository: 'ghcr.io/acme/app', subject: digestOf('image'), digests: [digestOf('a'), digestOf('b')] };

describe('the state that the main step leaves for the post step', () => {
  it('is read as it was written', () => {
    for (const entries of [[], [ENTRY], [ENTRY, { ...ENTRY, digests: [] }]]) {
      assert.deepEqual(parseHealState(formatHealState(entries)), entries);
    }
  });

  const uglies: readonly (readonly [string, unknown])[] = [
    ['an object', ENTRY],
    ['null', null],
    ['an entry that is null', [null]],
    ['an entry that is a text', ['ghcr.io/acme/app']],
    ['one good entry and one without a repository', [ENTRY, { ...ENTRY, repository: undefined }]],
    ['a subject that is no digest', [{ ...ENTRY, subject: 'v1' }]],
    ['a subject that leads elsewhere', [{ ...ENTRY, subject: '../../v2/other/manifests/v1' }]],
    ['digests that are no list', [{ ...ENTRY, digests: ENTRY.subject }]],
    ['a digest that is none', [{ ...ENTRY, digests: [ENTRY.subject, 'v1'] }]],
  ];
  for (const [title, state] of uglies) {
    it(`is refused where it holds ${title}`, () => {
      assert.throws(() => parseHealState(JSON.stringify(state)), { code: 'internal', message: /not what it wrote/ });
    });
  }
  it('is refused where it is no JSON', () => {
    for (const text of ['', '[', 'undefined']) {
      assert.throws(() => parseHealState(text), { code: 'internal', message: /not what it wrote/ });
    }
  });
});
