import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { githubClient, startGithub } from '../support/github-api.ts';
import { startServer } from '../support/loopback-server.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const KEY = `acme/app ${DIGEST}`;
const bundle = (n: number) => ({ mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json', n });

function parsed(entries: readonly { readonly bytes?: Uint8Array | undefined }[]): unknown[] {
  return entries.map(({ bytes }) => (bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes))));
}

describe('listAttestations', () => {
  it('gives the bundles of all pages in order, inline or at bundle_url, and says where each is from', async (t) => {
    const all = [
      { bundle: bundle(1) },
      { snappy: bundle(2) },
      { bundle: bundle(3) },
      { snappy: bundle(4) },
      { bundle: bundle(5) },
    ];
    const github = await startGithub(t, { attestations: { [KEY]: all }, pageSize: 2 });
    const entries = await githubClient(t, github.url).listAttestations('acme/app', DIGEST);
    assert.deepEqual(parsed(entries), [1, 2, 3, 4, 5].map(bundle));
    assert.equal(entries[2]?.origin, 'GitHub attestations of acme/app, number 3');
    const [first] = github.requests;
    assert.equal(first?.url, `/repos/acme/app/attestations/${encodeURIComponent(DIGEST)}?per_page=30`);
    assert.equal(first?.headers.authorization, 'token ghs_secret');
    assert.equal(first?.headers['x-github-api-version'], '2022-11-28');
  });

  it('sends no credentials to bundle_url', async (t) => {
    const github = await startGithub(t, { attestations: { [KEY]: [{ snappy: bundle(1) }] } });
    await githubClient(t, github.url).listAttestations('acme/app', DIGEST);
    const asked = github.requests.filter(({ url }) => url.startsWith('/bundles/'));
    assert.equal(asked.length, 1);
    assert.equal(asked[0]?.headers.authorization, undefined);
  });

  it('is none where the repository can be read and the digest has none, with 404 as with an empty list', async (t) => {
    const empty = `sha256:${'b'.repeat(64)}`;
    const github = await startGithub(t, { attestations: { [`acme/app ${empty}`]: [] } });
    const client = githubClient(t, github.url);
    assert.deepEqual(await client.listAttestations('acme/app', DIGEST), []);
    assert.deepEqual(await client.listAttestations('acme/app', empty), []);
    assert.deepEqual(await client.listAttestations('acme/app', `sha256:${'c'.repeat(64)}`), []);
    assert.equal(github.requests.filter(({ url }) => url === '/repos/acme/app').length, 1, 'asked once');
  });

  it('is no "none" where the repository cannot be read', async (t) => {
    const github = await startGithub(t);
    await assert.rejects(githubClient(t, github.url).listAttestations('acme/secret', DIGEST), {
      code: 'github-api-failed',
      message: /^whether acme\/secret has attestations cannot be said, .*HTTP 404: Not Found$/,
      hint: /attestations: read/,
    });
  });

  const failures: readonly [title: string, status: number, headers: Record<string, string>, expected: RegExp][] = [
    ['401', 401, {}, /HTTP 401: no$/],
    ['403 for want of a permission', 403, { 'x-accepted-github-permissions': 'attestations=read' }, /HTTP 403: no$/],
    ['500, again and again', 500, {}, /HTTP 500: no$/],
    ['a rate limit that lasts long', 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '99999999999' }, /403/],
  ];
  for (const [title, status, headers, message] of failures) {
    it(`throws github-api-failed for ${title}, without the token`, async (t) => {
      const github = await startGithub(t, { answer: () => ({ status, headers, body: { message: 'no' } }) });
      const failed = await githubClient(t, github.url)
        .listAttestations('acme/app', DIGEST)
        .then(
          () => assert.fail('it did not throw'),
          (error: unknown) => error as Error & { code: string; hint?: string },
        );
      assert.equal(failed.code, 'github-api-failed');
      assert.match(failed.message, message);
      const { inspect } = await import('node:util');
      assert.doesNotMatch(`${failed.message} ${failed.hint}`, /ghs_secret/);
      assert.doesNotMatch(inspect(failed, { depth: 8 }), /ghs_secret/);
      if (status === 403 && headers['x-accepted-github-permissions'])
        assert.match(failed.hint ?? '', /attestations: read/);
    });
  }

  it('asks again after a secondary rate limit and after a 502', async (t) => {
    const refusals = [{ status: 403, headers: { 'retry-after': '0' } }, { status: 502 }];
    const github = await startGithub(t, {
      attestations: { [KEY]: [{ bundle: bundle(1) }] },
      answer: () => refusals.shift(),
    });
    assert.equal((await githubClient(t, github.url).listAttestations('acme/app', DIGEST)).length, 1);
    assert.equal(github.requests.length, 3);
  });

  it('gives what it has, and an entry for the page that could not be had', async (t) => {
    const github = await startGithub(t, {
      attestations: { [KEY]: [{ bundle: bundle(1) }, { bundle: bundle(2) }] },
      pageSize: 1,
      answer: ({ url }) => (url.includes('after=1') ? { status: 500, body: { message: 'later' } } : undefined),
    });
    const entries = await githubClient(t, github.url).listAttestations('acme/app', DIGEST);
    assert.deepEqual(parsed(entries), [bundle(1), undefined]);
    assert.match(entries[1]?.error?.message ?? '', /^a page of the list could not be had: .*HTTP 500: later$/);
  });

  it('gives an entry with an error for a bundle that could not be had, whatever is wrong, and the others', async (t) => {
    const bomb = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0]); // says that it holds 4 GiB
    const raws = [
      { bundle: null, bundle_url: 'https://evil.example/x.json.sn' },
      { bundle: null, bundle_url: 'http://169.254.169.254/latest/meta-data' },
      { bundle: null, bundle_url: 'file:///etc/passwd' },
      { bundle: null },
      null,
      'text',
    ];
    const all = [
      { bundle: bundle(1) },
      ...raws.map((raw) => ({ raw })),
      { snappy: bundle(2) },
      { snappy: bundle(3) },
      { snappy: bundle(4) },
    ];
    const answers = new Map([
      ['7', { status: 403, body: 'expired' }],
      ['8', { status: 200, body: bomb }],
      ['9', { status: 302, headers: { location: 'https://evil.example/' } }],
    ]);
    const github = await startGithub(t, {
      attestations: { [KEY]: all },
      answer: ({ url }) => answers.get(/^\/bundles\/[^/]+\/(\d+)/.exec(url)?.[1] ?? ''),
    });
    const entries = await githubClient(t, github.url).listAttestations('acme/app', DIGEST);
    assert.deepEqual(parsed(entries), [bundle(1), ...Array.from({ length: 9 }, () => undefined)]);
    const messages = entries.slice(1).map(({ error }) => `${error?.code} ${error?.message}`);
    const expected = [
      /bundle_url is https:\/\/evil\.example: only https on hosts of GitHub/,
      /bundle_url is http:\/\/169\.254\.169\.254/,
      /bundle_url is file:\/\//,
      /neither bundle nor bundle_url/,
      /neither bundle nor bundle_url/,
      /neither bundle nor bundle_url/,
      /answers HTTP 403/,
      /it has 4294967295 bytes, more than/,
      /answers HTTP 302/,
    ];
    for (const [i, pattern] of expected.entries()) {
      assert.match(messages[i] ?? '', new RegExp(`^github-api-failed .*(?:${pattern.source})`));
    }
  });

  it('takes a bundle_url that serves plain JSON', async (t) => {
    const github = await startGithub(t, {
      attestations: { [KEY]: [{ snappy: {} }] },
      answer: ({ url }) => (url.startsWith('/bundles/') ? { status: 200, body: bundle(9) } : undefined),
    });
    assert.deepEqual(parsed(await githubClient(t, github.url).listAttestations('acme/app', DIGEST)), [bundle(9)]);
  });

  it('follows a renamed repository within the API, and takes the token nowhere else', async (t) => {
    const other = await startGithub(t);
    const github = await startGithub(t, {
      attestations: { [KEY]: [{ bundle: bundle(1) }] },
      answer: ({ url }) => {
        if (url.startsWith('/repos/acme/old/'))
          return { status: 301, headers: { location: url.replace('/old/', '/app/') } };
        if (url.startsWith('/repos/acme/away/'))
          return { status: 301, headers: { location: `${other.url.origin}${url}` } };
        return undefined;
      },
    });
    const client = githubClient(t, github.url);
    assert.equal((await client.listAttestations('acme/old', DIGEST)).length, 1);
    await assert.rejects(client.listAttestations('acme/away', DIGEST), {
      code: 'github-api-failed',
      message: /not followed/,
    });
    assert.equal(other.requests.length, 0);
  });

  it('asks no other host for a next page, and ends a list that goes round', async (t) => {
    const other = await startGithub(t);
    let link = `<${other.url.origin}/repos>; rel="next"`;
    const github = await startGithub(t, {
      answer: () => ({ status: 200, headers: { link }, body: { attestations: [{ bundle: bundle(1) }] } }),
    });
    const client = githubClient(t, github.url);
    const away = await client.listAttestations('acme/app', DIGEST);
    assert.match(away.at(-1)?.error?.message ?? '', /next page is said to be/);
    assert.equal(other.requests.length, 0);
    link = `<${github.url.origin}/round>; rel="next"`;
    const round = await client.listAttestations('acme/app', DIGEST);
    assert.match(round.at(-1)?.error?.message ?? '', /does not end/);
  });

  it('refuses an answer without a list and one that is no JSON', async (t) => {
    const bodies = [
      { status: 200, body: {} },
      { status: 200, body: '<html>' },
    ];
    const github = await startGithub(t, { answer: () => bodies.shift() });
    const client = githubClient(t, github.url);
    await assert.rejects(client.listAttestations('acme/app', DIGEST), {
      code: 'github-api-failed',
      message: /no list/,
    });
    await assert.rejects(client.listAttestations('acme/app', DIGEST), { code: 'github-api-failed', message: /JSON/ });
  });

  it('takes a bundle with a number larger than any that is exact', async (t) => {
    const body = '{"attestations":[{"bundle":{"n":123456789012345678901234567890}}]}';
    const github = await startGithub(t, {
      answer: () => ({ status: 200, headers: { 'content-type': 'application/json' }, body }),
    });
    assert.equal((await githubClient(t, github.url).listAttestations('acme/app', DIGEST)).length, 1);
  });

  it('refuses what is no repository before it asks', async (t) => {
    const github = await startGithub(t);
    const client = githubClient(t, github.url);
    for (const repository of ['acme', 'acme/app/x', '../app', 'acme/..', 'acme/a?b', '']) {
      await assert.rejects(client.listAttestations(repository, DIGEST), { code: 'input-invalid' });
    }
    assert.equal(github.requests.length, 0);
  });

  it('goes without a token where there is none', async (t) => {
    const github = await startGithub(t, { attestations: { [KEY]: [{ bundle: bundle(1) }] } });
    await githubClient(t, github.url, { token: null }).listAttestations('acme/app', DIGEST);
    assert.equal(github.requests[0]?.headers.authorization, undefined);
  });

  it('honours the path of GITHUB_API_URL, as on GitHub Enterprise Server', async (t) => {
    const github = await startGithub(t, { answer: () => ({ status: 200, body: { attestations: [] } }) });
    await githubClient(t, new URL('/api/v3/', github.url)).listAttestations('acme/app', DIGEST);
    assert.match(github.requests[0]?.url ?? '', /^\/api\/v3\/repos\/acme\/app\/attestations\//);
  });

  it('has no more than four bundles on the way at a time, however many lists are asked for', async (t) => {
    let running = 0;
    let most = 0;
    const server = await startServer(t, async ({ url = '' }, response) => {
      if (!url.startsWith('/bundle')) {
        const bundle_url = new URL('/bundle', server.url).href;
        const attestations = Array.from({ length: 12 }, () => ({ bundle: null, bundle_url }));
        return void response.end(JSON.stringify({ attestations }));
      }
      running += 1;
      most = Math.max(most, running);
      await wait(5);
      running -= 1;
      response.setHeader('content-type', 'application/json');
      response.end('{}');
    });
    const client = githubClient(t, server.url);
    const lists = await Promise.all(
      ['a', 'b', 'c'].map((x) => client.listAttestations('acme/app', `sha256:${x.repeat(64)}`)),
    );
    assert.deepEqual(
      lists.map((entries) => entries.filter(({ bytes }) => bytes !== undefined).length),
      [12, 12, 12],
    );
    assert.ok(most <= 4, `${most} at a time`);
  });

  it('gives up the rest of a list over 128 MiB, bundle by bundle, and a bundle over 16 MiB', async (t) => {
    const large = (mib: number): object => ({ n: 'x'.repeat(mib * 1024 * 1024) });
    const all = Array.from({ length: 10 }, () => ({ bundle: large(14) }));
    const github = await startGithub(t, { attestations: { [KEY]: all }, pageSize: 4 });
    const entries = await githubClient(t, github.url).listAttestations('acme/app', DIGEST);
    assert.deepEqual(
      entries.map(({ bytes }) => bytes !== undefined),
      [...Array.from({ length: 9 }, () => true), false],
    );
    assert.match(
      entries[9]?.error?.message ?? '',
      /number 10: the attestations of one digest have more than 134217728/,
    );
    const other = await startGithub(t, { attestations: { [KEY]: [{ snappy: large(17) }, { snappy: large(1) }] } });
    const [over, within] = await githubClient(t, other.url).listAttestations('acme/app', DIGEST);
    assert.match(over?.error?.message ?? '', /its bundle could not be had: it has 17825800 bytes, more than 16777216/);
    assert.ok(within?.bytes !== undefined);
  });

  it('reads a thousand attestations of a digest, and says that there are more', async (t) => {
    const all = Array.from({ length: 1300 }, (_, n) => ({ bundle: bundle(n) }));
    const github = await startGithub(t, { attestations: { [KEY]: all }, pageSize: 400 });
    const entries = await githubClient(t, github.url).listAttestations('acme/app', DIGEST);
    assert.equal(entries.length, 1001);
    assert.match(entries[1000]?.error?.message ?? '', /^the list is longer than 1000 attestations/);
  });
});
