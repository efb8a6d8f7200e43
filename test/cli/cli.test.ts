import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import type { AttachedJson } from '../../src/report/attach-json.ts';
import type { RootJson } from '../../src/report/oras-json.ts';
import { startProxy } from '../support/loopback-proxy.ts';
import { NODE_24, PROJECT_ROOT } from '../support/runner-harness.ts';
import { pushSampleImage } from '../support/sample-image.ts';
import { homeOf, NO_SIGNALS } from '../support/system.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let home: TempDir;
before(async () => {
  home = await makeTempDir();
});
after(() => home.remove());

interface StartOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Words for Node itself. */
  readonly node?: readonly string[];
}

function start(words: readonly string[], options: StartOptions = {}) {
  const child = spawn(NODE_24, [...(options.node ?? []), join(PROJECT_ROOT, 'dist/cli.js'), ...words], {
    cwd: options.cwd ?? home.path,
    env: { PATH: process.env['PATH'], ...homeOf(home.path), ...options.env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const finished = new Promise<Finished>((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
  return { child, finished };
}

const run = (words: readonly string[], options?: Parameters<typeof start>[1], stdin = ''): Promise<Finished> => {
  const { child, finished } = start(words, options);
  child.stdin.end(stdin);
  return finished;
};

describe('the command line, from dist', () => {
  let registry: EmbeddedRegistry;
  let image: string;

  before(async () => {
    registry = await startEmbeddedRegistry();
    await pushSampleImage({ host: registry.host, repository: 'acme/app' }, { tag: '1' });
    image = `${registry.host}/acme/app:1`;
    const spdx = JSON.stringify({ spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', name: 'a' });
    await writeFile(join(home.path, 'sbom.spdx.json'), spdx);
  });
  after(() => registry.close());

  test('attach IMAGE FILE, then list IMAGE: text for people, JSON for programs', async () => {
    const attached = await run(['attach', image, 'sbom.spdx.json']);
    assert.equal(attached.code, 0, attached.stderr);
    assert.match(attached.stdout, /attached .*application\/spdx\+json/);
    assert.match(attached.stderr, /^\d+ requests in \d+ rounds.*\n$/, 'what the run cost, and nothing else');
    assert.ok(!attached.stdout.includes('\x1b'), 'no colours where it is no terminal');

    const listed = await run(['list', image, '--format', 'json']);
    assert.equal(listed.code, 0, listed.stderr);
    const tree = JSON.parse(listed.stdout) as RootJson;
    assert.equal(tree.referrers.length, 1);
    assert.equal(tree.referrers[0]?.artifactType, 'application/spdx+json');

    const again = await run(['attach', image, 'sbom.spdx.json', '--format', 'json']);
    const [row] = JSON.parse(again.stdout) as AttachedJson[];
    assert.deepEqual([row?.status, row?.digest], ['unchanged', tree.referrers[0]?.digest]);
  });

  test('exit code 1: a precondition is not met', async () => {
    const { code, stderr } = await run([
      'list',
      image,
      '--artifact-type',
      'a/b',
      '--min-count',
      '1',
      '--format',
      'json',
    ]);
    assert.equal(code, 1);
    assert.match(stderr, /^error\[min-count-not-met\]: /m);
  });

  test('exit code 2: usage', async () => {
    for (const words of [['list'], ['list', image, '--depht', 'all'], ['attach', image, 'none.json'], ['lst', image]]) {
      const { code, stderr, stdout } = await run(words);
      assert.equal(code, 2, words.join(' ') + stderr);
      assert.match(stderr, /^error\[[a-z-]+\]: /m);
      assert.equal(stdout, '');
    }
  });

  test('attach takes a file from anywhere: who types its path means it', async () => {
    await using elsewhere = await makeTempDir();
    const path = join(elsewhere.path, 'report.json');
    await writeFile(path, '{}');
    const { code, stderr } = await run([
      'attach',
      image,
      path,
      '--artifact-type',
      'application/vnd.acme.report.v1+json',
    ]);
    assert.equal(code, 0, stderr);
  });

  test('--download - writes the bytes of the one file to stdout, and all else to stderr', async () => {
    const filter = ['--artifact-type', 'application/spdx+json'];
    const one = await run(['list', image, ...filter, '--download', '-']);
    assert.deepEqual(
      [one.code, one.stdout],
      [0, await readFile(join(home.path, 'sbom.spdx.json'), 'utf8')],
      one.stderr,
    );
    const none = await run(['list', image, '--artifact-type', 'application/nothing', '--download', '-']);
    assert.deepEqual([none.code, none.stdout], [1, '']);
    assert.match(none.stderr, /^error\[download-not-one\]: download: stdout takes one file, .* have 0 files$/m);
    const json = await run(['list', image, ...filter, '--download', '-', '--format', 'json']);
    assert.deepEqual([json.code, json.stdout], [2, '']);
    assert.match(json.stderr, /^error\[input-conflict\]: /m);
  });

  test('exit code 3: could not look', async () => {
    const { code, stdout, stderr } = await run(['list', '127.0.0.1:1/acme/app:1', '--retries', '0']);
    assert.equal(code, 3);
    assert.match(stdout, /network-unreachable/);
    assert.match(stderr, /^error\[network-unreachable\]: /m, 'also for who pipes the result away');
  });

  test('--verbose says each request on stderr, and the economy at the end', async () => {
    const { stderr } = await run(['list', image, '--verbose']);
    assert.match(stderr, /^GET http:\/\/\S+ -> 200 in \d+ ms$/m);
    assert.match(stderr, /\d+ requests in \d+ rounds.*\n$/);
  });

  test('a reader that goes away is no error', async () => {
    const { child, finished } = start(['list', image]);
    child.stdin.end();
    child.stdout.destroy();
    const { code, stderr } = await finished;
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^\d+ requests in \d+ rounds.*\n$/);
  });

  test('a password comes through stdin, and its line break is not part of it', async () => {
    const closed = await startEmbeddedRegistry({ auth: { kind: 'basic', users: { me: { password: 'secret word' } } } });
    try {
      const login = ['--registry-username', 'me', '--registry-password-stdin'];
      const wrong = await run(['list', `${closed.host}/acme/app:1`, ...login], {}, 'wrong\n');
      const right = await run(['list', `${closed.host}/acme/app:1`, ...login], {}, 'secret word\n');
      assert.match(wrong.stdout + wrong.stderr, /credentials-refused/);
      assert.match(right.stdout + right.stderr, /repository-unknown/);
    } finally {
      await closed.close();
    }
  });
});

describe('serve', () => {
  test('prints its URL once it answers, and ends cleanly when interrupted', { skip: NO_SIGNALS }, async () => {
    const { child, finished } = start(['serve', '--port', '0']);
    const url = await new Promise<string>((resolve) => {
      child.stdout.once('data', (text: string) => resolve(text.trim()));
    });
    assert.equal((await fetch(`${url}/v2/`)).status, 200);
    child.kill('SIGINT');
    assert.equal((await finished).code, 0);
  });
});

describe('demo', () => {
  for (const [flag, via] of [
    ['--referrers-api', 'API'],
    ['--no-referrers-api', 'tag'],
  ] as const) {
    test(`with ${flag} attaches to both platforms and to the index, lists the tree and shows the summary`, async () => {
      const { code, stdout, stderr } = await run(['demo', flag]);
      assert.equal(code, 0, stdout + stderr);
      assert.equal(stderr, '');
      assert.match(stdout, /✓ attached {2}linux\/amd64 .*sbom-linux-amd64\.spdx\.json/);
      assert.match(stdout, /✓ attached {2}linux\/arm64 .*sbom-linux-arm64\.spdx\.json/);
      assert.match(stdout, /dev\.sigstore\.bundle\.v0\.3\+json .*provenance\.sigstore\.json/);
      assert.match(stdout, /3 referrers/);
      assert.match(stdout, /^## Referrers of /m);
      assert.ok(stdout.includes(via));
    });
  }

  test('connects to nothing but this machine, and asks no proxy', async (t) => {
    const node = ['--import', pathToFileURL(join(PROJECT_ROOT, 'test/support/only-loopback.ts')).href];
    const proxy = await startProxy(t, { upstream: 1 });
    const env = { HTTP_PROXY: proxy.url.href, HTTPS_PROXY: proxy.url.href };
    const hostsOf = ({ stderr }: Finished): string[] =>
      [...stderr.matchAll(/^connects to (.+)$/gm)].map(([, host = '']) => host);

    const { code, stdout, ...rest } = await run(['demo'], { node, env });
    assert.equal(code, 0, stdout + rest.stderr);
    assert.deepEqual([...new Set(hostsOf({ code, stdout, ...rest }))], ['127.0.0.1']);
    assert.deepEqual(proxy.asked, []);
    // what would be seen, and held back
    const elsewhere = await run(['list', 'registry.example/acme/app:1', '--retries', '0'], { node });
    assert.equal(elsewhere.code, 3, elsewhere.stdout);
    assert.deepEqual([...new Set(hostsOf(elsewhere))], ['registry.example']);
  });
});
