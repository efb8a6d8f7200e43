import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import { nextPage } from '../../src/github/next-page.ts';
import { fc } from '../support/fast-check.ts';

const API = new URL('https://ghe.example/api/v3/');

function follow(...link: string[]): URL | undefined {
  return nextPage({ status: 200, bytes: new Uint8Array(), contentType: 'application/json', link }, API);
}

describe('the next page of an API answer', () => {
  it('is the one that Link names', () => {
    const link = '<https://ghe.example/api/v3/x?page=1>; rel="prev", <https://ghe.example/api/v3/x?page=3>; rel="next"';
    assert.equal(follow(link)?.href, 'https://ghe.example/api/v3/x?page=3');
    assert.equal(follow('</api/v3/x?page=3>; rel="next"')?.href, 'https://ghe.example/api/v3/x?page=3');
  });

  it('is none where Link names none', () => {
    for (const links of [[], [''], ['<https://ghe.example/x>; rel="last"']]) assert.equal(follow(...links), undefined);
  });

  it('never is of another origin, whatever the header says: the token would go there', () => {
    const start = fc.constantFrom(
      '',
      'https://ghe.example',
      'http://ghe.example',
      'https://ghe.example:444',
      'https://ghe.example@e.example',
      '//e.example',
      'https://e.example',
      'data:',
    );
    const link = fc
      .record({ start, rest: fc.oneof(fc.webPath(), fc.string()), rel: fc.constantFrom('next', '"next"', '"a next"') })
      .map(({ start, rest, rel }) => `<${`${start}${rest}`.replaceAll(/[<>]/g, '')}>; rel=${rel}`);
    const property = fc.property(fc.oneof(link, fc.string()), (value) => {
      try {
        assert.equal(follow(value)?.origin ?? API.origin, API.origin);
      } catch (error) {
        if (!(error instanceof CodedError)) throw error;
      }
    });
    fc.assert(property, { numRuns: 1000 });
  });
});
