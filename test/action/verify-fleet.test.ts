import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { startGithub } from '../support/github-api.ts';
import { makeTrustedKey } from '../support/judging.ts';
import { NODE_24, PROJECT_ROOT, runStep, type StepRun } from '../support/runner-harness.ts';
import { pushSampleImage, pushSampleIndex } from '../support/sample-image.ts';
import { makeKeyBundle } from '../support/sigstore/make-bundle.ts';
import { makeStatement, SLSA_V1 } from '../support/sigstore/make-statement.ts';
import { pushBundle } from '../support/sigstore/push-signed.ts';
import { NO_SYMLINKS } from '../support/system.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';

const key = makeTrustedKey();
const other = makeTrustedKey('other');
const pem = (one: typeof key): string => one.trust.key.export({ type: 'spki', format: 'pem' }).toString();
const HEAD = 'a'.repeat(40);
const REVIEW = 'https://example.com/review/v1';

let registry: EmbeddedRegistry;
let workspace: TempDir;
before(async () => {
  [registry, workspace] = await Promise.all([startEmbeddedRegistry(), makeTempDir()]);
  await writeFile(join(workspace.path, 'cosign.pub'), pem(key));
  await writeFile(join(workspace.path, 'other.pub'), pem(other));
});
after(() => Promise.all([registry.close(), workspace.remove()]));

function verify(inputs: Record<string, string>, env: Record<string, string> = {}): Promise<StepRun> {
  const files = { workspace: workspace.path, runnerTemp: join(workspace.path, 'temp') };
  // from the sources, so that the test needs no build
  return runStep('verify', { main: 'src/action/verify.ts', with: { retries: '0', ...inputs }, ...files, env });
}

const RULE = { require: SLSA_V1, key: 'cosign.pub' };

async function push(repository: string, { signed = true, tag = '1' } = {}): Promise<string> {
  const target = { host: registry.host, repository };
  const image = await pushSampleImage(target, { tag });
  if (signed) {
    const statement = makeStatement({ subject: image.descriptor.digest });
    await pushBundle(target, image.descriptor, await makeKeyBundle({ statement, privateKey: key.privateKey }));
  }
  return `${registry.host}/${repository}:${tag}`;
}

