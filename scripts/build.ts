/**
 * Builds dist/: the Action's entry points, the CLI, the library with its declarations, and the licences of what is
 * bundled. The same sources give the same bytes. `npm run bundle` runs it; dist/ is committed.
 *
 *     node scripts/build.ts [--outdir DIR] [--metafile FILE]
 */
import { chmod, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Metafile } from 'esbuild';
import { assertBundle } from './build/assert-bundle.ts';
import { bundle } from './build/bundle.ts';
import { emitDeclarations } from './build/emit-declarations.ts';
import { collectLicences } from './build/licences.ts';
import { renderSizes } from './build/sizes.ts';

const root = resolve(import.meta.dirname, '..');
const { values } = parseArgs({
  options: { outdir: { type: 'string', default: 'dist' }, metafile: { type: 'string' } },
});
const outdir = resolve(root, values.outdir);

// beside it, so that it can be renamed
const scratch = join(dirname(outdir), `.${basename(outdir)}-${process.pid}`);
try {
  const metafile = await buildInto(scratch);
  await replaceFolder(outdir, scratch);
  if (values.metafile) await writeFile(values.metafile, JSON.stringify(metafile));
  console.log(renderSizes(metafile));
} finally {
  await rm(scratch, { recursive: true, force: true });
}

async function buildInto(folder: string): Promise<Metafile> {
  const metafile = await bundle(root, folder);
  assertBundle(metafile);
  await writeFile(join(folder, 'LICENSES.txt'), await collectLicences(metafile, root));
  await emitDeclarations(root, join(folder, 'types'));
  await chmod(join(folder, 'cli.js'), 0o755);
  return metafile;
}

/** In one step, as far as a file system lets us: what runs from the folder meanwhile finds the old files or the new ones. */
async function replaceFolder(folder: string, by: string): Promise<void> {
  const old = `${by}-old`;
  await rename(folder, old).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(by, folder);
  await rm(old, { recursive: true, force: true });
}
