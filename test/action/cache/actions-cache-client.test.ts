import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { createCacheClient } from '../../../src/action/cache/actions-cache-client.ts';

const ROOT = join(import.meta.dirname, '../../..');
const SOURCES = join(ROOT, 'src');
const DOOR = join('action', 'cache', 'actions-cache-client.ts');

describe('the inner files of @actions/cache', () => {
  it('ask in the words of the protocol, and read its answers', async () => {
    const asked: unknown[] = [];
    const client = createCacheClient({
      request: async (...call) => {
        asked.push(call);
        return { ok: true, entry_id: '7', added_later: {} };
      },
    });
    const ended = await client.FinalizeCacheEntryUpload({ key: 'k', version: 'v', sizeBytes: '5' });
    const service = 'github.actions.results.api.v1.CacheService';
    const data = { key: 'k', size_bytes: '5', version: 'v' };
    assert.deepEqual(asked, [[service, 'FinalizeCacheEntryUpload', 'application/json', data]]);
    assert.deepEqual([ended.ok, ended.entryId], [true, '7']);
  });

  it('load neither what unpacks files nor the Azure SDK', async () => {
    const program = `
      import { registerHooks } from 'node:module';
      registerHooks({
        load(url, context, next) { console.log(url); return next(url, context); },
      });
      await import(${JSON.stringify(pathToFileURL(join(SOURCES, DOOR)).href)});`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
    const names = stdout.split('\n').flatMap((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
    assert.deepEqual([...new Set(names)].sort(), [
      '@actions/cache',
      '@protobuf-ts/runtime',
      '@protobuf-ts/runtime-rpc',
    ]);
    assert.doesNotMatch(stdout, /\/lib\/(?:cache|internal\/tar)\.js/);
  });

  it('are of the version that package.json pins, the only one that is installed', async () => {
    const read = async (path: string) => JSON.parse(await readFile(join(ROOT, path), 'utf8'));
    const { version } = await read('node_modules/@actions/cache/package.json');
    assert.equal((await read('package.json')).devDependencies['@actions/cache'], version);
  });

  it('are imported by one file', async () => {
    const files = (await readdir(SOURCES, { recursive: true })).filter((name) => name.endsWith('.ts'));
    assert.ok(files.length > 20);
    const importers: string[] = [];
    for (const file of files) {
      const text = await readFile(join(SOURCES, file), 'utf8');
      if (/\b(?:from\s+|import\s*\(?\s*|require\()'[^']*@actions\/cache/.test(text)) importers.push(file);
    }
    assert.deepEqual(importers, [DOOR]);
  });
});
