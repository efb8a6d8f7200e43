import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { isMatchAll, MATCH_ALL, matchesFilter, matchesTypes, serverSideType } from '../../src/referrers/filter.ts';

function row(rest: Partial<Descriptor>): Descriptor {
  return { mediaType: 'a/b', digest: digestOf('x'), size: 1, ...rest };
}

describe('matchesTypes', () => {
  const ROWS: readonly [type: string | undefined, wanted: readonly string[], matches: boolean][] = [
    ['application/spdx+json', [], true],
    [undefined, [], true],
    ['application/spdx+json', ['application/spdx+json'], true],
    ['application/spdx+json', ['application/SPDX+json'], false],
    ['application/spdx+json', ['application/spdx'], false],
    ['application/spdx+json', ['a/b', 'application/spdx+json'], true],
    ['application/spdx+json', ['application/*'], true],
    ['application/spdx+json', ['*json'], true],
    ['application/spdx+json', ['*/spdx?json'], true],
    ['application/spdx+json', ['*xml'], false],
    ['application/spdxXjson', ['application/spdx+json'], false],
    [undefined, ['*'], false],
    ['', ['*'], true],
  ];
  for (const [type, wanted, matches] of ROWS) {
    it(`${matches ? 'takes' : 'passes over'} ${type ?? 'no type'} for [${wanted.join(', ')}]`, () => {
      assert.equal(matchesTypes(type, wanted), matches);
    });
  }
});

describe('matchesFilter', () => {
  it('wants every annotation to hold, its own keys only', () => {
    const annotations = { a: '1', b: '' };
    const holds = (...pairs: readonly [key: string, value?: string][]): boolean =>
      matchesFilter(row({ annotations }), {
        artifactTypes: [],
        annotations: pairs.map(([key, value]) => ({ key, ...(value !== undefined && { value }) })),
      });
    assert.ok(holds());
    assert.ok(holds(['a']));
    assert.ok(holds(['a', '1'], ['b', '']));
    assert.ok(!holds(['a', '1'], ['c']));
    assert.ok(!holds(['a', '']));
    assert.ok(!holds(['toString']));
    assert.ok(!holds(['__proto__']));
  });

  it('finds no annotation where there are none', () => {
    assert.ok(!matchesFilter(row({}), { artifactTypes: [], annotations: [{ key: 'a' }] }));
    assert.ok(matchesFilter(row({}), MATCH_ALL));
  });
});

describe('serverSideType', () => {
  it('is the one exact type, and nothing where there are several, or a glob', () => {
    const of = (...artifactTypes: string[]): string | undefined => serverSideType({ artifactTypes, annotations: [] });
    assert.equal(of('a/b'), 'a/b');
    assert.equal(of(), undefined);
    assert.equal(of('a/b', 'c/d'), undefined);
    assert.equal(of('a/*'), undefined);
    assert.equal(of('a/?'), undefined);
    assert.equal(serverSideType({ artifactTypes: ['a/b'], annotations: [{ key: 'k' }] }), 'a/b');
  });
});

describe('isMatchAll', () => {
  it('is true without types and annotations only', () => {
    assert.ok(isMatchAll(MATCH_ALL));
    assert.ok(!isMatchAll({ artifactTypes: ['a/b'], annotations: [] }));
    assert.ok(!isMatchAll({ artifactTypes: [], annotations: [{ key: 'k' }] }));
  });
});
