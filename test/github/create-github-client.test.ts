import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { createGithubClient } from '../../src/github/create-github-client.ts';
import { createHttpClient } from '../../src/net/http-client.ts';
import { githubClient, startGithub } from '../support/github-api.ts';
import { startProxy } from '../support/loopback-proxy.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('createGithubClient', () => {
  it('refuses an API URL that is none', async (t) => {
    const http = createHttpClient();
    t.after(() => http.close());
    for (const apiUrl of ['api.github.com', 'ftp://api.github.com', 'https://user:pw@api.github.com']) {
      assert.throws(() => createGithubClient({ http, apiUrl }), { code: 'input-invalid', message: /GITHUB_API_URL/ });
    }
  });

  it('goes through the proxy of the environment', async (t) => {
    const github = await startGithub(t, { attestations: { [`acme/app ${DIGEST}`]: [{ bundle: { n: 1 } }] } });
    const proxy = await startProxy(t, { upstream: github.server.port });
    const client = githubClient(t, 'http://api.ghe.example', { env: { HTTP_PROXY: proxy.url.href } });
    const [entry] = await client.listAttestations('acme/app', DIGEST);
    assert.equal(new TextDecoder().decode(entry?.bytes), '{"n":1}');
    assert.match(proxy.asked[0] ?? '', /^(?:CONNECT api\.ghe\.example:80|GET http:\/\/api\.ghe\.example\/repos\/)/);
  });

  it('opens a tunnel for https, and asks in it alone', async (t) => {
    const proxy = await startProxy(t, { upstream: 1, refuseWith: 403 });
    const client = githubClient(t, 'https://api.github.com', { env: { HTTPS_PROXY: proxy.url.href }, retries: 0 });
    await assert.rejects(client.listAttestations('acme/app', DIGEST), { code: 'github-api-failed', message: /proxy/ });
    assert.deepEqual(proxy.asked, ['CONNECT api.github.com:443']);
    assert.ok(proxy.headers.every((headers) => headers.authorization === undefined));
  });

  it('ends with the run', async (t) => {
    const abort = new AbortController();
    const github = await startGithub(t, {
      answer: () => {
        abort.abort();
        return { status: 403, headers: { 'retry-after': '30' } };
      },
    });
    const client = githubClient(t, github.url, { signal: abort.signal });
    await assert.rejects(client.listAttestations('acme/app', DIGEST), { code: 'aborted' });
  });

  it('completes a check run', async (t) => {
    const github = await startGithub(t);
    const { url } = await githubClient(t, github.url).createCheckRun({
      repository: 'acme/app',
      headSha: 'abc',
      name: 'verify',
      conclusion: 'failure',
      title: 'fail',
      summary: '| |',
    });
    assert.equal(url, 'https://github.com/acme/app/runs/1');
    assert.deepEqual(github.checks, [
      {
        name: 'verify',
        head_sha: 'abc',
        status: 'completed',
        conclusion: 'failure',
        output: { title: 'fail', summary: '| |' },
      },
    ]);
  });

  it('says that the answer to a check run is no JSON, where a proxy answers', async (t) => {
    const github = await startGithub(t, { answer: () => ({ status: 200, body: '<html>' }) });
    const request = {
      repository: 'acme/app',
      headSha: 'abc',
      name: 'verify',
      conclusion: 'success' as const,
      title: '',
      summary: '',
    };
    await assert.rejects(githubClient(t, github.url).createCheckRun(request), { code: 'github-api-failed' });
  });

  it('throws github-forbidden where checks may not be written', async (t) => {
    const github = await startGithub(t, { answer: () => ({ status: 403, body: { message: 'no' } }) });
    const request = {
      repository: 'acme/app',
      headSha: 'a',
      name: 'v',
      conclusion: 'neutral',
      title: '',
      summary: '',
    } as const;
    await assert.rejects(githubClient(t, github.url).createCheckRun(request), { code: 'github-forbidden' });
  });

  it('writes nothing to stdout where GITHUB_EVENT_PATH names no file', async (t) => {
    const github = await startGithub(t, { repositories: ['acme/app'] });
    const root = new URL('../../src/', import.meta.url).href;
    const script = `
      const { createHttpClient } = await import('${root}net/http-client.ts');
      const { createGithubClient } = await import('${root}github/create-github-client.ts');
      const http = createHttpClient({ env: {} });
      await createGithubClient({ http, apiUrl: '${github.url.href}' }).listAttestations('acme/app', '${DIGEST}');
      await http.close();
      console.log('end', process.env.GITHUB_EVENT_PATH);`;
    const env = { ...process.env, GITHUB_EVENT_PATH: '/not/there.json' };
    const run = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { env });
    assert.equal(run.stdout, 'end /not/there.json\n');
    assert.equal(run.stderr, '');
  });
});
