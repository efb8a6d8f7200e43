import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import { PolicyProblems } from '../../../src/policy/policy-problems.ts';
import { type FakeGithub, type FakeGithubOptions, startGithub } from '../../support/github-api.ts';
import { makeTrustedKey } from '../../support/judging.ts';
import { pushSampleImage } from '../../support/sample-image.ts';
import { makeKeyBundle } from '../../support/sigstore/make-bundle.ts';
import { makeStatement, SLSA_V1 } from '../../support/sigstore/make-statement.ts';
import { pushBundle } from '../../support/sigstore/push-signed.ts';
import { NO_SYMLINKS, WINDOWS } from '../../support/system.ts';
import { makeTempDir, type TempDir } from '../../support/temp-dir.ts';
import { type VerifyRun, verify } from '../../support/verify-run.ts';

// the image is signed with this key; whoever proposes a change would like another one to do
const key = makeTrustedKey();
const PEM = key.trust.key.export({ type: 'spki', format: 'pem' }).toString();
const OTHER_PEM = makeTrustedKey().trust.key.export({ type: 'spki', format: 'pem' }).toString();
const COMMIT = 'c'.repeat(40);

const STRICT = policy('{ key: cosign.pub }');
/** What a pull request would like to be judged by. */
const LAX = `version: 1
rules:
  - name: anything
    artifact-type: application/vnd.example
    signed: false
`;

function policy(trust: string): string {
  return `version: 1
trust:
  release: ${trust}
rules:
  - name: provenance
    predicate-type: ${SLSA_V1}
    signed-by: { trust: release }
`;
}

let registry: EmbeddedRegistry;
let image: string;
before(async () => {
  registry = await startEmbeddedRegistry();
  const target = { host: registry.host, repository: 'acme/app' };
  const { descriptor } = await pushSampleImage(target, { tag: '1' });
  const statement = makeStatement({ subject: descriptor.digest });
  await pushBundle(target, descriptor, await makeKeyBundle({ statement, privateKey: key.privateKey }));
  image = `${registry.host}/acme/app:1`;
});
after(() => registry.close());

interface Scene {
  readonly workspace: TempDir;
  readonly github: FakeGithub;
  run(inputs: Readonly<Record<string, string>>, env?: Readonly<Record<string, string>>): Promise<VerifyRun>;
  write(path: string, text: string): Promise<void>;
}

/** A pull request into `main` of acme/app; `files` are those of main. */
async function startPullRequest(t: TestContext, files: FakeGithubOptions['files'] = {}): Promise<Scene> {
  const workspace = await makeTempDir();
  t.after(() => workspace.remove());
  const commits = { 'acme/app heads/main': COMMIT };
  const github = await startGithub(t, { commits, files });
  const event = { pull_request: { number: 7, base: { ref: 'main', repo: { full_name: 'acme/app' } } } };
  await writeFile(join(workspace.path, 'event.json'), JSON.stringify(event));
  const pull = {
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_EVENT_PATH: join(workspace.path, 'event.json'),
    GITHUB_REPOSITORY: 'acme/app',
    GITHUB_API_URL: github.url.href,
  };
  return {
    workspace,
    github,
    run: (inputs, env = {}) =>
      verify({ image, 'github-token': 'ghs_x', ...inputs }, { workspace: workspace.path, env: { ...pull, ...env } }),
    write: async (path, text) => {
      await mkdir(join(workspace.path, path, '..'), { recursive: true });
      await writeFile(join(workspace.path, path), text);
    },
  };
}

const PUSH = { GITHUB_EVENT_NAME: 'push' };
const ON_MAIN = { 'acme/app heads/main p.yml': STRICT, 'acme/app heads/main cosign.pub': PEM };

