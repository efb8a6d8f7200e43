import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startEmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import { buildReferrersTag } from '../../../src/oci/referrers-tag.ts';
import { raceToAttach } from '../../support/attach-race.ts';
import { attach, makeWorkspace, REPORT_TYPE } from '../../support/attach-run.ts';
import { skipWithoutDockerRegistry, startDockerRegistry } from '../../support/docker-registry.ts';
import { pushSampleImage } from '../../support/sample-image.ts';

describe('processes that attach to one image at the same time', () => {
  for (const writers of [2, 8]) {
    it(`lose nothing on docker-registry, which ignores If-Match: ${writers} of them`, {
      skip: skipWithoutDockerRegistry(),
    }, async (t) => {
      const registry = await startDockerRegistry();
      t.after(() => registry.close());
      const { lost, failed, listed } = await raceToAttach(registry.host, writers, { 'if-exists': 'add' });
      assert.deepEqual({ lost, failed, listed }, { lost: 0, failed: [], listed: writers });
    });
  }

  for (const preconditions of [false, true]) {
    it(`lose nothing where conditions are ${preconditions ? 'honoured' : 'ignored'} and each request takes 20 ms: 4 of them`, async (t) => {
      const registry = await startEmbeddedRegistry({ quirks: { referrersApi: false, preconditions, delayMs: 20 } });
      t.after(() => registry.close());
      const { lost, failed, listed } = await raceToAttach(registry.host, 4, { 'if-exists': 'skip' });
      assert.deepEqual({ lost, failed, listed }, { lost: 0, failed: [], listed: 4 });
    });
  }
});

describe('runs of attach within one process', () => {
  it('with stores of their own are rivals like any others, and lose nothing', async (t) => {
    const registry = await startEmbeddedRegistry({ quirks: { referrersApi: false, preconditions: false, delayMs: 5 } });
    t.after(() => registry.close());
    const target = { host: registry.host, repository: 'acme/app' };
    const { descriptor } = await pushSampleImage(target);
    await using workspace = await makeWorkspace();
    const runs = await Promise.all(
      Array.from({ length: 8 }, async (_, i) => {
        await workspace.write(`report-${i}.json`, `{"n":${i}}`);
        const image = `${registry.host}/acme/app@${descriptor.digest}`;
        return attach({ image, files: `report-${i}.json:${REPORT_TYPE}` }, { workspace: workspace.path });
      }),
    );
    const listed = await listedAt(registry.url, descriptor.digest);
    for (const { row } of runs) assert.ok(row.status === 'attached' && listed.includes(row.digest ?? ''));
    assert.equal(listed.length, 8);
  });

  it('that are tags of one image, in one run, write its list once', async (t) => {
    const registry = await startEmbeddedRegistry({ quirks: { referrersApi: false, preconditions: false } });
    t.after(() => registry.close());
    const target = { host: registry.host, repository: 'acme/app' };
    const { descriptor } = await pushSampleImage(target, { tag: '1.4' });
    await pushSampleImage(target, { tag: 'latest' });
    await using workspace = await makeWorkspace();
    registry.clearLog();
    const image = `${registry.host}/acme/app:1.4\n${registry.host}/acme/app:latest`;
    const run = await attach({ image, files: `report.json:${REPORT_TYPE}` }, { workspace: workspace.path });
    assert.deepEqual(
      run.rows.map(({ status }) => status),
      ['attached'],
    );
    const tagWrites = registry.log.filter(
      ({ method, path }) => method === 'PUT' && path.includes('/manifests/sha256-'),
    );
    assert.equal(tagWrites.length, 1);
    assert.equal((await listedAt(registry.url, descriptor.digest)).length, 1);
  });
});

async function listedAt(url: string, subject: `${string}:${string}`): Promise<readonly string[]> {
  const answer = await fetch(`${url}/v2/acme/app/manifests/${buildReferrersTag(subject)}`, {
    headers: { accept: 'application/vnd.oci.image.index.v1+json' },
  });
  const { manifests } = (await answer.json()) as { manifests: { digest: string }[] };
  return manifests.map(({ digest }) => digest);
}