describe('a fleet in shards', () => {
  /** Verifies the list in as many jobs, and gives the reports that they leave. */
  async function shards(
    images: readonly string[],
    of: number,
    rule: Record<string, string> = RULE,
  ): Promise<StepRun[]> {
    const steps: StepRun[] = [];
    for (let part = 1; part <= of; part++) {
      steps.push(await verify({ image: images.join('\n'), shard: `${part}/${of}`, ...rule }));
    }
    return steps;
  }
  const pathsOf = (steps: readonly StepRun[]): string =>
    steps.map(({ outputs }) => outputs['report-path'] ?? '').join('\n');

  test('passes where every shard passes and all are there; each image was judged once', async () => {
    const images = await Promise.all(['fleet/a', 'fleet/b', 'fleet/c'].map((name) => push(name)));
    const steps = await shards(images, 2);
    assert.deepEqual(
      steps.map(({ exitCode }) => exitCode),
      [0, 0],
    );
    assert.match(steps[0]?.summary ?? '', /shard 1\/2 of 3 images/);
    const merged = await verify({ reports: pathsOf(steps) });
    assert.equal(merged.exitCode, 0, merged.stdout + merged.stderr);
    assert.equal(merged.outputs['verdict'], 'pass');
    const references = (merged.outputs['reference'] ?? '').split('\n');
    assert.equal(new Set(references).size, 3);
    const report = JSON.parse(await readFile(merged.outputs['report-path'] ?? '', 'utf8')) as { images: unknown[] };
    assert.equal(report.images.length, 3);
    assert.match(merged.summary, /3 images/);
  });

  test('fails where one image fails, on the line of the job that joins, and is unknown where a report is not there', async () => {
    const images = [await push('half/a'), await push('half/b', { signed: false }), await push('half/c')];
    const steps = await shards(images, 3);
    assert.deepEqual(
      steps.map(({ exitCode }) => exitCode),
      [0, 1, 0],
    );
    const merged = await verify({ reports: pathsOf(steps) });
    assert.equal(merged.exitCode, 1, merged.stdout);
    assert.match(merged.messages('error').join('\n'), /half\/b/);
    const incomplete = await verify({ reports: pathsOf([steps[0], steps[2]].flatMap((step) => step ?? [])) });
    assert.equal(incomplete.exitCode, 3, incomplete.stdout);
    assert.equal(incomplete.outputs['verdict'], 'unknown');
    assert.match(incomplete.messages('error').join('\n'), /part 2\/3 is missing/);
  });

  test('a shard without images holds nothing back, says so, and is asked for by the joined verdict', async () => {
    const image = await push('small/a');
    const [full, empty] = await shards([image], 2);
    assert.ok(full !== undefined && empty !== undefined);
    assert.equal(empty.exitCode, 0, empty.stdout);
    assert.equal(empty.outputs['verdict'], 'unknown');
    assert.match(empty.messages('warning').join('\n'), /shard 2\/2 of 1 images is empty/);
    assert.equal((await verify({ reports: pathsOf([full, empty]) })).outputs['verdict'], 'pass');
    assert.equal((await verify({ reports: pathsOf([full]) })).outputs['verdict'], 'unknown');
    assert.equal((await verify({ reports: pathsOf([empty]) })).outputs['verdict'], 'unknown');
  });

  test('parts by other rules of the short form do not make one verdict', async () => {
    const images = [await push('mixed/a'), await push('mixed/b')];
    const [first] = await shards(images, 2);
    const [, second] = await shards(images, 2, { ...RULE, on: 'index' });
    const merged = await verify({ reports: pathsOf([first, second].flatMap((step) => step ?? [])) });
    assert.equal(merged.outputs['verdict'], 'unknown', merged.stdout);
    assert.match(merged.messages('error').join('\n'), /different policies/);
  });

  test('a report that is cut off leaves the verdict unknown; one that is not there, and other inputs beside, are usage', async () => {
    const steps = await shards([await push('cut/a')], 1);
    const path = steps[0]?.outputs['report-path'] ?? '';
    const whole = await readFile(path);
    await mkdir(join(workspace.path, 'cut'));
    await writeFile(join(workspace.path, 'cut/1.json'), whole.subarray(0, whole.length / 2));
    const cut = await verify({ reports: 'cut/*.json' });
    assert.equal(cut.exitCode, 3, cut.stdout);
    assert.match(cut.messages('error').join('\n'), /not valid JSON/);
    assert.equal((await verify({ reports: 'nowhere/*.json' })).exitCode, 2);
    assert.equal((await verify({ reports: path, image: 'x.example/a:1' })).exitCode, 2);
    assert.equal((await verify({ reports: path, ...RULE })).exitCode, 2);
  });

  test('report merge joins on the command line what the Action left', async () => {
    const steps = await shards([await push('cli/a'), await push('cli/b')], 2);
    const words = ['report', 'merge', ...pathsOf(steps).split('\n')];
    const whole = await runCli(words);
    assert.equal(whole.code, 0, whole.stderr);
    assert.match(whole.stdout, /pass: 2 checks on 2 images/);
    const part = await runCli([...words.slice(0, 3), '--format', 'json']);
    assert.equal(part.code, 3);
    assert.equal((JSON.parse(part.stdout) as { verdict: string }).verdict, 'unknown');
    assert.equal((await runCli([...words.slice(0, 3), '--mode', 'warn'])).code, 0);
    assert.equal((await runCli(['report', 'merge'])).code, 2);
  });
});

async function runCli(words: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(NODE_24, [join(PROJECT_ROOT, 'src/cli/main.ts'), ...words], { cwd: workspace.path });
  const ended = new Promise<number | null>((done, fail) => {
    child.on('error', fail);
    child.on('close', done);
  });
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}

