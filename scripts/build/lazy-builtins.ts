import { createRequire } from 'node:module';
import type { Plugin } from 'esbuild';

const require = createRequire(import.meta.url);

/**
 * Built-in modules that cost milliseconds to load and are needed late, or never. Even node:fs is one: Node has it
 * loaded, but `import` reads every getter of a built-in module, and behind two of fs's stand more modules.
 */
const LAZY = [
  'node:child_process',
  'node:crypto',
  'node:fs',
  'node:fs/promises',
  'node:http',
  'node:https',
  'node:net',
  'node:os',
  'node:timers/promises',
];

/**
 * `import { createHash } from 'node:crypto'` loads all of node:crypto (5 ms of a 25 ms start) before the first line of
 * our own runs. In the bundle such a function loads its module when it is first called: by then the request is on its way.
 */
export const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      LAZY.includes(path) && kind === 'import-statement'
        ? { path, namespace: 'lazy-builtin', sideEffects: false }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'lazy-builtin' }, ({ path }) => ({
      contents: lazyModule(path),
      loader: 'js',
    }));
  },
};

function lazyModule(path: string): string {
  const exports = Object.entries(require(path) as Record<string, unknown>);
  return [
    'let loaded;',
    `const load = () => (loaded ??= process.getBuiltinModule(${JSON.stringify(path)}));`,
    ...exports.map(([name, value]) => lazyExport(name, value)),
  ].join('\n');
}

/** Functions and classes, called or constructed; of objects (`constants`) each property when it is read. */
function lazyExport(name: string, value: unknown): string {
  if (typeof value !== 'function')
    return `export const ${name} = /* @__PURE__ */ new Proxy({}, { get: (_, key) => load().${name}[key] });`;
  return `export function ${name}(...args) { const it = load().${name}; return new.target ? new it(...args) : it(...args); }`;
}
