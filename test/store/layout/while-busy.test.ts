import assert from 'node:assert/strict';
import { open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { whileBusy } from '../../../src/store/layout/while-busy.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

/** Fails with these codes one after another, then gives `done`. */
function failing(...codes: string[]): { readonly run: () => Promise<string>; readonly calls: () => number } {
  let calls = 0;
  const run = async (): Promise<string> => {
    const code = codes[calls++];
    if (code === undefined) return 'done';
    throw Object.assign(new Error(code), { code });
  };
  return { run, calls: () => calls };
}

describe('an operation on a file that others have open', () => {
  it('is done again on Windows until they are done with it', async () => {
    const operation = failing('EPERM', 'EACCES', 'EBUSY', 'EPERM');
    assert.equal(await whileBusy(operation.run, { platform: 'win32' }), 'done');
    assert.equal(operation.calls(), 5);
  });

  it('fails there with what it failed with last, when that does not end', async () => {
    const operation = failing(...Array.from({ length: 1000 }, () => 'EPERM'));
    await assert.rejects(whileBusy(operation.run, { platform: 'win32', forMs: 60 }), { code: 'EPERM' });
    assert.ok(operation.calls() > 1);
  });

  for (const [platform, code] of [
    ['win32', 'ENOENT'],
    ['win32', 'EEXIST'],
    ['win32', 'ENOSPC'],
    ['linux', 'EPERM'],
    ['darwin', 'EACCES'],
  ] as const) {
    it(`fails at once with ${code} on ${platform}`, async () => {
      const operation = failing(code);
      await assert.rejects(whileBusy(operation.run, { platform }), { code });
      assert.equal(operation.calls(), 1);
    });
  }

  it('replaces a file that is being read', async () => {
    await using dir = await makeTempDir();
    const [old, next] = [join(dir.path, 'index.json'), join(dir.path, 'next')];
    await writeFile(old, 'old');
    await writeFile(next, 'new');
    const reader = await open(old);
    const closed = new Promise((resolve) => setTimeout(resolve, 50)).then(() => reader.close());
    await whileBusy(() => rename(next, old));
    await closed;
    assert.equal(await readFile(old, 'utf8'), 'new');
  });
});