describe('the policy of a pull request', () => {
  it('is that of the repository whose base the event names', async (t) => {
    const { run, write } = await startPullRequest(t, ON_MAIN);
    await write('p.yml', LAX);
    const result = await run({ policy: 'p.yml' }, { GITHUB_REPOSITORY: 'someone/app' });
    assert.deepEqual([result.verdict, result.used?.ref], ['pass', 'heads/main'], result.error?.message);
  });
  it('is the one at the base, with the files at the base, whatever the workspace has', async (t) => {
    const { run, write } = await startPullRequest(t, ON_MAIN);
    await write('p.yml', LAX);
    await write('cosign.pub', OTHER_PEM);
    const result = await run({ policy: 'p.yml' });
    assert.equal(result.verdict, 'pass', JSON.stringify(result.images));
    assert.equal(result.used?.ref, 'heads/main');
    assert.deepEqual(
      result.used?.policy.rules.map(({ name }) => name),
      ['provenance'],
    );
    // outside of a pull request the workspace is what was pushed
    await write('p.yml', STRICT);
    assert.equal((await run({ policy: 'p.yml' }, PUSH)).verdict, 'fail');
  });

  for (const event of ['pull_request', 'pull_request_target', 'pull_request_review', 'pull_request_review_comment']) {
    it(`is read at the base under ${event}`, async (t) => {
      const { run, write, github } = await startPullRequest(t, ON_MAIN);
      await write('p.yml', LAX);
      const result = await run({ policy: 'p.yml' }, { GITHUB_EVENT_NAME: event });
      assert.equal(result.used?.policy.rules[0]?.name, 'provenance');
      assert.ok(github.requests.some(({ url }) => url.includes('/contents/p.yml')));
      assert.deepEqual(
        result.heard.map(({ code }) => code),
        event === 'pull_request_target' ? ['pull-request-target'] : [],
      );
    });
  }

  const REPOSITORY = { default_branch: 'main' };
  const PROPOSALS: Readonly<Record<string, object>> = {
    merge_group: { merge_group: { base_ref: 'refs/heads/main', head_sha: COMMIT } },
    issue_comment: { issue: { number: 7, pull_request: {} }, repository: REPOSITORY },
    workflow_run: { workflow_run: { head_sha: COMMIT }, repository: REPOSITORY },
  };
  for (const [event, payload] of Object.entries(PROPOSALS)) {
    it(`is read where the change is to be merged under ${event}, too, where it may be checked out`, async (t) => {
      const { run, write } = await startPullRequest(t, ON_MAIN);
      await write('p.yml', LAX);
      await write('event.json', JSON.stringify(payload));
      const result = await run({ policy: 'p.yml' }, { GITHUB_EVENT_NAME: event });
      assert.deepEqual([result.used?.ref, result.used?.policy.rules[0]?.name], ['heads/main', 'provenance']);
    });
  }

  it('may be written with ./ before it, as in the workspace', async (t) => {
    const { run } = await startPullRequest(t, ON_MAIN);
    assert.equal((await run({ policy: './p.yml' })).verdict, 'pass');
  });

  it('is unknown where the base has none: the version of the pull request is parsed, and not used', async (t) => {
    const { run, write, github } = await startPullRequest(t);
    await write('p.yml', LAX);
    registry.clearLog();
    const result = await run({ policy: 'p.yml' });
    assert.deepEqual(
      [result.verdict, result.error?.code, result.images, result.used],
      ['unknown', 'policy-not-on-base', [], undefined],
    );
    assert.match(result.error?.hint ?? '', /is valid; it was not used/);
    assert.equal(registry.log.length, 0);
    assert.ok(github.requests.length > 0);

    await write('p.yml', 'version: 1\nrules: [{ name: x, predicate: y }]\n');
    const wrong = await run({ policy: 'p.yml' });
    assert.match(wrong.error?.hint ?? '', /has errors/);
    assert.ok(wrong.error?.cause instanceof PolicyProblems);
    assert.equal(wrong.error.cause.problems[0]?.location.line, 2);
  });

  it('is unknown, never "not there", where GitHub cannot be asked', async (t) => {
    const { run, write } = await startPullRequest(t, ON_MAIN);
    await write('p.yml', LAX);
    const result = await run({ policy: 'p.yml' }, { GITHUB_API_URL: 'http://127.0.0.1:1' });
    assert.deepEqual([result.verdict, result.error?.code], ['unknown', 'github-api-failed']);
  });

  it('names files that the base must have, too', async (t) => {
    const { run, write } = await startPullRequest(t, { 'acme/app heads/main p.yml': STRICT });
    await write('cosign.pub', PEM);
    await assert.rejects(run({ policy: 'p.yml' }), {
      code: 'file-missing',
      message: /acme\/app at heads\/main/,
      location: { file: 'p.yml', line: 3, column: 19 },
    });
  });

  it('is read at policy-ref where that is set, on other events as well', async (t) => {
    const { workspace } = await startPullRequest(t);
    const commits = { 'acme/app v1': COMMIT };
    const github = await startGithub(t, {
      commits,
      files: { 'acme/app v1 p.yml': policy(JSON.stringify({ key: PEM })) },
    });
    const env = { ...PUSH, GITHUB_REPOSITORY: 'acme/app', GITHUB_API_URL: github.url.href };
    const inputs = { image, policy: 'p.yml', 'policy-ref': 'v1', 'github-token': 'x' };
    const result = await verify(inputs, { workspace: workspace.path, env });
    assert.deepEqual([result.verdict, result.used?.ref], ['pass', 'v1']);
  });

  it('makes the short form read its key at the base, and take one that is written in the workflow as it is', async (t) => {
    const { run, write } = await startPullRequest(t, { 'acme/app heads/main cosign.pub': OTHER_PEM });
    await write('cosign.pub', PEM);
    assert.equal((await run({ require: SLSA_V1, key: 'cosign.pub' })).verdict, 'fail');
    assert.equal((await run({ require: SLSA_V1, key: PEM })).verdict, 'pass');
    assert.equal((await run({ require: SLSA_V1, key: 'cosign.pub' }, PUSH)).verdict, 'pass');
  });

  it('needs the event to be readable', async (t) => {
    const { run, write } = await startPullRequest(t, ON_MAIN);
    await write('event.json', '{"pull_request":');
    await assert.rejects(run({ policy: 'p.yml' }), { code: 'input-invalid', message: /GITHUB_EVENT_PATH/ });
  });
});

