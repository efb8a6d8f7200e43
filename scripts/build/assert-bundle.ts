import assert from 'node:assert/strict';
import { builtinModules } from 'node:module';
import type { Metafile } from 'esbuild';
import { bundledFiles } from './licences.ts';
import { bytesOf, staticClosure } from './sizes.ts';

/** Bytes that a run of attach loads from start to end, without proxies, globs and layouts. */
const MAX_ATTACH_BYTES = 600_000;
/** Bytes that a run loads which ends with a usage error. */
const MAX_SHELL_BYTES = 40_000;

/** Asked for by packages that go on without: Kerberos before a proxy (proxy-agent-negotiate, below @sigstore/tuf). */
const OPTIONAL = ['kerberos'];

/** What must hold of every bundle; throws with what does not. */
export function assertBundle(metafile: Metafile): void {
  assertOneUndici(metafile);
  assertCacheIsData(metafile);
  assertImportsResolve(metafile);
  assertSmallStart(metafile);
  assertReportsComeLate(metafile);
}

/** Two copies of undici would double the size and the start-up time, and pools would not be shared. */
function assertOneUndici(metafile: Metafile): void {
  const files = bundledFiles(metafile);
  const folders = new Set(files.flatMap((file) => /^(?:.*\/)?node_modules\/undici\//.exec(file) ?? []));
  assert.deepEqual([...folders], ['node_modules/undici/']);
  const agents = Object.values(metafile.outputs).filter(({ inputs }) =>
    Object.keys(inputs).some((file) => file.endsWith('undici/lib/dispatcher/agent.js')),
  );
  assert.equal(agents.length, 1, 'undici must be in one chunk');
  assert.ok(!files.some((file) => file.includes('@actions/http-client')), "@actions/core's HTTP client is bundled");
}

/** Of @actions/cache only the protocol: neither what unpacks files nor the Azure SDK (docs/adr/0008-the-cache-holds-data.md). */
function assertCacheIsData(metafile: Metafile): void {
  const foreign = /node_modules\/@azure\/|node_modules\/@actions\/cache\/lib\/(?!generated\/|internal\/config\.js$)/;
  const found = bundledFiles(metafile).filter((file) => foreign.test(file));
  assert.deepEqual(found, [], '@actions/cache is bundled with more than its protocol');
}

/** What esbuild left as an import is a module of Node's, or a file of dist. */
function assertImportsResolve(metafile: Metafile): void {
  const entries = Object.keys(metafile.outputs).map((path) => path.slice(path.lastIndexOf('/') + 1));
  const foreign = Object.values(metafile.outputs)
    .flatMap(({ imports }) => imports)
    .filter(({ external }) => external)
    .filter(({ path, kind }) => {
      const isBuiltin = builtinModules.includes(path.replace(/^node:/, ''));
      const isInDist = path.startsWith('./') && entries.includes(path.slice(2));
      const isOptional = kind === 'dynamic-import' && OPTIONAL.includes(path);
      return kind === 'require-call' || (!isBuiltin && !isInDist && !isOptional);
    });
  assert.deepEqual(foreign, [], 'the bundle asks for what is not there');
}

/** The only output of this name. */
function outputOf(metafile: Metafile, name: RegExp): string {
  const found = Object.keys(metafile.outputs).filter((path) => name.test(path));
  assert.equal(found.length, 1, `one output must match ${name}`);
  return found[0] ?? '';
}

/** What reports a run loads @actions/core, and that all of node:crypto: not before the first request is on its way. */
function assertReportsComeLate(metafile: Metafile): void {
  for (const command of ['attach', 'list', 'verify', 'repair']) {
    const outputs = staticClosure(metafile, outputOf(metafile, new RegExp(`/perform-${command}-\\w+\\.js$`)));
    const inputs = [...outputs].flatMap((path) => Object.keys(metafile.outputs[path]?.inputs ?? {}));
    const early = inputs.filter((file) => file.includes('node_modules/@actions/core/'));
    assert.deepEqual(early, [], `${command} loads @actions/core before its first request`);
  }
}

function assertSmallStart(metafile: Metafile): void {
  const start = staticClosure(metafile, outputOf(metafile, /\/attach\.js$/));
  const parts = [/\/perform-attach-\w+\.js$/, /\/report-attach-\w+\.js$/].map((name) => outputOf(metafile, name));
  const all = new Set([...start, ...parts.flatMap((part) => [...staticClosure(metafile, part)])]);
  assert.ok(bytesOf(metafile, start) <= MAX_SHELL_BYTES, `attach starts with ${bytesOf(metafile, start)} bytes`);
  assert.ok(bytesOf(metafile, all) <= MAX_ATTACH_BYTES, `attach loads ${bytesOf(metafile, all)} bytes`);
}
