import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type FakeGithubOptions, githubClient, packageVersion, startGithub } from '../support/github-api.ts';

const digest = (n: number): string => `sha256:${n.toString(16).padStart(64, '0')}`;

describe('listPackageVersions', () => {
  it('gives every version of every page, of an organisation', async (t) => {
    const all = Array.from({ length: 5 }, (_, n) => packageVersion(digest(n), n === 0 ? ['v1', 'latest'] : []));
    const github = await startGithub(t, { packages: { 'orgs/acme/group/app': all }, pageSize: 2 });
    const versions = await githubClient(t, github.url).listPackageVersions('acme', 'group/app');
    assert.deepEqual(
      versions,
      all.map(({ name, metadata }) => ({ digest: name, tags: metadata.container.tags })),
    );
    assert.equal(github.requests.length, 3);
    assert.match(
      github.requests[0]?.url ?? '',
      /^\/orgs\/acme\/packages\/container\/group%2Fapp\/versions\?per_page=100$/,
    );
  });

  it('asks for a user where no organisation has it', async (t) => {
    const github = await startGithub(t, { packages: { 'users/someone/app': [packageVersion(digest(1))] } });
    const versions = await githubClient(t, github.url).listPackageVersions('someone', 'app');
    assert.deepEqual(versions, [{ digest: digest(1), tags: [] }]);
    assert.deepEqual(
      github.requests.map(({ url }) => url.split('/')[1]),
      ['orgs', 'users'],
    );
  });

  const one = { 'orgs/acme/app': [packageVersion(digest(1)), packageVersion(digest(2))] };
  const body = (value: unknown): FakeGithubOptions => ({ answer: () => ({ status: 200, body: value }) });
  const failures: readonly (readonly [string, FakeGithubOptions, RegExp])[] = [
    ['404 for both kinds of owner', {}, /neither an organisation nor a user acme has it.*HTTP 404/],
    [
      '403',
      { answer: () => ({ status: 403, body: { message: 'need read:packages' } }) },
      /HTTP 403: need read:packages/,
    ],
    ['401', { answer: () => ({ status: 401, body: { message: 'Bad credentials' } }) }, /HTTP 401/],
    [
      'a later page that fails',
      {
        packages: one,
        pageSize: 1,
        answer: ({ url }) => (url.includes('after=') ? { status: 500, body: { message: 'down' } } : undefined),
      },
      /HTTP 500/,
    ],
    ['something else than a list', body({ versions: [] }), /the answer is no list/],
    ['a version without a name', body([{ metadata: { container: { tags: [] } } }]), /has no name/],
    ['a version without tags, which may be an image', body([{ name: digest(1) }]), /has no list of tags/],
    ['tags that are no text', body([{ name: digest(1), metadata: { container: { tags: [1] } } }]), /no list of tags/],
  ];
  for (const [title, options, message] of failures) {
    it(`never says "none", or a part, for ${title}`, async (t) => {
      const github = await startGithub(t, options);
      const asked = githubClient(t, github.url).listPackageVersions('acme', 'app');
      await assert.rejects(asked, { code: 'github-api-failed', message });
    });
  }
});
