import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Agent, buildConnector } from '../../src/net/undici-inner.ts';
import { Pool, ProxyAgent, TunnelPool } from '../../src/net/undici-inner-proxy.ts';

const SOURCES = join(import.meta.dirname, '../../src');

describe('the inner files of undici', () => {
  test('are the classes of its public entry', async () => {
    const publicEntry = await import('undici');
    assert.equal(Agent, publicEntry.Agent);
    assert.equal(Pool, publicEntry.Pool);
    assert.equal(ProxyAgent, publicEntry.ProxyAgent);
    assert.equal(buildConnector, publicEntry.buildConnector);
  });

  test('have the methods that are used of them', () => {
    for (const Dispatcher of [Agent, Pool, ProxyAgent]) {
      for (const method of ['dispatch', 'destroy'] as const) {
        assert.equal(typeof Dispatcher.prototype[method], 'function', `${Dispatcher.name}.${method}`);
      }
    }
    assert.equal(Agent.prototype.dispatch.length, 2);
    const pool = new TunnelPool('http://127.0.0.1:1', {});
    assert.equal(typeof pool.connect, 'function');
    assert.equal(typeof buildConnector({}), 'function');
  });

  test('are of the version that package.json pins, the only one that is installed', async () => {
    const require = createRequire(import.meta.url);
    const { version } = require('undici/package.json') as { version: string };
    const project = JSON.parse(await readFile(join(SOURCES, '../package.json'), 'utf8'));
    assert.equal(project.devDependencies.undici, version);
    assert.equal(project.overrides.undici, '$undici');
  });

  test('are imported by two files, and undici by no other', async () => {
    const files = (await readdir(SOURCES, { recursive: true })).filter((name) => name.endsWith('.ts'));
    assert.ok(files.length > 20);
    const importers: string[] = [];
    for (const file of files) {
      const text = await readFile(join(SOURCES, file), 'utf8');
      if (/^(import|export) (?!type)[^;]*from 'undici|await import\('undici|require\('undici/m.test(text))
        importers.push(file.replaceAll('\\', '/'));
    }
    assert.deepEqual(importers.sort(), ['net/undici-inner-proxy.ts', 'net/undici-inner.ts']);
  });
});
