import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'esbuild';

interface Stub {
  /** The module, as undici's own files name it. */
  readonly module: RegExp;
  readonly contents: string;
}

const refuse = (what: string): string =>
  `() => { throw new TypeError(${JSON.stringify(`${what} is not in this bundle`)}); }`;

const require = createRequire(import.meta.url);

/** Of the parser's constants those that the client reads; throws if it reads others by now. */
function parserConstants(): string {
  const client = readFileSync(require.resolve('undici/lib/dispatcher/client-h1.js'), 'utf8');
  const read = new Set([...client.matchAll(/\bconstants\.([A-Z]\w*)/g)].map(([, name]) => name));
  assert.deepEqual(
    [...read].sort(),
    ['ERROR', 'TYPE'],
    'what client-h1.js reads of the constants: look at slim-undici.ts',
  );
  const { ERROR, TYPE } = require('undici/lib/llhttp/constants.js') as Record<string, unknown>;
  return `exports.ERROR = ${JSON.stringify(ERROR)};exports.TYPE = ${JSON.stringify(TYPE)};`;
}

/**
 * Modules of undici that a registry client never uses, but loads. `net/` speaks HTTP/1.1 alone (`allowH2: false`) and
 * sends bytes and iterables, never a FormData. Without them a run starts a third faster and the bundle halves.
 */
const STUBS: readonly Stub[] = [
  { module: /\/client-h2\.js$/, contents: `module.exports = ${refuse('HTTP/2')};` },
  { module: /\/web\/fetch\/body\.js$/, contents: `exports.extractBody = ${refuse('FormData')};` },
  { module: /\/web\/fetch\/formdata$/, contents: '' },
  // only asked whether a body is an IncomingMessage, and for the default of an option that net/ always gives
  { module: /^node:http$/, contents: 'exports.IncomingMessage = class {}; exports.maxHeaderSize = 16384;' },
  // nobody subscribes to undici's channels in this process
  {
    module: /\/core\/diagnostics\.js$|^\.\/diagnostics(?:\.js)?$/,
    contents: 'exports.channels = new Proxy({}, { get: () => ({ hasSubscribers: false, publish() {} }) });',
  },
  // undici calls it with a condition and a message, and uses nothing else of it
  {
    module: /^node:assert$/,
    contents:
      'module.exports = (condition, message) => { if (!condition) throw message instanceof Error ? message : new Error(message ?? "assertion failed"); };',
  },
  // a trie of the known header names, built at start, that spares the lower-casing of those: without it all are lower-cased
  { module: /^\.\/tree$/, contents: 'exports.tree = { lookup: () => null };' },
  // tables that only a server needs, or the parser's own code generator
  { module: /\/llhttp\/constants\.js$/, contents: parserConstants() },
  { module: /\/web\/webidl$/, contents: 'exports.webidl = { is: { FormData: () => false } };' },
];

/** Replaces them where undici's dispatchers ask for them, and fails when one is asked for no longer. */
export const slimUndici: Plugin = {
  name: 'slim-undici',
  setup(build) {
    const used = new Set<Stub>();
    build.onResolve({ filter: /^(?:\.\.?\/|node:)/ }, ({ path, importer }) => {
      if (!/[\\/]undici[\\/]lib[\\/](?:core|dispatcher)[\\/]/.test(importer)) return undefined;
      const stub = STUBS.find(({ module }) => module.test(path));
      if (stub === undefined) return undefined;
      used.add(stub);
      return { path: String(STUBS.indexOf(stub)), namespace: 'slim-undici' };
    });
    build.onLoad({ filter: /.*/, namespace: 'slim-undici' }, ({ path }) => ({
      contents: STUBS[Number(path)]?.contents ?? '',
    }));
    build.onEnd(() => {
      for (const stub of STUBS)
        assert.ok(used.has(stub), `undici no longer loads ${stub.module}: look at slim-undici.ts`);
    });
  },
};

/** undici leaves its second HTTP parser (Milo, experimental) out of a bundle that defines this, as in Node's own. */
export const UNDICI_DEFINE = { esbuildDetection: 'true' };
