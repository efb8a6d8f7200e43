/**
 * Builds dist/: the Action's entry points, the CLI, the library with its declarations, and the licences of what is
 * bundled. The same sources give the same bytes. `npm run bundle` runs it; dist/ is committed.
 */
import { execFile } from 'node:child_process';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { build, type Metafile } from 'esbuild';
import { assertBundle } from './build/assert-bundle.ts';
import { builtinRequire } from './build/builtin-require.ts';
import { collectLicences } from './build/licences.ts';
import { pruneOidc } from './build/prune-oidc.ts';
import { renderSizes } from './build/sizes.ts';

const root = resolve(import.meta.dirname, '..');

const ENTRY_POINTS = {
  main: 'src/action/main.ts',
  attach: 'src/action/attach.ts',
  list: 'src/action/list.ts',
  post: 'src/action/post.ts',
  cli: 'src/cli/main.ts',
  index: 'src/index.ts',
};

const { values } = parseArgs({ options: { outdir: { type: 'string', default: 'dist' } } });
const outdir = resolve(root, values.outdir);

await rm(outdir, { recursive: true, force: true });
const metafile = await bundle();
assertBundle(metafile);
await writeFile(join(outdir, 'LICENSES.txt'), await collectLicences(metafile, root));
await emitDeclarations();
await chmod(join(outdir, 'cli.js'), 0o755);
console.log(renderSizes(metafile));

async function bundle(): Promise<Metafile> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const result = await build({
    absWorkingDir: root,
    entryPoints: ENTRY_POINTS,
    outdir,
    bundle: true,
    format: 'esm',
    platform: 'node',
    // the oldest Node that undici 8 runs on, for the CLI; the Action itself runs on 24
    target: 'node22.19',
    splitting: true,
    entryNames: '[name]',
    chunkNames: 'chunks/[name]-[hash]',
    // no --minify-identifiers: it makes start-up slower (V8 compiles arrows in parentheses eagerly) and spoils traces
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    charset: 'utf8',
    define: { OCI_REFERRERS_VERSION: JSON.stringify(version) },
    metafile: true,
    logLevel: 'warning',
    plugins: [builtinRequire, pruneOidc],
  });
  return result.metafile;
}

async function emitDeclarations(): Promise<void> {
  const tsc = join(root, 'node_modules/typescript/lib/tsc.js');
  await promisify(execFile)(process.execPath, [
    tsc,
    '-p',
    join(root, 'tsconfig.build.json'),
    '--outDir',
    join(outdir, 'types'),
  ]);
}
