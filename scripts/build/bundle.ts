import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { builtinRequire } from './builtin-require.ts';
import { chunkGroups } from './chunk-groups.ts';
import { lazyBuiltins } from './lazy-builtins.ts';
import { readModuleGraph } from './module-graph.ts';
import { pruneOidc } from './prune-oidc.ts';
import { slimGithub } from './slim-github.ts';
import { slimUndici, UNDICI_DEFINE } from './slim-undici.ts';

/** The Action, the CLI, and undici as the library imports it: what they share is bundled once. */
const COMMANDS = {
  main: 'src/action/main.ts',
  attach: 'src/action/attach.ts',
  list: 'src/action/list.ts',
  verify: 'src/action/verify.ts',
  post: 'src/action/post.ts',
  cli: 'src/cli/main.ts',
  undici: 'src/net/undici-inner.ts',
  'undici-proxy': 'src/net/undici-inner-proxy.ts',
};

const LIBRARY = { index: 'src/index.ts' };

/** Writes all bundles into `outdir`; the metafile is that of all of them. */
export async function bundle(root: string, outdir: string): Promise<Metafile> {
  const options = await commonOptions(root, outdir);
  const slim = [slimUndici, slimGithub, ...options.plugins];
  const draft = await build({ ...options, entryPoints: COMMANDS, plugins: slim, write: false });
  const groups = chunkGroups(readModuleGraph(draft.metafile, Object.values(COMMANDS)), root);
  const commands = await build({ ...options, entryPoints: COMMANDS, plugins: [groups, ...slim] });
  const library = await build({
    ...options,
    entryPoints: LIBRARY,
    // beside the entry point, since what they take from the commands' bundle is named from there
    chunkNames: 'library-[name]-[hash]',
    plugins: [undiciApart, ...options.plugins],
  });
  return {
    inputs: { ...library.metafile.inputs, ...commands.metafile.inputs },
    outputs: { ...library.metafile.outputs, ...commands.metafile.outputs },
  };
}

type CommonOptions = BuildOptions & { readonly metafile: true; readonly plugins: Plugin[] };

async function commonOptions(root: string, outdir: string): Promise<CommonOptions> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return {
    absWorkingDir: root,
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
    define: { OCI_REFERRERS_VERSION: JSON.stringify(version), ...UNDICI_DEFINE },
    metafile: true,
    logLevel: 'warning',
    plugins: [lazyBuiltins, builtinRequire, pruneOidc],
  };
}

/** The library takes undici from the commands' bundle, so that there is one in dist. */
const undiciApart: Plugin = {
  name: 'undici-apart',
  setup(build) {
    build.onResolve({ filter: /\/undici-inner(?:-proxy)?\.ts$/ }, ({ path }) => ({
      path: path.includes('proxy') ? './undici-proxy.js' : './undici.js',
      external: true,
    }));
  },
};
