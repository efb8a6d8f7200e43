import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import type { RepairedJson } from '../../src/report/repair-json.ts';
import { BY_TAG } from '../support/attaching.ts';
import { pushFallbackList } from '../support/listing.ts';
import { NODE_24, PROJECT_ROOT } from '../support/runner-harness.ts';
import { pushSampleImage, pushSampleReferrer, type SampleImage } from '../support/sample-image.ts';
import { homeOf } from '../support/system.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let home: TempDir;
let registry: EmbeddedRegistry;
let repository: string;
let repositories = 0;
let image: SampleImage;
let lost: Descriptor;
before(async () => {
  [home, registry] = await Promise.all([makeTempDir(), startEmbeddedRegistry({ quirks: BY_TAG })]);
});
beforeEach(async () => {
  repository = `acme/app${repositories++}`;
  const target = { host: registry.host, repository };
  image = await pushSampleImage(target, { tag: '1' });
  lost = (await pushSampleReferrer(target, image.descriptor)).descriptor;
  await pushFallbackList(target, image.descriptor, []);
  registry.clearLog();
});
after(() => Promise.all([registry.close(), home.remove()]));

function repair(...words: string[]): Promise<Finished> {
  const all = ['repair', `${registry.host}/${repository}:1`, lost.digest, '--retries', '0', ...words];
  const child = spawn(NODE_24, [join(PROJECT_ROOT, 'dist/cli.js'), ...all], {
    cwd: home.path,
    env: { PATH: process.env['PATH'], ...homeOf(home.path) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
}

const writes = (): number => registry.log.filter(({ method }) => !['GET', 'HEAD'].includes(method)).length;

describe('oci-referrers repair', () => {
  test('--dry-run tells what would be listed and writes nothing', async () => {
    const { code, stdout } = await repair('--dry-run');
    assert.deepEqual([code, writes()], [0, 0]);
    assert.match(stdout, /: list would be rewritten\n {2}\+ added +application\/vnd\.example\.report\.v1\+json/);
    assert.match(stdout, /✓ 1 list: 1 to be rewritten; entries: 1 added \(dry run: nothing was written\)\n$/);
  });

  test('writes the list, and says so as JSON that a program reads', async () => {
    const { code, stdout } = await repair('--format', 'json');
    const [row] = JSON.parse(stdout) as RepairedJson[];
    assert.deepEqual([code, writes()], [0, 1]);
    assert.deepEqual([row?.status, row?.subject, row?.error], ['repaired', image.descriptor.digest, null]);
    assert.deepEqual(
      row?.entries.map(({ digest, change, artifactType }) => ({ digest, change, artifactType })),
      [{ digest: lost.digest, change: 'added', artifactType: lost.artifactType }],
    );
  });

  test('has nothing to do the second time, with the same words for people and programs', async () => {
    assert.equal((await repair()).code, 0);
    registry.clearLog();
    const { code, stdout } = await repair();
    assert.match(stdout, /: nothing to do\n/);
    assert.match(stdout, /✓ 1 list: 1 with nothing to do\n$/);
    const json = await repair('--format', 'json');
    const [row] = JSON.parse(json.stdout) as RepairedJson[];
    assert.deepEqual([code, json.code, row?.status, writes()], [0, 0, 'sound', 0]);
    assert.deepEqual(
      row?.entries.map(({ change }) => change),
      ['kept'],
    );
  });

  test('a refused write is exit code 1, on stderr with its hint and in the JSON with its code', async (t) => {
    registry.quirks.readOnly = 403;
    t.after(() => {
      registry.quirks.readOnly = undefined;
    });
    const { code, stdout, stderr } = await repair('--format', 'json');
    const [row] = JSON.parse(stdout) as RepairedJson[];
    assert.deepEqual([code, row?.status, row?.error?.code], [1, 'failed', 'denied']);
    assert.match(stderr, /denied/);
    assert.ok(row?.error?.hint, 'what to do about it');
  });

  test('what could not be read is exit code 3, and never "nothing to do" alone', async (t) => {
    registry.quirks.failure = { status: 500, match: ({ path }) => path.includes(lost.digest) };
    t.after(() => {
      registry.quirks.failure = undefined;
    });
    const { code, stdout, stderr } = await repair();
    assert.equal(code, 3);
    assert.match(stdout, /\? unread/);
    assert.match(stdout, /✗ 1 list: 1 with nothing to do; entries: 1 not read\n$/);
    assert.match(stderr, /list-incomplete/);
  });
});
