import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { githubClient, startGithub } from '../support/github-api.ts';

const COMMIT = 'c0ffee'.repeat(7).slice(0, 40);
const COMMITS = { 'acme/app main': COMMIT, 'acme/app release/1.x': COMMIT.replace('c', 'd') };

describe('readFile', () => {
  it('gives the bytes of a file at the commit that the ref is now, and resolves a ref once', async (t) => {
    const bytes = new Uint8Array([0, 255, 10, 13, 0xef, 0xbb, 0xbf]);
    const files = { 'acme/app main keys/a b#?.pub': bytes, 'acme/app main .github/referrers.yml': 'version: 1\n' };
    const github = await startGithub(t, { commits: COMMITS, files });
    const client = githubClient(t, github.url);
    assert.deepEqual(
      Buffer.from((await client.readFile('acme/app', 'main', 'keys/a b#?.pub')) ?? []),
      Buffer.from(bytes),
    );
    const policy = await client.readFile('acme/app', 'main', '.github/referrers.yml');
    assert.equal(new TextDecoder().decode(policy), 'version: 1\n');
    const urls = github.requests.map(({ url }) => url);
    assert.deepEqual(urls, [
      '/repos/acme/app/commits/main',
      `/repos/acme/app/contents/keys/a%20b%23%3F.pub?ref=${COMMIT}`,
      `/repos/acme/app/contents/.github/referrers.yml?ref=${COMMIT}`,
    ]);
    assert.equal(github.requests[1]?.headers.accept, 'application/vnd.github.raw+json');
  });

  it('is undefined only where the ref is there and the file is not', async (t) => {
    const github = await startGithub(t, { commits: COMMITS });
    const client = githubClient(t, github.url);
    assert.equal(await client.readFile('acme/app', 'release/1.x', 'policy.yml'), undefined);
    await assert.rejects(client.readFile('acme/app', 'gone', 'policy.yml'), {
      code: 'github-api-failed',
      message: /^the ref "gone" of acme\/app could not be read: .*HTTP 422/,
    });
    await assert.rejects(client.readFile('acme/secret', 'main', 'policy.yml'), {
      code: 'github-api-failed',
      message: /HTTP 404: Not Found$/,
      hint: /contents: read/,
    });
  });

  const answers: readonly [
    title: string,
    contents: { status: number; body?: unknown; headers?: Record<string, string> },
    message: RegExp,
  ][] = [
    ['a directory', { status: 200, body: [{ name: 'x' }] }, /is not a file$/],
    ['a submodule', { status: 200, body: { type: 'submodule' } }, /is not a file$/],
    ['more than 1 MiB', { status: 200, body: 'x'.repeat(1024 * 1024 + 1) }, /gave no answer to .*1048576/],
    [
      '403',
      { status: 403, body: { message: 'Resource not accessible by integration' } },
      /HTTP 403: Resource not accessible/,
    ],
  ];
  for (const [title, contents, message] of answers) {
    it(`throws for ${title}`, async (t) => {
      const github = await startGithub(t, {
        commits: COMMITS,
        answer: ({ url }) => (url.includes('/contents/') ? contents : undefined),
      });
      await assert.rejects(githubClient(t, github.url).readFile('acme/app', 'main', 'policy.yml'), {
        code: 'github-api-failed',
        message,
      });
    });
  }

  it('refuses a path that leads elsewhere, before it asks', async (t) => {
    const github = await startGithub(t, { commits: COMMITS });
    const client = githubClient(t, github.url);
    for (const path of ['../x', 'a/../../../../user', '/etc/passwd', 'a//b', '', '.', './', './../x', '././x']) {
      await assert.rejects(client.readFile('acme/app', 'main', path), { code: 'input-invalid' });
    }
    assert.equal(github.requests.length, 0);
  });
});
