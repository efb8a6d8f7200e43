/** The examples with a policy file as a runner runs them: nektos/act, a registry, GitHub's API in part, the built `dist`. */
import assert from 'node:assert/strict';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import type { ActRun } from '../support/act/act-log.ts';
import { type ActProject, makeActProject } from '../support/act/act-project.ts';
import { findAct } from '../support/act/find-act.ts';
import { BY_TAG } from '../support/attaching.ts';
import { type FakeGithub, startGithub } from '../support/github-api.ts';
import { pushFallbackList } from '../support/listing.ts';
import { pushSampleImage, pushSampleIndex, pushSampleReferrer } from '../support/sample-image.ts';

const program = await findAct();
const skip = 'refused' in program ? program.refused : false;
const act = 'path' in program ? program.path : '';
const TOKEN = 'ghs_of_the_job';
const SPDX = 'application/spdx+json';
const PULL_REQUEST = {
  pull_request: { number: 7, base: { ref: 'main', sha: '0'.repeat(40) }, head: { ref: 'change', sha: 'e'.repeat(40) } },
};
const SBOM = JSON.stringify({
  spdxVersion: 'SPDX-2.3',
  SPDXID: 'SPDXRef-DOCUMENT',
  dataLicense: 'CC0-1.0',
  name: 'app',
  documentNamespace: 'https://example.com/app',
  creationInfo: { created: '2026-01-01T00:00:00Z', creators: ['Tool: example'] },
  packages: [{ name: 'app', SPDXID: 'SPDXRef-app', downloadLocation: 'NOASSERTION' }],
});
const policyFor = (type: string): string =>
  `version: 1\nrules:\n  - name: SBOM\n    artifact-type: ${type}\n    signed: false\n`;

describe('examples with a policy file, as act runs them', { skip }, () => {
  let registry: EmbeddedRegistry;
  let github: FakeGithub;
  let project: ActProject;
  const ends: (() => unknown)[] = [];
  before(async () => {
    const t = { after: (end: unknown) => void ends.push(end as () => unknown) };
    [registry, github] = await Promise.all([
      startEmbeddedRegistry({ quirks: BY_TAG }), // as ghcr.io
      startGithub(t, {
        commits: { 'acme/app heads/main': 'c'.repeat(40) },
        files: { 'acme/app heads/main .github/referrers.yml': policyFor(SPDX) },
      }),
    ]);
    project = await makeActProject(act, registry.host);
  });
  after(async () => {
    await registry.close();
    for (const end of ends) await end();
    await project[Symbol.asyncDispose]();
  });

  const attachSbom = async (
    repository: string,
    image: { readonly descriptor: Parameters<typeof pushSampleReferrer>[1] },
  ) => {
    const target = { host: registry.host, repository };
    const { descriptor } = await pushSampleReferrer(target, image.descriptor, { artifactType: SPDX, content: SBOM });
    await pushFallbackList(target, image.descriptor, [descriptor]);
  };
  const env = (): Record<string, string> => ({ GITHUB_API_URL: github.url.href.replace(/\/$/, '') });
  const run = (workflow: 'policy.yml' | 'verify-fleet.yml', event: string, payload = {}): Promise<ActRun> =>
    project.run({ workflow, event, payload, env: env(), token: TOKEN });

  it('policy.yml judges a pull request by the policy of its base, whatever policy it brings, and keeps one comment', async () => {
    const image = await pushSampleIndex({ host: registry.host, repository: 'acme/app' }, { tag: '1.4' });
    await project.write('deploy/images.txt', `${registry.host}/acme/app:1.4\n`);
    // what the change proposes: it would let everything through that is there
    await project.write(
      '.github/referrers.yml',
      'version: 1\nrules:\n  - { name: none, artifact-type: "*/*", signed: false }\n',
    );
    const failed = await run('policy.yml', 'pull_request', PULL_REQUEST);
    assert.equal(failed.exitCode, 1, failed.text);
    assert.match(failed.summaries.join('\n'), /SBOM/);
    assert.equal(github.comments.length, 1, failed.text);
    assert.match(github.comments[0]?.body ?? '', /The policy is not met/);
    await attachSbom('acme/app', image);
    const passed = await run('policy.yml', 'pull_request', PULL_REQUEST);
    assert.equal(passed.exitCode, 0, passed.text);
    assert.deepEqual(passed.jobs, ['success']);
    assert.equal(github.comments.length, 1, 'the comment is updated in place');
    assert.doesNotMatch(github.comments[0]?.body ?? '', /not met/);
    assert.ok(github.requests.every(({ headers }) => headers.authorization?.endsWith(TOKEN)));
    // act shows the commands that the runner takes out of the log, and among them the mask
    const shown = [failed, passed].flatMap(({ text }) => text.split('\n').filter((line) => !line.includes('add-mask')));
    assert.ok(!shown.some((line) => line.includes(TOKEN)));
  });

  it('verify-fleet.yml makes one verdict of what eight jobs judged, with a check run and a SARIF file', async () => {
    const names = Array.from({ length: 10 }, (_, i) => `acme/service-${i}`);
    await Promise.all(
      names.map(async (repository, i) => {
        const image = await pushSampleImage({ host: registry.host, repository }, { tag: '1' });
        if (i !== 3) await attachSbom(repository, image);
      }),
    );
    await project.write('deploy/images.txt', names.map((name) => `${registry.host}/${name}:1\n`).join(''));
    await project.write('.github/referrers.yml', policyFor(SPDX));
    const failed = await run('verify-fleet.yml', 'schedule');
    assert.equal(failed.exitCode, 1, failed.text);
    assert.deepEqual(failed.outputs('fleet', 'verdict'), ['fail']);
    assert.deepEqual(failed.jobs.toSorted(), ['failure', ...Array(8).fill('success')]);
    const reports = (await readdir(project.uploaded)).filter((name) => name.startsWith('report-'));
    assert.equal(reports.length, 8);
    assert.deepEqual(
      github.checks.map(({ conclusion }) => conclusion),
      ['failure'],
    );
    const sarif = await readFile(join(project.uploaded, 'uploaded.sarif'), 'utf8');
    assert.ok(sarif.includes('service-3') && !sarif.includes('service-4'));

    await attachSbom('acme/service-3', await pushSampleImage({ host: registry.host, repository: 'acme/service-3' }));
    for (const name of await readdir(project.uploaded)) await rm(join(project.uploaded, name), { recursive: true });
    const passed = await run('verify-fleet.yml', 'workflow_dispatch');
    assert.equal(passed.exitCode, 0, passed.text);
    assert.deepEqual(passed.outputs('fleet', 'verdict'), ['pass']);
    assert.deepEqual([...new Set(passed.jobs)], ['success']);
    assert.deepEqual(
      github.checks.map(({ conclusion }) => conclusion),
      ['failure', 'success'],
    );
  });
});
