/**
 * Builds dist/: the Action's entry points, the CLI, the library with its declarations, and the licences of what is
 * bundled. The same sources give the same bytes. `npm run bundle` runs it; dist/ is committed.
 *
 *     node scripts/build.ts [--outdir DIR] [--metafile FILE]
 */
import { chmod, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
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

await rm(outdir, { recursive: true, force: true });
const metafile = await bundle(root, outdir);
assertBundle(metafile);
await writeFile(join(outdir, 'LICENSES.txt'), await collectLicences(metafile, root));
await emitDeclarations(root, join(outdir, 'types'));
await chmod(join(outdir, 'cli.js'), 0o755);
if (values.metafile) await writeFile(values.metafile, JSON.stringify(metafile));
console.log(renderSizes(metafile));
