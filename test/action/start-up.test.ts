import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { PROJECT_ROOT, runStep, type StepOptions } from '../support/runner-harness.ts';
import { pushSampleImage } from '../support/sample-image.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';

/** Bytes of dist that a whole run of attach may load. */
const MAX_ATTACH_BYTES = 600_000;
/** Bytes of dist that a run may load which ends with a usage error. */
const MAX_USAGE_BYTES = 40_000;

/** Notes every file and built-in module that a process has loaded by its end. */
const TRACER = `
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
const before = new Set(process.moduleLoadList);
const files = [];
registerHooks({ load(url, context, next) { files.push(url); return next(url, context); } });
process.on('exit', () => {
  const builtins = process.moduleLoadList.filter((name) => !before.has(name));
  appendFileSync(process.env.TRACE_FILE, JSON.stringify({ files, builtins }) + '\\n');
});
`;

interface Trace {
  readonly files: readonly string[];
  readonly builtins: readonly string[];
  /** Bytes of the files in dist. */
  readonly bytes: number;
}

async function trace(folder: TempDir, action: string, options: StepOptions): Promise<Trace[]> {
  const tracer = join(folder.path, 'tracer.mjs');
  const file = join(folder.path, 'trace.jsonl');
  await writeFile(tracer, TRACER);
  await writeFile(file, '');
  const env = { NODE_OPTIONS: `--import=${pathToFileURL(tracer).href}`, TRACE_FILE: file };
  await runStep(action, { ...options, env });
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  return Promise.all(lines.map((line) => readTrace(line)));
}

async function readTrace(line: string): Promise<Trace> {
  const { files, builtins } = JSON.parse(line) as Pick<Trace, 'files' | 'builtins'>;
  const inDist = files.filter((url) => url.startsWith(pathToFileURL(join(PROJECT_ROOT, 'dist')).href));
  const sizes = await Promise.all(inDist.map(async (url) => (await stat(new URL(url))).size));
  return { files: inDist.map((url) => basename(url)), builtins, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

describe('what a run loads', () => {
  test(`attach, from start to end, at most ${MAX_ATTACH_BYTES} bytes; its post step next to nothing`, async () => {
    const registry = await startEmbeddedRegistry();
    await using folder = await makeTempDir();
    try {
      await pushSampleImage({ host: registry.host, repository: 'acme/app' }, { tag: '1' });
      await writeFile(join(folder.path, 'report.json'), '{"a":1}');
      const [main, post] = await trace(folder, 'attach', {
        with: { image: `${registry.host}/acme/app:1`, files: 'report.json', 'artifact-type': 'application/vnd.x' },
        workspace: folder.path,
      });
      assert.ok(main && main.bytes > 100_000 && main.bytes <= MAX_ATTACH_BYTES, `${main?.bytes} bytes`);
      assert.ok(post && post.bytes > 0 && post.bytes <= 2000, `${post?.bytes} bytes in ${post?.files.join()}`);
    } finally {
      await registry.close();
    }
  });

  test(`a usage error at most ${MAX_USAGE_BYTES} bytes, no network, no cryptography`, async () => {
    await using folder = await makeTempDir();
    const [main] = await trace(folder, 'attach', { with: { fils: 'x' }, workspace: folder.path });
    assert.ok(main && main.bytes > 0 && main.bytes <= MAX_USAGE_BYTES, `${main?.bytes} bytes`);
    const heavy = /^NativeModule (?:internal\/crypto\/|crypto$|net$|http|tls|dns|child_process|worker_threads|tty$)/;
    assert.deepEqual(
      main.builtins.filter((name) => heavy.test(name)),
      [],
    );
  });
});
