import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { staticClosure } from '../../scripts/build/sizes.ts';
import { NODE_24, PROJECT_ROOT } from '../support/runner-harness.ts';
import { WINDOWS } from '../support/system.ts';
import { makeTempDir } from '../support/temp-dir.ts';

type Metafile = Parameters<typeof staticClosure>[0];

const skip = WINDOWS && 'dist is built on Linux, and compared there';

describe('the build', () => {
  test('gives the same bytes each time, one undici, and the licence of each package that it bundles', {
    skip,
  }, async () => {
    await using folder = await makeTempDir();
    const build = async (name: string): Promise<Metafile> => {
      const metafile = join(folder.path, `${name}.json`);
      const args = [
        join(PROJECT_ROOT, 'scripts/build.ts'),
        '--outdir',
        join(folder.path, name),
        '--metafile',
        metafile,
      ];
      await promisify(execFile)(NODE_24, args);
      return JSON.parse(await readFile(metafile, 'utf8')) as Metafile;
    };
    const metafile = await build('first');
    await build('second');
    const read = async (name: string): Promise<Record<string, string>> => {
      const paths = (await readdir(join(folder.path, name), { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
      const texts = paths.map(async (path) => [
        path.slice(join(folder.path, name).length).replaceAll('\\', '/'),
        await readFile(path, 'utf8'),
      ]);
      return Object.fromEntries(await Promise.all(texts)) as Record<string, string>;
    };
    const [first, second] = [await read('first'), await read('second')];
    assert.ok(Object.keys(first).length > 20);
    assert.deepEqual(Object.keys(first), Object.keys(second));
    for (const [path, text] of Object.entries(first)) assert.equal(text, second[path], path);

    const inputs = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
    const bundled = inputs.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
    const licences = first['/LICENSES.txt'] ?? '';
    for (const name of new Set(bundled)) assert.match(licences, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
    assert.ok(!bundled.includes('@actions/http-client'));
    for (const [path, text] of Object.entries(first)) {
      assert.ok(!text.includes(PROJECT_ROOT) && !text.includes(folder.path), `${path} names a folder of this machine`);
    }
  });
});
