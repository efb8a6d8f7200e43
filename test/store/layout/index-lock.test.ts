import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { acquireIndexLock } from '../../../src/store/layout/index-lock.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

/** A process that has ended: nobody has its number now, or somebody who is not the owner of a lock. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '0']).pid;
}

async function writeLock(path: string, owner: object, ageMs: number): Promise<void> {
  await writeFile(path, JSON.stringify(owner));
  const at = new Date(Date.now() - ageMs);
  await utimes(path, at, at);
}

describe('acquireIndexLock', () => {
  it('lets one in at a time, and leaves no file behind', async () => {
    await using dir = await makeTempDir();
    const path = join(dir.path, 'index.json.lock');
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 12 }, async () => {
        const lock = await acquireIndexLock(path);
        most = Math.max(most, ++inside);
        await new Promise(setImmediate);
        inside--;
        await lock.release();
      }),
    );
    assert.equal(most, 1);
    assert.deepEqual(await readdir(dir.path), []);
  });

  it('gives up with layout-locked when a live process holds it', async () => {
    await using dir = await makeTempDir();
    const path = join(dir.path, 'lock');
    const held = await acquireIndexLock(path);
    await assert.rejects(acquireIndexLock(path, { waitMs: 50 }), { code: 'layout-locked' });
    assert.equal(await held.isHeld(), true);
    await held.release();
  });

  it('breaks the lock of a process that died', async () => {
    await using dir = await makeTempDir();
    const path = join(dir.path, 'lock');
    await writeLock(path, { pid: deadPid(), host: hostname(), id: 'dead' }, 2000);
    const lock = await acquireIndexLock(path, { waitMs: 1000 });
    await lock.release();
    assert.deepEqual(await readdir(dir.path), []);
  });

  it('leaves the young lock of a process that it cannot see alone', async () => {
    await using dir = await makeTempDir();
    const path = join(dir.path, 'lock');
    await writeLock(path, { pid: deadPid(), host: 'another-host', id: 'x' }, 2000);
    await assert.rejects(acquireIndexLock(path, { waitMs: 50 }), { code: 'layout-locked' });
  });

  for (const content of ['', 'garbage', '{"pid":"1"}', '{"pid":-1,"host":"h"}']) {
    it(`breaks an old lock that holds ${JSON.stringify(content)}`, async () => {
      await using dir = await makeTempDir();
      const path = join(dir.path, 'lock');
      await writeFile(path, content);
      await assert.rejects(acquireIndexLock(path, { waitMs: 30 }), { code: 'layout-locked' });
      const old = new Date(Date.now() - 20_000);
      await utimes(path, old, old);
      const lock = await acquireIndexLock(path, { waitMs: 1000 });
      assert.equal(await lock.isHeld(), true);
      await lock.release();
    });
  }

  it('tells an owner whose lock was broken that it is no longer held, and its release leaves the new one', async () => {
    await using dir = await makeTempDir();
    const path = join(dir.path, 'lock');
    const hung = await acquireIndexLock(path);
    const old = new Date(Date.now() - 20_000);
    await utimes(path, old, old);
    const next = await acquireIndexLock(path, { waitMs: 1000 });
    assert.equal(await hung.isHeld(), false);
    await hung.release();
    assert.equal(await next.isHeld(), true);
    assert.match(await readFile(path, 'utf8'), /"pid"/);
    await next.release();
  });

  it('waits while another process breaks a stale lock, and takes over from one that died at it', async () => {
    await using dir = await makeTempDir();
    const path = join(dir.path, 'lock');
    await writeLock(path, { pid: deadPid(), host: hostname(), id: 'dead' }, 2000);
    await writeFile(`${path}.break`, '1');
    const waiting = acquireIndexLock(path);
    const outcome = await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 50, 'waiting'))]);
    assert.equal(outcome, 'waiting');
    const old = new Date(Date.now() - 20_000);
    await utimes(`${path}.break`, old, old);
    await (await waiting).release();
    assert.deepEqual(await readdir(dir.path), []);
  });

  it('lets exactly one of many through when they all find the same stale lock', async () => {
    await using dir = await makeTempDir();
    const path = join(dir.path, 'lock');
    await writeLock(path, { pid: deadPid(), host: hostname(), id: 'dead' }, 2000);
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        const lock = await acquireIndexLock(path);
        most = Math.max(most, ++inside);
        await new Promise(setImmediate);
        inside--;
        await lock.release();
      }),
    );
    assert.equal(most, 1);
  });
});
