import assert from 'node:assert/strict';
import type { Plugin } from 'esbuild';

/**
 * What @actions/github's own utilities import to honour proxies: an HTTP client with an undici of its own, and undici's
 * fetch. This project gives each Octokit its own fetch (src/github/octokit.ts), so neither is ever called.
 */
const STUBS: Readonly<Record<string, string>> = {
  '@actions/http-client': 'export class HttpClient { getAgent() {} getAgentDispatcher() {} }',
  undici: 'export function fetch() { throw new TypeError("requests go through net/"); }',
};

/** Replaces them, and fails when one is asked for no longer. */
export const slimGithub: Plugin = {
  name: 'slim-github',
  setup(build) {
    const used = new Set<string>();
    build.onResolve({ filter: /^(?:@actions\/http-client|undici)$/ }, ({ path, importer }) => {
      if (!/[\\/]@actions[\\/]github[\\/]lib[\\/]internal[\\/]/.test(importer)) return undefined;
      used.add(path);
      return { path: String(Object.keys(STUBS).indexOf(path)), namespace: 'slim-github' };
    });
    build.onLoad({ filter: /.*/, namespace: 'slim-github' }, ({ path }) => ({
      contents: Object.values(STUBS)[Number(path)] ?? '',
    }));
    build.onEnd(() => {
      for (const path of Object.keys(STUBS))
        assert.ok(used.has(path), `@actions/github no longer loads ${path}: look at slim-github.ts`);
    });
  },
};
