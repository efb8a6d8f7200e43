import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { NODE_24, PROJECT_ROOT } from '../support/runner-harness.ts';
import { pushSampleImage } from '../support/sample-image.ts';
import { WINDOWS } from '../support/system.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';

const exec = promisify(execFile);
const NPM = ['--no-audit', '--no-fund', '--loglevel=error'];

/** Node starts no npm.cmd without a shell; a script of npm knows where npm itself is. */
function npm(args: readonly string[], cwd: string): Promise<{ readonly stdout: string }> {
  const self = process.env['npm_execpath'];
  if (self?.endsWith('npm-cli.js')) return exec(process.execPath, [self, ...args, ...NPM], { cwd });
  return exec('npm', [...args, ...NPM], { cwd, shell: WINDOWS });
}

/** What somebody writes who has read the README: every export that it names. */
const CONSUMER = `
import {
  attach,
  CodedError,
  type Digest,
  digestOf,
  listReferrers,
  openLayout,
  openRegistry,
  type Referrer,
  type ReferrersTree,
  type Store,
  type Warning,
} from 'oci-referrers';

const warnings: Warning[] = [];
const registry = await openRegistry({ env: {}, onWarning: (warning) => warnings.push(warning) });
const store: Store = await registry.repository(process.argv[2] ?? '');
const content = new TextEncoder().encode('{"a":1}');
const attached = await attach({
  store,
  target: { tag: '1' },
  artifactType: 'application/vnd.example',
  files: [{ title: 'a.json', mediaType: 'application/json', content }],
});
const digest: Digest = attached.digest;
const tree: ReferrersTree = await listReferrers({ store, target: { tag: '1' } });
const rows: readonly Referrer[] = tree.root.referrers;
let code: string | undefined;
try {
  await openLayout('nowhere');
} catch (error) {
  if (error instanceof CodedError) code = error.code;
}
// @ts-expect-error: a digest is not any string
const wrong: Digest = 'latest';
console.log(JSON.stringify({
  same: rows.map((row) => row.descriptor.digest).includes(digest),
  content: digestOf(content),
  code,
  requests: registry.economy.requests > 0,
  warnings: warnings.length,
  wrong,
}));
await registry.close();
`;

const TSCONFIG = {
  compilerOptions: {
    target: 'es2022',
    module: 'nodenext',
    moduleResolution: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    // the declarations themselves are checked, too
    skipLibCheck: false,
    types: ['node'],
    outDir: 'out',
  },
  files: ['consumer.ts'],
};

describe('the published package', () => {
  let folder: TempDir;
  let tarball: string;
  let files: string[];

  before(async () => {
    folder = await makeTempDir();
    const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder.path];
    const { stdout } = await npm(pack, PROJECT_ROOT);
    const packed: unknown = JSON.parse(stdout);
    const [entry] = Object.values(packed as object) as { filename: string; files: { path: string }[] }[];
    tarball = join(folder.path, entry?.filename ?? assert.fail(stdout));
    files = entry?.files.map(({ path }) => path) ?? [];
    await mkdir(join(folder.path, 'consumer'));
    await writeFile(join(folder.path, 'consumer/package.json'), '{"type":"module","private":true}');
    await npm(['install', '--offline', '--ignore-scripts', tarball], join(folder.path, 'consumer'));
  });
  after(() => folder.remove());

  test('holds what it needs to run and to be understood, and no sources', () => {
    const needed = [
      'README.md',
      'LICENSE',
      'package.json',
      'action.yml',
      'dist/cli.js',
      'dist/index.js',
      'dist/LICENSES.txt',
    ];
    for (const path of [...needed, 'dist/types/index.d.ts']) assert.ok(files.includes(path), path);
    assert.deepEqual(
      files.filter((path) => /^(?:src|test|scripts|bench|\.)/.test(path)),
      [],
    );
  });

  test('installs into an empty project with nothing else beside it, and runs no script', async () => {
    const installed = JSON.parse(await readFile(join(folder.path, 'consumer/package-lock.json'), 'utf8')) as {
      packages: Record<string, { hasInstallScript?: boolean }>;
    };
    assert.deepEqual(Object.keys(installed.packages), ['', 'node_modules/oci-referrers']);
    assert.equal(installed.packages['node_modules/oci-referrers']?.hasInstallScript, undefined);
  });

  test('has no script that makes npm build it when it is installed from git (pacote, lib/git.js)', async () => {
    const { scripts } = JSON.parse(await readFile(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const building = ['postinstall', 'build', 'preinstall', 'install', 'prepack', 'prepare'];
    assert.deepEqual(
      building.filter((name) => name in scripts),
      [],
    );
  });

  test('its command runs', async () => {
    const bin = join(folder.path, 'consumer/node_modules/.bin/oci-referrers');
    // npm makes a link there, and on Windows a script
    const { stdout } = WINDOWS
      ? await exec(`"${bin}.cmd"`, ['--version'], { shell: true })
      : await exec(NODE_24, [bin, '--version']);
    const { version } = JSON.parse(await readFile(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { version: string };
    assert.equal(stdout.trim(), version);
  });

  test('a consumer compiles against its types, declarations checked, and runs', async () => {
    const consumer = join(folder.path, 'consumer');
    await mkdir(join(consumer, 'node_modules/@types'), { recursive: true });
    for (const name of ['@types/node', 'undici-types']) {
      await symlink(join(PROJECT_ROOT, 'node_modules', name), join(consumer, 'node_modules', name), 'junction');
    }
    await writeFile(join(consumer, 'consumer.ts'), CONSUMER);
    await writeFile(join(consumer, 'tsconfig.json'), JSON.stringify(TSCONFIG));
    const tsc = join(PROJECT_ROOT, 'node_modules/typescript/lib/tsc.js');
    const compiled = await exec(NODE_24, [tsc, '-p', consumer]).catch((error: { stdout: string }) => error);
    assert.equal(compiled.stdout, '');

    const registry = await startEmbeddedRegistry();
    try {
      await pushSampleImage({ host: registry.host, repository: 'acme/app' }, { tag: '1' });
      const { stdout } = await exec(NODE_24, [join(consumer, 'out/consumer.js'), `${registry.host}/acme/app`]);
      assert.deepEqual(JSON.parse(stdout), {
        same: true,
        content: 'sha256:015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862',
        code: 'layout-not-found',
        requests: true,
        warnings: 0,
        wrong: 'latest',
      });
    } finally {
      await registry.close();
    }
  });

  test('publint finds nothing', async () => {
    const { stdout } = await exec(NODE_24, [
      join(PROJECT_ROOT, 'node_modules/publint/src/cli.js'),
      tarball,
      '--strict',
    ]);
    assert.match(stdout, /All good!/);
  });

  test('arethetypeswrong finds nothing: it is ES modules alone', async () => {
    const attw = join(PROJECT_ROOT, 'node_modules/@arethetypeswrong/cli/dist/index.js');
    const { stdout } = await exec(NODE_24, [attw, tarball, '--profile', 'esm-only', '--no-emoji', '--format', 'ascii']);
    // it exits with 1 for any problem that the profile does not name
    assert.match(stdout, /^node16 \(from ESM\): OK \(ESM\)$/m);
    assert.match(stdout, /^bundler: OK/m);
  });
});
