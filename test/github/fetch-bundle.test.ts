import assert from 'node:assert/strict';
import type { LookupFunction } from 'node:net';
import { describe, it } from 'node:test';
import { fetchBundle } from '../../src/github/fetch-bundle.ts';
import type { GithubApi } from '../../src/github/github-api.ts';
import { createHttpClient } from '../../src/net/http-client.ts';

/** Whatever the name server says of GitHub's storage; the API's own host is public. */
function lookupOf(storage: string): LookupFunction {
  return (hostname, _options, callback) => {
    const address = hostname === 'api.github.com' ? '140.82.121.6' : storage;
    callback(null, [{ address, family: 4 }]);
  };
}

describe('fetchBundle', () => {
  for (const [what, address] of [
    ['the machine itself', '127.0.0.1'],
    ['a private network', '10.0.0.1'],
    ['the metadata of a cloud', '169.254.169.254'],
  ] as const) {
    it(`asks nobody where a name of GitHub's storage leads to ${what}`, async (t) => {
      const http = createHttpClient({ env: {}, retries: 0, timeoutMs: 2000, lookup: lookupOf(address) });
      t.after(() => http.close());
      const api = { apiUrl: new URL('https://api.github.com'), options: { http } } as unknown as GithubApi;
      const url = 'https://tmaproduction.blob.core.windows.net/attestations/1.json.sn';
      const { bytes, error } = await fetchBundle(api, url, 'attestation 1');
      assert.equal(bytes, undefined);
      assert.equal(error?.code, 'github-api-failed');
      assert.match(error?.message ?? '', /api\.github\.com leads to tmaproduction\.blob\.core\.windows\.net \(/);
    });
  }
});
