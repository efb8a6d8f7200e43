import type { Metafile } from 'esbuild';
import { bundledFiles } from './licences.ts';

/** What must hold of every bundle; throws with what does not. */
export function assertBundle(metafile: Metafile): void {
  assertOneUndici(metafile);
  assertNoRequire(metafile);
}

/** Two copies of undici would double the size and the start-up time, and pools would not be shared. */
function assertOneUndici(metafile: Metafile): void {
  const folders = new Set(
    bundledFiles(metafile).flatMap((file) => /^(?:.*\/)?node_modules\/undici\//.exec(file) ?? []),
  );
  if (folders.size !== 1) throw new TypeError(`expected one undici in the bundle, found: ${[...folders].join(', ')}`);
  const agents = Object.entries(metafile.outputs).filter(([, { inputs }]) =>
    Object.keys(inputs).some((file) => file.endsWith('undici/lib/dispatcher/agent.js')),
  );
  if (agents.length !== 1) throw new TypeError(`expected undici in one chunk, found it in ${agents.length}`);
}

/** esbuild leaves an import of a name that it could not bundle; only Node's own may be left. */
function assertNoRequire(metafile: Metafile): void {
  const foreign = Object.values(metafile.outputs)
    .flatMap(({ imports }) => imports)
    .filter(({ external, path, kind }) => external && (kind === 'require-call' || !path.startsWith('node:')))
    .map(({ path, kind }) => `${path} (${kind})`);
  const odd = foreign.filter(
    (text) => !/^(?:fs|os|path|crypto|util|fs\/promises|url|module) \(import-statement\)$/.test(text),
  );
  if (odd.length > 0) throw new TypeError(`the bundle asks for what is not there: ${[...new Set(odd)].join(', ')}`);
}
