import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertBundleUrl } from '../../src/github/bundle-url.ts';

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