describe('policy-sha256', () => {
  const hex = (text: string): string => createHash('sha256').update(text).digest('hex');

  it('lets through the policy with that digest, if all that it names is pinned or written in it', async (t) => {
    const { run, write } = await startPullRequest(t);
    await write('cosign.pub', PEM);
    const pinned = policy(`{ key: { file: cosign.pub, sha256: ${hex(PEM)} } }`);
    const inline = policy(`\n    key: |\n${PEM.replaceAll(/^/gm, '      ')}`);
    for (const text of [pinned, inline]) {
      await write('p.yml', text);
      for (const pin of [hex(text), `sha256:${hex(text)}`, `SHA256:${hex(text).toUpperCase()}`]) {
        const result = await run({ policy: 'p.yml', 'policy-sha256': pin }, PUSH);
        assert.equal(result.verdict, 'pass');
      }
    }
    await write('p.yml', STRICT);
    await assert.rejects(run({ policy: 'p.yml', 'policy-sha256': hex(STRICT) }, PUSH), { code: 'policy-unpinned' });
    await assert.rejects(run({ policy: 'p.yml', 'policy-sha256': hex(pinned) }, PUSH), { code: 'policy-pin-mismatch' });
    await write('p.yml', pinned);
    await write('cosign.pub', OTHER_PEM);
    await assert.rejects(run({ policy: 'p.yml', 'policy-sha256': hex(pinned) }, PUSH), { code: 'policy-pin-mismatch' });
    await assert.rejects(run({ policy: 'p.yml' }, PUSH), { code: 'policy-pin-mismatch' });
  });

  it('that a checkout wrote with other line ends is not the pinned one, and the reason is said', async (t) => {
    const { run, write } = await startPullRequest(t);
    const text = policy(`\n    key: |\n${PEM.replaceAll(/^/gm, '      ')}`);
    const crlf = text.replaceAll('\n', '\r\n');
    const mismatch = { code: 'policy-pin-mismatch' };
    for (const [written, pinned] of [
      [crlf, text],
      [text, crlf],
    ] as const) {
      await write('p.yml', written);
      const inputs = { policy: 'p.yml', 'policy-sha256': hex(pinned) };
      await assert.rejects(run(inputs, PUSH), { ...mismatch, hint: /line ends alone .* `-text` in \.gitattributes/ });
    }
    await assert.rejects(run({ policy: 'p.yml', 'policy-sha256': hex(`${text} `) }, PUSH), {
      ...mismatch,
      hint: /Look at what changed/,
    });
    await write('p.yml', crlf);
    assert.equal((await run({ policy: 'p.yml', 'policy-sha256': hex(crlf) }, PUSH)).verdict, 'pass');
  });

  it('is named with backslashes on Windows at a git ref, too, and so is a key', {
    skip: !WINDOWS && 'only Windows separates by backslashes',
  }, async (t) => {
    const files = {
      'acme/app heads/main a/p.yml': policy('{ key: keys\\cosign.pub }'),
      'acme/app heads/main keys/cosign.pub': PEM,
    };
    const { run } = await startPullRequest(t, files);
    assert.equal((await run({ policy: 'a\\p.yml' })).verdict, 'pass');
    assert.equal((await run({ require: SLSA_V1, key: 'keys\\cosign.pub' })).verdict, 'pass');
  });

  it('may be named with backslashes on Windows', {
    skip: !WINDOWS && 'only Windows separates by backslashes',
  }, async (t) => {
    const { run, write } = await startPullRequest(t);
    await write('a/b/p.yml', policy(`\n    key: |\n${PEM.replaceAll(/^/gm, '      ')}`));
    const result = await run({ policy: 'a\\b\\p.yml' }, PUSH);
    assert.equal(result.used?.policy.origin, 'a/b/p.yml');
  });
});

