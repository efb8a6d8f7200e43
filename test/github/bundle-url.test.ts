import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import { assertBundleUrl } from '../../src/github/bundle-url.ts';
import { fc } from '../support/fast-check.ts';
import { slipsOf } from '../support/slips.ts';

const PUBLIC = new URL('https://api.github.com');
const SERVER = new URL('https://ghe.acme.example/api/v3');

describe('assertBundleUrl', () => {
  const goodies: readonly (readonly [string, URL])[] = [
    ['https://tmaproduction.blob.core.windows.net/attestations/1/2026/08/24/4.json.sn?se=x&sig=y', PUBLIC],
    ['https://objects.githubusercontent.com/x', PUBLIC],
    ['https://api.github.com/repos/acme/app/attestations/1', PUBLIC],
    ['https://storage.acme.ghe.com/x', new URL('https://api.acme.ghe.com')],
    ['https://media.ghe.acme.example/x', SERVER],
    ['https://ghe.acme.example/storage/x', SERVER],
    ['http://127.0.0.1:4000/x', new URL('http://127.0.0.1:4000')],
  ];
  for (const [text, api] of goodies)
    it(`takes ${text} from ${api.host}`, () => assert.equal(assertBundleUrl(text, api).href, text));

  const uglies: readonly (readonly [string, URL])[] = [
    ['http://tmaproduction.blob.core.windows.net/x', PUBLIC],
    ['https://blob.core.windows.net.evil.example/x', PUBLIC],
    ['https://evilblob.core.windows.net.example/x', PUBLIC],
    ['https://xgithub.com/x', PUBLIC],
    ['https://github.com@evil.example/x', PUBLIC],
    ['https://user:pw@github.com/x', PUBLIC],
    ['https://github.com:8443/x', PUBLIC],
    ['https://127.0.0.1/x', PUBLIC],
    ['http://127.0.0.1:4001/x', new URL('http://127.0.0.1:4000')],
    ['https://acme.example/x', SERVER],
    ['ftp://github.com/x', PUBLIC],
    ['//github.com/x', PUBLIC],
    ['', PUBLIC],
  ];
  for (const [text, api] of uglies) {
    it(`refuses ${JSON.stringify(text)} from ${api.host}`, () =>
      assert.throws(() => assertBundleUrl(text, api), {
        code: 'github-api-failed',
        message: /only https on hosts of GitHub/,
      }));
  }
});

describe('assertBundleUrl, any text', () => {
  const hosts = ['github.com', 'evil.example', 'blob.core.windows.net', 'githubusercontent.com', 'ghe.acme.example'];
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.constantFrom(...hosts).chain((host) => slipsOf(`https://x.${host}/a.json.sn?sig=y`, '@:/.?#\\[]%-')),
    fc
      .tuple(
        fc.constantFrom(...hosts),
        fc.constantFrom(...hosts),
        fc.constantFrom('@', '.', '/', ':1@', '#', '\\', '%2e'),
      )
      .map(([a, b, between]) => `https://${a}${between}${b}/x`),
  );

  it('gives an https URL of GitHub without credentials, or one of the API itself, or github-api-failed', () => {
    const ours = /(?:^|\.)(?:blob\.core\.windows\.net|githubusercontent\.com|github\.com|ghe\.com)$/;
    fc.assert(
      fc.property(texts, fc.constantFrom(PUBLIC, SERVER), (text, api) => {
        try {
          const url = assertBundleUrl(text, api);
          assert.deepEqual([url.username, url.password], ['', '']);
          if (url.origin === api.origin) return;
          assert.deepEqual([url.protocol, url.port], ['https:', '']);
          assert.ok(ours.test(url.hostname) || url.hostname.endsWith(`.${api.hostname}`), url.hostname);
        } catch (thrown) {
          assert.ok(thrown instanceof CodedError && thrown.code === 'github-api-failed', String(thrown));
        }
      }),
      { numRuns: 1000 },
    );
  });
});