describe('a check run', () => {
  async function onPullRequest(t: TestContext, options: Parameters<typeof startGithub>[1] = {}) {
    const files = { 'acme/app heads/main cosign.pub': pem(key) };
    const github = await startGithub(t, { files, commits: { 'acme/app heads/main': 'c'.repeat(40) }, ...options });
    const event = join(workspace.path, 'event.json');
    const pull = { number: 7, base: { ref: 'main', repo: { full_name: 'acme/app' } }, head: { sha: HEAD } };
    await writeFile(event, JSON.stringify({ pull_request: pull }));
    const run = { GITHUB_EVENT_NAME: 'pull_request', GITHUB_EVENT_PATH: event, GITHUB_REPOSITORY: 'acme/app' };
    const env = { ...run, GITHUB_SHA: 'b'.repeat(40), GITHUB_JOB: 'gate', GITHUB_API_URL: github.url.href };
    return { github, env: { ...env, GITHUB_ACTION: 'image' } };
  }

  test('has the matrix, is of the head of the pull request, and bears the same name in every run', async (t) => {
    const { github, env } = await onPullRequest(t);
    const image = await push('acme/checked', { signed: false });
    const inputs = { image, ...RULE, check: 'true', 'github-token': 'ghs_token' };
    assert.equal((await verify(inputs, env)).exitCode, 1);
    await push('acme/checked', { tag: '2' });
    assert.equal((await verify({ ...inputs, image: image.replace(/1$/, '2'), mode: 'warn' }, env)).exitCode, 0);
    const [first, second] = github.checks;
    assert.equal(github.checks.length, 2);
    assert.deepEqual([first?.['head_sha'], first?.['conclusion']], [HEAD, 'failure']);
    assert.equal(first?.['name'], `oci-referrers verify / gate / image / ${registry.host}/acme/checked`);
    assert.deepEqual([second?.['name'], second?.['conclusion']], [first?.['name'], 'success']);
    assert.match(JSON.stringify(first?.['output']), /slsa\.dev\/provenance/);
  });

  test('and a comment stay where they are when a later run could look at nothing', async (t) => {
    let isDown = false;
    const { github, env } = await onPullRequest(t, {
      answer: ({ url }) =>
        isDown && url.includes('/commits/') ? { status: 503, body: { message: 'down' } } : undefined,
    });
    const image = await push('acme/again');
    const inputs = { image, ...RULE, check: 'true', comment: 'true', 'github-token': 'ghs_token' };
    assert.equal((await verify(inputs, env)).exitCode, 0);
    assert.doesNotMatch(github.comments[0]?.body ?? '', /github-api-failed/);
    isDown = true;
    const step = await verify(inputs, env);
    assert.equal(step.exitCode, 3, step.stdout);
    const [first, second] = github.checks;
    assert.deepEqual([first?.['conclusion'], second?.['conclusion']], ['success', 'failure']);
    assert.equal(second?.['name'], first?.['name']);
    assert.equal(github.comments.length, 1, step.stdout);
    assert.match(github.comments[0]?.body ?? '', /github-api-failed/);
  });

  test('that may not be written is a warning, and the verdict stands', async (t) => {
    const { github, env } = await onPullRequest(t, {
      answer: ({ method }) => (method === 'POST' ? { status: 403, body: { message: 'not accessible' } } : undefined),
    });
    const inputs = { image: await push('acme/forked'), ...RULE, check: 'true', 'github-token': 'ghs_token' };
    const step = await verify(inputs, env);
    assert.equal(step.exitCode, 0, step.stdout);
    assert.match(step.messages('warning').join('\n'), /check run was not written/);
    assert.equal(github.checks.length, 0);
    const nowhere = await verify(inputs);
    assert.equal(nowhere.exitCode, 0);
    assert.match(nowhere.messages('warning').join('\n'), /names no commit/);
  });
});

