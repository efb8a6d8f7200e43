import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseLinkHeader } from '../../src/net/link-header.ts';
import { fc } from '../support/fast-check.ts';

describe('parseLinkHeader reads', () => {
  const goodies: readonly (readonly [string, readonly string[], readonly (readonly [string, readonly string[]])[]])[] =
    [
      ['no header', [], []],
      ['an empty one', [''], []],
      ['a quoted relation', ['</v2/x?page=2>; rel="next"'], [['/v2/x?page=2', ['next']]]],
      ['a bare relation (olareg)', ['</v2/x?page=2>; rel=next'], [['/v2/x?page=2', ['next']]]],
      ['an absolute URL', ['<https://r.example/x>; rel="next"'], [['https://r.example/x', ['next']]]],
      ['commas and semicolons in a target', ['</x?a=1,2;b>; rel="next"'], [['/x?a=1,2;b', ['next']]]],
      [
        'several links in one value',
        ['</a>; rel="prev", </b>; rel=next'],
        [
          ['/a', ['prev']],
          ['/b', ['next']],
        ],
      ],
      [
        'several values',
        ['</a>; rel=prev', '</b>; rel=next'],
        [
          ['/a', ['prev']],
          ['/b', ['next']],
        ],
      ],
      ['several relations', ['</a>; rel="foo next"'], [['/a', ['foo', 'next']]]],
      ['names and relations in any case', ['</a>; REL="NEXT"'], [['/a', ['next']]]],
      ['no relation', ['</a>; title="next"'], [['/a', []]]],
      ['parameters without a value', ['</a>; crossorigin; rel=next'], [['/a', ['next']]]],
      ['the first of two relations', ['</a>; rel=prev; rel=next'], [['/a', ['prev']]]],
      [
        'commas, semicolons and quotes in quotes',
        ['</a>; title="x, </b>; rel=next; \\"q\\""; rel=prev'],
        [['/a', ['prev']]],
      ],
      [
        'no spaces, and many',
        ['</a>;rel=next,  </b> ;\t rel = "x"'],
        [
          ['/a', ['next']],
          ['/b', ['x']],
        ],
      ],
      ['empty list elements', [', ,</a>; rel=next,,'], [['/a', ['next']]]],
      ['a trailing semicolon', ['</a>; rel=next;'], [['/a', ['next']]]],
      ['an empty target', ['<>; rel=next'], [['', ['next']]]],
    ];
  for (const [what, values, expected] of goodies) {
    test(what, () => {
      assert.deepEqual(
        parseLinkHeader(values),
        expected.map(([target, rel]) => ({ target, rel })),
      );
    });
  }
});

describe('parseLinkHeader refuses, since a page may hang on it,', () => {
  for (const value of [
    '/v2/x?page=2; rel=next',
    '</v2/x; rel=next',
    '</a>; rel="next',
    '</a> rel=next',
    '</a>; rel=next </b>',
    'null',
    '<a>; rel="next\\"',
  ]) {
    test(JSON.stringify(value), () => {
      assert.throws(() => parseLinkHeader([value]), { code: 'link-refused', message: /cannot be read/ });
    });
  }
});

describe('parseLinkHeader', () => {
  const target = fc.string().map((text) => text.replaceAll(/[<>]/g, '').trim());
  const relation = fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}$/);

  test('finds every link that was written, whatever its target', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(target, fc.array(relation, { minLength: 1, maxLength: 3 }))), (links) => {
        const value = links.map(([url, rel]) => `<${url}>; title="a,b;c\\"d"; rel="${rel.join(' ')}"`).join(', ');
        assert.deepEqual(
          parseLinkHeader([value]),
          links.map(([url, rel]) => ({ target: url, rel })),
        );
      }),
    );
  });

  test('reads or refuses any text, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom(...'<>;,="\\ relnxt') })), (values) => {
        try {
          assert.ok(Array.isArray(parseLinkHeader(values)));
        } catch (thrown) {
          assert.equal((thrown as { code?: unknown }).code, 'link-refused');
        }
      }),
    );
  });
});
