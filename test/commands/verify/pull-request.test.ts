import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type PullRequest, readEvent, readPullRequest } from '../../../src/commands/verify/pull-request.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const MERGE = { GITHUB_REPOSITORY: 'acme/app', GITHUB_SHA: 'merge-commit', GITHUB_BASE_REF: 'main' };

function pullRequest(head: string | null): object {
  return {
    number: 7,
    pull_request: {
      number: 7,
      base: { ref: 'main', sha: 'base-sha', repo: { full_name: 'acme/app' } },
      head: { ref: 'topic', sha: 'head-sha', repo: head === null ? null : { full_name: head } },
    },
  };
}

async function contextOf(event: string, payload: object | string, env: object = MERGE): Promise<PullRequest> {
  await using dir = await makeTempDir();
  const path = join(dir.path, 'event.json');
  await writeFile(path, typeof payload === 'string' ? payload : JSON.stringify(payload));
  return await readEvent({ ...env, GITHUB_EVENT_NAME: event, GITHUB_EVENT_PATH: path });
}

describe('readEvent', () => {
  for (const event of ['pull_request', 'pull_request_target', 'pull_request_review']) {
    it(`knows number, base, head and repository on ${event}`, async () => {
      assert.deepEqual(await contextOf(event, pullRequest('acme/app')), {
        event,
        number: 7,
        repository: 'acme/app',
        baseRef: 'main',
        headSha: 'head-sha',
      });
    });
  }

  it('knows the head of a fork, also of one that was deleted since', async () => {
    for (const head of ['mallory/app', null]) {
      const context = await contextOf('pull_request', pullRequest(head));
      assert.deepEqual([context.repository, context.headSha], ['acme/app', 'head-sha']);
    }
  });

  it("knows the pull request and the commit of a merge queue's group", async () => {
    const merge_group = {
      head_ref: 'refs/heads/gh-readonly-queue/release/1.x/pr-123-0123abcd',
      head_sha: 'group-sha',
      base_ref: 'refs/heads/release/1.x',
      base_sha: 'base-sha',
    };
    const context = await contextOf('merge_group', { merge_group });
    assert.deepEqual([context.number, context.baseRef, context.headSha], [123, 'release/1.x', 'group-sha']);
    assert.equal(context.repository, 'acme/app');
  });

  it('knows a comment on a pull request from one on an issue', async () => {
    assert.equal((await contextOf('issue_comment', { issue: { number: 9, pull_request: {} } })).number, 9);
    assert.equal((await contextOf('issue_comment', { issue: { number: 9 } })).number, undefined);
  });

  it('names no pull request after a workflow run, and its commit', async () => {
    const payload = { workflow_run: { head_sha: 'run-sha', pull_requests: [{ number: 5 }] } };
    const context = await contextOf('workflow_run', payload);
    assert.deepEqual([context.number, context.headSha], [undefined, 'run-sha']);
  });

  it('is about no pull request on other events', async () => {
    const context = await contextOf(
      'push',
      { ...pullRequest('acme/app') },
      { GITHUB_REPOSITORY: 'acme/app', GITHUB_SHA: 'pushed' },
    );
    assert.deepEqual([context.number, context.headSha, context.baseRef], [undefined, 'pushed', undefined]);
  });

  it('falls back on the variables for what the payload does not say', async () => {
    for (const payload of ['{}', '{"pull_request": 1, "number": "7"}', '{"pull_request":{"number":-1}}']) {
      const context = await contextOf('pull_request', payload);
      assert.deepEqual([context.number, context.repository, context.baseRef], [undefined, 'acme/app', 'main']);
    }
    assert.equal((await readEvent({})).repository, undefined);
  });

  it('says so where the payload cannot be read: it decides which policy judges', async () => {
    for (const payload of ['', '{', '[]']) {
      await assert.rejects(contextOf('pull_request', payload), { code: 'input-invalid' });
    }
    const gone = { ...MERGE, GITHUB_EVENT_NAME: 'pull_request', GITHUB_EVENT_PATH: '/no/such' };
    await assert.rejects(readEvent(gone), { code: 'input-invalid' });
  });

  it('has the default branch for the base of a comment and of another workflow’s run', async () => {
    const repository = { default_branch: 'trunk' };
    const comment = await contextOf('issue_comment', { issue: { number: 9, pull_request: {} }, repository }, {});
    const run = await contextOf('workflow_run', { workflow_run: { head_sha: 'run-sha' }, repository }, {});
    assert.deepEqual([comment.baseRef, run.baseRef], ['trunk', 'trunk']);
  });

  it('stands for a proposal wherever one may be checked out, and not on other events', async () => {
    for (const event of ['pull_request', 'pull_request_target', 'merge_group', 'issue_comment', 'workflow_run']) {
      assert.equal((await readPullRequest({ GITHUB_EVENT_NAME: event }))?.event, event);
    }
    for (const event of ['push', 'release', 'schedule', 'workflow_dispatch', '']) {
      assert.equal(await readPullRequest({ GITHUB_EVENT_NAME: event }), undefined);
    }
  });
});
