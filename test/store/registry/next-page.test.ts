import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedError } from '../../../src/errors/coded-error.ts';
import type { BufferedResponse } from '../../../src/net/types.ts';
import { nextPage } from '../../../src/store/registry/next-page.ts';
import { fc } from '../../support/fast-check.ts';

const REGISTRY = new URL('https://r.example');

function answer(
  link: string | readonly string[],
  url = 'https://r.example/v2/a/referrers/sha256:0?artifactType=x',
): BufferedResponse {
  const values = typeof link === 'string' ? [link] : link;
  const headers = { get: () => values[0], all: (name: string) => (name === 'link' ? values : []) };
  return { status: 200, headers, url: new URL(url), bytes: new Uint8Array() };
}

describe('nextPage', () => {
  const FOLLOWED: readonly [link: string | readonly string[], next: string][] = [
    ['</v2/a/referrers/sha256:0?page=1>; rel="next"', 'https://r.example/v2/a/referrers/sha256:0?page=1'],
    ['<?page=1>; rel=next', 'https://r.example/v2/a/referrers/sha256:0?page=1'],
    ['<https://r.example:443/x>; rel="next"', 'https://r.example/x'],
    ['<https://R.EXAMPLE/x>; REL="NEXT"', 'https://r.example/x'],
    ['<//r.example/x>; rel="next"', 'https://r.example/x'],
    ['</a>; rel="prev", </x>; title="a, b"; rel="last next"', 'https://r.example/x'],
    [['</a>; rel="prev"', '</x>; rel="next"'], 'https://r.example/x'],
  ];
  for (const [link, next] of FOLLOWED) {
    it(`is ${next} by ${link}`, () => assert.equal(nextPage(answer(link), REGISTRY, 'it')?.href, next));
  }

  for (const link of [[], '', '</x>; rel="prev"', '</x>; rel="nextpage"', '</x>', '</x>; title="next"'] as const) {
    it(`is none by ${JSON.stringify(link)}`, () => assert.equal(nextPage(answer(link), REGISTRY, 'it'), undefined));
  }

  const REFUSED: readonly [title: string, link: string][] = [
    ['another host', '<https://evil.example/x>; rel="next"'],
    ['another host without a scheme', '<//evil.example/x>; rel="next"'],
    ['another port', '<https://r.example:8443/x>; rel="next"'],
    ['http in place of https', '<http://r.example/x>; rel="next"'],
    ['a host that only begins like the registry', '<https://r.example.evil.example/x>; rel="next"'],
    ['a user name that looks like the registry', '<https://r.example@evil.example/x>; rel="next"'],
    ['another scheme', '<file:///etc/passwd>; rel="next"'],
    ['what is no URL', '<https://[>; rel="next"'],
    ['what cannot be read', '</x; rel="next"'],
  ];
  for (const [title, link] of REFUSED) {
    it(`refuses to follow a link to ${title}`, () => {
      assert.throws(() => nextPage(answer(link), REGISTRY, 'it'), { code: 'link-refused' });
    });
  }

  it('never leaves the registry, whatever the header says, and never takes a link for the end', () => {
    const origins = [
      'https://r.example',
      'http://r.example',
      'https://r.example:8443',
      'https://e.example',
      '//e.example',
    ];
    const start = fc.constantFrom(
      '',
      ...origins,
      'https://r.example@e.example',
      'HTTPS://R.example',
      'file:',
      '\\\\e.example',
      '/\\e.example',
    );
    const rest = fc.oneof(
      fc.webPath(),
      fc.webQueryParameters().map((query) => `?${query}`),
      fc.string(),
    );
    const link = fc
      .record({ start, rest, rel: fc.constantFrom('next', '"next"', '"prev next"', 'NEXT') })
      .map(({ start, rest, rel }) => `<${`${start}${rest}`.replaceAll(/[<>]/g, '')}>; rel=${rel}`);
    const property = fc.property(fc.oneof(link, fc.string()), (value) => {
      try {
        const next = nextPage(answer(value), REGISTRY, 'it');
        assert.equal(next?.origin ?? REGISTRY.origin, REGISTRY.origin);
        assert.ok(next !== undefined || !/^<[^>]*>; rel="?(?:prev )?next/i.test(value), `the end by ${value}`);
      } catch (error) {
        if (!(error instanceof CodedError)) throw error;
        assert.equal(error.code, 'link-refused');
      }
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it('refuses a page of another host that a redirect led to', () => {
    const elsewhere = answer('</x>; rel="next"', 'https://cdn.example/page');
    assert.throws(() => nextPage(elsewhere, REGISTRY, 'the referrers'), {
      code: 'link-refused',
      message: 'the referrers: the link to the next page leads to https://cdn.example/x, away from https://r.example',
    });
  });
});