describe('the inputs of verify, before anything is asked', () => {
  const CASES: readonly (readonly [string, Record<string, string>, string])[] = [
    ['policy beside a rule input', { policy: 'p.yml', require: SLSA_V1 }, 'input-conflict'],
    [
      'policy beside deny-self-hosted-runners',
      { policy: 'p.yml', 'deny-self-hosted-runners': 'true' },
      'input-conflict',
    ],
    ['nothing to require', {}, 'input-conflict'],
    ['a policy that is not there', { policy: 'none.yml' }, 'file-missing'],
    ['a policy outside the workspace', { policy: '../p.yml' }, 'file-outside-workspace'],
    ['a policy that a link leads out to', { policy: 'link.yml' }, 'file-outside-workspace'],
    ['a policy with a wrong key in it', { policy: 'wrong.yml' }, 'policy-invalid'],
    ['a key that is none', { require: SLSA_V1, key: 'p.yml' }, 'key-invalid'],
    [
      'a root that is none',
      { require: SLSA_V1, 'signer-repo': 'acme/app', 'trusted-root': 'p.yml' },
      'trusted-root-invalid',
    ],
    ['a bundle that is none', { require: SLSA_V1, key: PEM, bundles: 'p.yml' }, 'bundle-file-invalid'],
    [
      'max-age on what nobody signed',
      { 'require-unsigned': 'application/spdx+json', 'max-age': '1d' },
      'input-conflict',
    ],
    ['a platform that is none', { require: SLSA_V1, key: PEM, platforms: 'linux' }, 'platform-invalid'],
    [
      'a source that distribution-spec rules out',
      { require: SLSA_V1, key: PEM, sources: 'api', 'distribution-spec': 'v1.1-referrers-tag' },
      'input-conflict',
    ],
    ['github without a repository', { require: SLSA_V1, key: PEM, sources: 'github' }, 'input-conflict'],
    ['policy-sha256 without a policy', { require: SLSA_V1, key: PEM, 'policy-sha256': 'a' }, 'input-conflict'],
    ['policy-ref without a repository', { policy: 'p.yml', 'policy-ref': 'main' }, 'input-conflict'],
  ];
  for (const [title, inputs, code] of CASES) {
    it(`${title}: ${code}`, { skip: inputs['policy'] === 'link.yml' && NO_SYMLINKS }, async (t) => {
      const outside = await makeTempDir();
      t.after(() => outside.remove());
      const workspace = join(outside.path, 'workspace');
      await mkdir(workspace);
      await writeFile(join(outside.path, 'p.yml'), STRICT);
      if (!NO_SYMLINKS) await symlink(join(outside.path, 'p.yml'), join(workspace, 'link.yml'));
      await writeFile(join(workspace, 'p.yml'), STRICT);
      await writeFile(join(workspace, 'wrong.yml'), STRICT.replace('signed-by', 'signed-bi'));
      registry.clearLog();
      await assert.rejects(verify({ image, ...inputs }, { workspace }), { code });
      assert.equal(registry.log.length, 0);
    });
  }
});

describe('the login of the inputs', () => {
  const login = { 'registry-username': 'bot', 'registry-password': 'secret', 'require-unsigned': 'application/x' };

  it('goes to no registry that only a file of the pull request names', async (t) => {
    const { run, write } = await startPullRequest(t);
    const stranger = await startEmbeddedRegistry({ auth: { kind: 'basic', users: { bot: { password: 'secret' } } } });
    t.after(() => stranger.close());
    await write('images.txt', `${stranger.host}/evil/app:1\n`);
    const inputs = { ...login, image: '', 'images-file': 'images.txt' };
    for (const event of ['pull_request_target', 'pull_request', 'issue_comment', 'workflow_run', 'merge_group']) {
      await assert.rejects(run(inputs, { GITHUB_EVENT_NAME: event }), { code: 'input-conflict', hint: /login-action/ });
    }
    assert.equal(stranger.log.length, 0);
    // what was pushed names the registry itself, and so does the workflow file
    assert.equal((await run(inputs, PUSH)).images[0]?.error?.code, 'repository-unknown');
    assert.ok(stranger.log.some(({ headers }) => headers.authorization === 'Basic'));
    await assert.rejects(run({ ...inputs, image: `${registry.host}/acme/app:1` }), { code: 'input-conflict' });
  });
});
