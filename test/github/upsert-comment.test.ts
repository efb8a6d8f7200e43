import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { commentMarker } from '../../src/github/comment-marker.ts';
import { type FakeComment, githubClient, startGithub } from '../support/github-api.ts';

const REQUEST = { repository: 'acme/app', issue: 7, key: 'ci/verify/ghcr.io/acme/app', body: 'first' };
const MARKER = commentMarker(REQUEST.key);
const BOT = { login: 'github-actions[bot]', type: 'Bot' } as const;
const MALLORY = { login: 'mallory', type: 'User' } as const;

function chatter(count: number): FakeComment[] {
  return Array.from({ length: count }, (_, i) => ({ id: i + 1, body: `comment ${i}`, user: MALLORY }));
}

describe('upsertComment', () => {
  it('makes a comment, and changes that one the next time', async (t) => {
    const github = await startGithub(t);
    const client = githubClient(t, github.url);
    const made = await client.upsertComment(REQUEST);
    assert.deepEqual(made, { url: 'https://github.com/acme/app/pull/7#issuecomment-1000', updated: false });
    const changed = await client.upsertComment({ ...REQUEST, body: 'second' });
    assert.deepEqual(changed, { ...made, updated: true });
    assert.deepEqual(
      github.comments.map(({ body }) => body),
      [`${MARKER}\nsecond`],
    );
  });

  it('keeps the marker once where the body begins with it', async (t) => {
    const github = await startGithub(t);
    await githubClient(t, github.url).upsertComment({ ...REQUEST, body: `${MARKER}\nx` });
    assert.equal(github.comments[0]?.body, `${MARKER}\nx`);
  });

  it('finds its comment on a later page', async (t) => {
    const comments = [...chatter(5), { id: 99, body: `${MARKER}\nold`, user: BOT }];
    const github = await startGithub(t, { comments, pageSize: 2 });
    assert.equal((await githubClient(t, github.url).upsertComment(REQUEST)).updated, true);
    assert.equal(comments[5]?.body, `${MARKER}\nfirst`);
  });

  it('makes no second comment where a rate limit keeps the first from being changed', async (t) => {
    const comments = [{ id: 1, body: `${MARKER}\nold`, user: BOT }];
    const limited = {
      'with headers': { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '9999999999' } },
      'in words': { status: 403, body: { message: 'You have exceeded a secondary rate limit. Please wait.' } },
    };
    for (const [form, answer] of Object.entries(limited)) {
      const github = await startGithub(t, {
        comments,
        answer: ({ method }) => (method === 'PATCH' ? answer : undefined),
      });
      await assert.rejects(
        githubClient(t, github.url).upsertComment(REQUEST),
        { code: 'github-api-failed', hint: /rate limit/ },
        form,
      );
      assert.equal(comments.length, 1, form);
    }
  });

  it('leaves the comments of other keys alone', async (t) => {
    const github = await startGithub(t);
    const client = githubClient(t, github.url);
    await Promise.all(['a', 'b', 'a/b'].map((key) => client.upsertComment({ ...REQUEST, key, body: key })));
    await client.upsertComment({ ...REQUEST, key: 'b', body: 'again' });
    assert.deepEqual(github.comments.map(({ body }) => body.split('\n')[1]).sort(), ['a', 'a/b', 'again']);
  });

  it('changes no comment of a user who pasted the marker, nor one that quotes it', async (t) => {
    const comments = [
      { id: 1, body: `${MARKER}\nmine now`, user: MALLORY },
      { id: 2, body: `> ${MARKER}`, user: BOT },
    ];
    const github = await startGithub(t, { comments });
    assert.equal((await githubClient(t, github.url).upsertComment(REQUEST)).updated, false);
    assert.deepEqual(
      comments.map(({ body }) => body),
      [`${MARKER}\nmine now`, `> ${MARKER}`, `${MARKER}\nfirst`],
    );
  });

  it("changes only its own user's comment with a personal token", async (t) => {
    const comments = [
      { id: 1, body: `${MARKER}\nbot`, user: BOT },
      { id: 2, body: `${MARKER}\nme`, user: { login: 'octocat', type: 'User' as const } },
    ];
    const github = await startGithub(t, { comments, user: 'octocat' });
    assert.equal((await githubClient(t, github.url, { token: 'github_pat_x' }).upsertComment(REQUEST)).updated, true);
    assert.deepEqual(
      comments.map(({ body }) => body),
      [`${MARKER}\nbot`, `${MARKER}\nfirst`],
    );
  });

  it("goes on where a bot's comment with the marker is not its own, or is gone", async (t) => {
    const comments = [
      { id: 1, body: `${MARKER}\nother app`, user: { login: 'other[bot]', type: 'Bot' as const } },
      { id: 2, body: `${MARKER}\ngone`, user: BOT },
    ];
    const statuses = new Map([
      ['1', 403],
      ['2', 404],
    ]);
    const github = await startGithub(t, {
      comments,
      answer: ({ method, url }) => {
        const status = method === 'PATCH' ? statuses.get(url.split('/').at(-1) ?? '') : undefined;
        return status === undefined ? undefined : { status, body: { message: 'no' } };
      },
    });
    assert.equal((await githubClient(t, github.url).upsertComment(REQUEST)).updated, false);
    assert.equal(comments.length, 3);
  });

  it("throws github-forbidden for the read-only token of a fork's pull request, with what it lacks", async (t) => {
    const github = await startGithub(t, {
      answer: ({ method }) =>
        method === 'POST'
          ? {
              status: 403,
              headers: { 'x-accepted-github-permissions': 'issues=write; pull_requests=write' },
              body: { message: 'Resource not accessible by integration' },
            }
          : undefined,
    });
    await assert.rejects(githubClient(t, github.url).upsertComment(REQUEST), {
      code: 'github-forbidden',
      message: /^POST .*\/issues\/7\/comments: HTTP 403: Resource not accessible by integration$/,
      hint: /issues: write; pull_requests: write/,
    });
  });

  it('calls a rate limit what only its words say is one, and no want of a permission', async (t) => {
    const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
    const github = await startGithub(t, {
      answer: ({ method }) => (method === 'POST' ? { status: 403, body: { message } } : undefined),
    });
    await assert.rejects(githubClient(t, github.url).upsertComment(REQUEST), {
      code: 'github-api-failed',
      hint: /rate limit/,
    });
  });

  it('does not make a second comment where the connection is lost after the first was sent', async (t) => {
    let posts = 0;
    const github = await startGithub(t, {
      answer: ({ method }) => {
        if (method === 'POST' && ++posts === 1) return { status: 500, body: { message: 'who knows' } };
        return undefined;
      },
    });
    await assert.rejects(githubClient(t, github.url).upsertComment(REQUEST), { code: 'github-api-failed' });
    assert.equal(posts, 1);
  });
});