describe('sarif-path', () => {
  test('gets what is not met, at the file of the workflow; nothing where all is met', async () => {
    const env = { GITHUB_WORKFLOW_REF: 'acme/app/.github/workflows/gate.yml@refs/heads/main' };
    const read = async (file: string) => JSON.parse(await readFile(join(workspace.path, file), 'utf8'));
    const image = await push('acme/unsigned', { signed: false });
    const failed = await verify({ image, ...RULE, 'sarif-path': 'out/new/verify.sarif' }, env);
    assert.equal(failed.exitCode, 1);
    const { runs, version } = await read('out/new/verify.sarif');
    assert.equal(version, '2.1.0');
    assert.equal(runs[0].results.length, 1);
    const [{ physicalLocation }] = runs[0].results[0].locations;
    assert.equal(physicalLocation.artifactLocation.uri, '.github/workflows/gate.yml');
    const passed = await verify(
      { image: await push('acme/signed'), ...RULE, 'sarif-path': 'out/new/verify.sarif' },
      env,
    );
    assert.equal(passed.exitCode, 0);
    assert.deepEqual((await read('out/new/verify.sarif')).runs[0].results, []);
    assert.deepEqual(await readdir(join(workspace.path, 'out/new')), ['verify.sarif']);
  });

  test('replaces a link that a checkout brought, and does not leave the workspace: a warning, the verdict stands', {
    skip: NO_SYMLINKS,
  }, async (t) => {
    const outside = await makeTempDir();
    t.after(() => outside.remove());
    await writeFile(join(outside.path, 'secret'), 'untouched');
    await symlink(join(outside.path, 'secret'), join(workspace.path, 'linked.sarif'));
    await symlink(outside.path, join(workspace.path, 'linked'));
    const image = await push('acme/linked');
    assert.equal((await verify({ image, ...RULE, 'sarif-path': 'linked.sarif' })).exitCode, 0);
    assert.equal(await readFile(join(outside.path, 'secret'), 'utf8'), 'untouched');
    assert.match(await readFile(join(workspace.path, 'linked.sarif'), 'utf8'), /2\.1\.0/);
    for (const path of ['linked/x.sarif', '../x.sarif']) {
      const step = await verify({ image, ...RULE, 'sarif-path': path });
      assert.equal(step.exitCode, 0, step.stdout);
      assert.match(step.messages('warning').join('\n'), /was not written: sarif-path: .* leads out of the workspace/);
    }
    assert.deepEqual(await readdir(outside.path), ['secret']);
  });
});

describe('a baseline', () => {
  async function pushBoth(repository: string): Promise<{ readonly now: string; readonly earlier: string }> {
    const target = { host: registry.host, repository };
    const before = await pushSampleIndex(target, { tag: 'then' });
    for (const [predicateType, one] of [
      [SLSA_V1, key],
      [SLSA_V1, other],
      [REVIEW, key],
    ] as const) {
      const statement = makeStatement({ subject: before.descriptor.digest, predicateType });
      await pushBundle(target, before.descriptor, await makeKeyBundle({ statement, privateKey: one.privateKey }));
    }
    const after = await pushSampleIndex(target, { tag: 'now', platforms: [{ os: 'linux', architecture: 'amd64' }] });
    const statement = makeStatement({ subject: after.descriptor.digest });
    await pushBundle(target, after.descriptor, await makeKeyBundle({ statement, privateKey: key.privateKey }));
    const name = `${registry.host}/${repository}`;
    return { now: `${name}:now`, earlier: `${name}:then` };
  }
  const POLICY = `version: 1
trust:
  release: { key: cosign.pub }
  other: { key: other.pub }
rules:
  - name: provenance
    predicate-type: ${SLSA_V1}
`;

  test('says which platform, type and signer is missing now, and the verdict is what it is without', async () => {
    await writeFile(join(workspace.path, 'baseline.yml'), POLICY);
    const { now, earlier } = await pushBoth('acme/compared');
    const step = await verify({ image: now, baseline: earlier, policy: 'baseline.yml' });
    assert.equal(step.exitCode, 0, step.stdout + step.stderr);
    const said = step.messages('warning').join('\n');
    assert.match(said, /had the platform linux\/arm64, which is missing now/);
    assert.match(said, new RegExp(`had ${REVIEW} on linux/amd64, which is missing now`));
    assert.match(said, /had evidence by the key sha256:[0-9a-f]+ for "provenance" on linux\/amd64/);
    assert.match(step.summary, /baseline-lost/);
    const report = JSON.parse(await readFile(step.outputs['report-path'] ?? '', 'utf8'));
    const { losses, requested, error } = report.images[0].baseline;
    assert.deepEqual([requested, error], [earlier, null]);
    assert.deepEqual([...new Set(losses.map(({ kind }: { kind: string }) => kind))].toSorted(), [
      'platform',
      'signer',
      'type',
    ]);
    const same = await verify({ image: now, baseline: now, policy: 'baseline.yml' });
    assert.deepEqual(same.messages('warning'), []);
  });

  test('that is not there is said, and crashes nothing; with several images it is an error of usage', async () => {
    const image = await push('acme/alone');
    const step = await verify({ image, baseline: `${registry.host}/acme/alone:gone`, ...RULE });
    assert.equal(step.exitCode, 0, step.stdout);
    assert.match(step.messages('warning').join('\n'), /baseline .*:gone could not be looked at: manifest-unknown/);
    const several = await verify({ image: `${image}\n${registry.host}/acme/other:1`, baseline: image, ...RULE });
    assert.equal(several.exitCode, 2);
  });
});
