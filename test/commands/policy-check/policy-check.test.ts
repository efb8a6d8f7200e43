import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { CliShell } from '../../../src/cli/cli-shell.ts';
import { runCli } from '../../../src/cli/run-cli.ts';
import { digestOf } from '../../../src/oci/digest.ts';
import { plainStyle } from '../../../src/report/text-style.ts';

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe('policy check', () => {
  let workspace: string;
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .publicKey.export({ type: 'spki', format: 'pem' })
    .toString();

  before(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'policy-check-'));
    await mkdir(join(workspace, '.github'));
    await writeFile(join(workspace, 'cosign.pub'), key);
    await writeFile(join(workspace, 'broken.pub'), 'no key');
  });
  after(() => rm(workspace, { recursive: true, force: true }));

  async function cli(...words: readonly string[]): Promise<Outcome> {
    const written = { stdout: '', stderr: '' };
    const shell: CliShell = {
      stdout: { write: (text) => (written.stdout += text) },
      stderr: { write: (text) => (written.stderr += text) },
      styles: { stdout: plainStyle, stderr: plainStyle },
      env: {},
      workspace,
      interrupt: new AbortController().signal,
      readStdin: async () => '',
    };
    return { code: await runCli(words, shell), ...written };
  }

  async function check(policy: string, ...words: readonly string[]): Promise<Outcome> {
    await writeFile(join(workspace, 'policy.yml'), policy);
    return cli('policy', 'check', 'policy.yml', ...words);
  }

  it('explains a good policy, and says how to pin it', async () => {
    const policy = 'version: 1\ntrust: { k: { key: cosign.pub } }\nrules: [{ name: signed by us }]\n';
    const { code, stdout, stderr } = await check(policy);
    assert.equal(stderr, '');
    assert.match(stdout, /^policy\.yml: an image passes when its one rule is met\./);
    assert.match(stdout, /1\. signed by us\n/);
    assert.ok(stdout.endsWith(`\npolicy-sha256: ${digestOf(Buffer.from(policy)).slice('sha256:'.length)}\n`));
    assert.equal(code, 0);
  });

  it('looks at .github/referrers.yml where no file is named', async () => {
    await writeFile(
      join(workspace, '.github/referrers.yml'),
      'version: 1\nrules: [{ name: r, artifact-type: a/b, signed: false }]',
    );
    const { code, stdout } = await cli('policy', 'check');
    assert.match(stdout, /^\.github\/referrers\.yml: /);
    assert.equal(code, 0);
  });

  it('gives every error its place, as compilers do, and ends with 2', async () => {
    const { code, stdout, stderr } = await check(
      'version: 1\nrules:\n  - name: r\n    artifact_type: a/b\n    max-age: soon\n',
    );
    assert.equal(stdout, '');
    assert.deepEqual(
      stderr.split('\n').filter((line) => !line.startsWith('  ')),
      [
        'policy.yml:3:5: error: expected signed-by: whose signature counts',
        'policy.yml:4:5: error: a rule has no key "artifact_type"',
        'policy.yml:5:14: error: max-age: expected a duration such as 30d, 12h, 90m or 1w, got "soon"',
        '',
      ],
    );
    assert.match(stderr, /hint: Did you mean artifact-type\?/);
    assert.equal(code, 2);
  });

  it('reads what the policy names: keys that are missing, broken or pinned to something else', async () => {
    const { code, stderr, stdout } = await check(`version: 1
trust:
  gone: { key: gone.pub }
  broken: { key: broken.pub }
  pinned: { key: { file: cosign.pub, sha256: ${'0'.repeat(64)} } }
  right: { key: { file: cosign.pub, sha256: ${digestOf(Buffer.from(key))} } }
  fetched: { root: github }
  root: { root: broken.pub }
rules:
  - { name: r, signed-by: { any-of: [{ trust: gone }, { trust: broken }, { trust: pinned }, { trust: right },
      { trust: fetched, github: { repository: a/b } }, { trust: root, github: { repository: a/b } }] } }
`);
    assert.deepEqual(
      stderr
        .split('\n')
        .filter((line) => line.includes(': error: '))
        .map((line) => line.split(':').slice(0, 2).join(':')),
      ['policy.yml:3', 'policy.yml:4', 'policy.yml:5', 'policy.yml:8'],
    );
    assert.match(stdout, /1\. r\n/);
    assert.equal(code, 2);
  });

  it('warns of what is probably not meant, and passes', async () => {
    const { code, stderr } = await check(
      'version: 1\ntrust: { k: { key: cosign.pub } }\nrules: [{ name: r, artifact-type: a/b, signed: false }]',
    );
    assert.match(stderr, /^policy\.yml:2:\d+: warning: no rule uses the trust "k"\n$/);
    assert.equal(code, 0);
  });

  it('takes a waiver of a rule that is not there for an error', async () => {
    const { code, stderr } = await check(
      'version: 1\nrules: [{ name: r, artifact-type: a/b, signed: false }]\nwaivers: [{ rule: q, image: x, until: 2999-01-01, reason: y }]',
    );
    assert.match(stderr, /policy\.yml:3:11: error: the waiver is for a rule that is not there: "q"/);
    assert.equal(code, 2);
  });

  it('gives programs the same as JSON', async () => {
    const bad = JSON.parse((await check('version: 2', '--format', 'json')).stdout);
    assert.partialDeepStrictEqual(bad, { file: 'policy.yml', valid: false, findings: [{ severity: 'error' }] });
    assert.equal(bad.explanation, undefined);
  });

  it('refuses bytes that are no text, with a place', async () => {
    await writeFile(join(workspace, 'binary.yml'), Buffer.from([0xff, 0xfe, 0x00]));
    const { code, stderr } = await cli('policy', 'check', 'binary.yml');
    assert.match(stderr, /^binary\.yml:1:1: error: /);
    assert.equal(code, 2);
  });

  it('shows nothing of a policy that a terminal would act on', async () => {
    const { stdout, stderr } = await check(
      'version: 1\nrules: [{ name: "a\\u202eb", artifact-type: a/b, signed: false, "\\u001b[31m": 1 }]',
    );
    for (const harmful of ['\u001b', '\u202e']) assert.ok(!(stdout + stderr).includes(harmful));
    assert.match(stderr, /\\x1b|\\\\u001b|\\u001b/);
  });

  it('says that a file does not exist', async () => {
    const { code, stderr } = await cli('policy', 'check', 'nowhere.yml');
    assert.match(stderr, /error\[file-missing\]: the policy "nowhere\.yml" does not exist/);
    assert.equal(code, 2);
  });

  it('has help as a command of two words, and as a group', async () => {
    assert.match(
      (await cli('policy', 'check', '--help')).stdout,
      /^Usage: oci-referrers policy check FILE \[options\]/,
    );
    assert.match((await cli('help', 'policy', 'check')).stdout, /^Usage: oci-referrers policy check/);
    assert.match((await cli('policy', '--help')).stdout, /policy check {2}/);
    const alone = await cli('policy');
    assert.match(alone.stderr, /error\[command-unknown\].*policy check/);
    assert.equal(alone.code, 2);
    assert.equal((await cli('policy', 'chek')).code, 2);
  });

  it('accepts the example once its files are there', async () => {
    const text = await readFile(new URL('../../../examples/policies/referrers.yml', import.meta.url), 'utf8');
    const { stderr } = await check(text);
    // its keys and certificates are the user's
    assert.deepEqual(stderr.match(/"[^"]+" does not exist/g), [
      '"keys/cosign.pub" does not exist',
      '"certs/corp-root.pem" does not exist',
    ]);
    assert.doesNotMatch(stderr, /warning/);
  });
});
