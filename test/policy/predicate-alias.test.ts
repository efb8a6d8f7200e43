import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { mediaTypesOfPredicate, predicateAliases } from '../../src/policy/predicate-alias.ts';

describe('the predicate types of a media type', () => {
  const pairs: readonly (readonly [string, string])[] = [
    ['application/spdx+json', 'https://spdx.dev/Document'],
    ['application/spdx+json', 'https://spdx.dev/Document/v2.3'],
    ['text/spdx', 'https://spdx.dev/Document/v2.3'],
    ['application/spdx3+json', 'https://spdx.dev/Document/v3'],
    ['application/vnd.cyclonedx+json', 'https://cyclonedx.org/bom'],
    ['application/vnd.cyclonedx+json', 'https://cyclonedx.org/bom/v1.6'],
    ['application/vnd.cyclonedx+xml', 'https://cyclonedx.org/bom'],
    ['application/vnd.openvex+json', 'https://openvex.dev/ns'],
    ['application/vnd.openvex', 'https://openvex.dev/ns/v0.2.0'],
    ['application/vnd.openvex.vex+json', 'https://openvex.dev/ns/v0.2.0'],
    ['application/sarif+json', 'https://json.schemastore.org/sarif-2.1.0.json'],
  ];
  for (const [mediaType, predicateType] of pairs) {
    it(`of ${mediaType} include ${predicateType}, and the reverse`, () => {
      assert.ok(predicateAliases(mediaType).includes(predicateType));
      assert.ok(mediaTypesOfPredicate(predicateType).includes(mediaType));
    });
  }

  const strangers: readonly (readonly [string, string])[] = [
    ['application/spdx+json', 'https://spdx.dev/Document/v3'],
    ['application/spdx3+json', 'https://spdx.dev/Document/v2.3'],
    ['application/spdx+json', 'https://spdx.dev/Document/'],
    ['application/spdx+json', 'https://spdx.dev/Documents'],
    ['application/spdx+json', 'https://cyclonedx.org/bom'],
    ['application/vnd.cyclonedx+json', 'https://cyclonedx.org/BOM'],
    ['application/vnd.cyclonedx+json', 'http://cyclonedx.org/bom'],
  ];
  for (const [mediaType, predicateType] of strangers) {
    it(`of ${mediaType} do not include ${predicateType}`, () => {
      assert.equal(predicateAliases(mediaType).includes(predicateType), false);
    });
  }

  it('are none for a type without an alias, and for names that every object has', () => {
    for (const name of ['application/vnd.acme.report+json', '', '__proto__', 'constructor']) {
      assert.deepEqual(predicateAliases(name), []);
      assert.deepEqual(mediaTypesOfPredicate(name), []);
    }
  });
});

describe('the table in docs/policy.md', () => {
  it('names every media type, and the first and last predicate type of each', async () => {
    const text = await readFile(new URL('../../docs/policy.md', import.meta.url), 'utf8');
    const rows = text.split('\n').filter((line) => /^\| `(?:application|text)\//.test(line));
    const named = rows.flatMap((row) => (row.split('|')[1] ?? '').match(/[a-z]+\/[a-z0-9.+]+/g) ?? []);
    assert.ok(named.length >= 9, named.join(', '));
    for (const type of named) {
      assert.ok(predicateAliases(type).length > 0, type);
      const row = rows.find((one) => one.includes(`\`${type}\``)) ?? '';
      const [first = '', ...others] = predicateAliases(type);
      if (type !== 'application/sarif+json') {
        assert.ok(row.includes(`\`${first}\``), first);
        assert.ok(row.includes(`/${others.at(-1)?.split('/').at(-1)}\``), others.at(-1));
      }
    }
    for (const type of named.flatMap((one) => predicateAliases(one).flatMap(mediaTypesOfPredicate))) {
      assert.ok(named.includes(type), type);
    }
  });
});
