import { randomUUID } from 'node:crypto';
import { open, readFile, stat, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { CodedError } from '../../errors/coded-error.ts';
import { isFileError } from './file-errors.ts';
import { whileBusy } from './while-busy.ts';

export interface IndexLockTimes {
  /** Give up waiting after this many milliseconds, default 30 000. */
  readonly waitMs?: number;
  /** A lock of this age is stale whoever holds it, default 10 000 ms: an update of an index takes milliseconds. */
  readonly staleMs?: number;
  /** A lock whose process is gone is stale from this age on, default 1000 ms. */
  readonly orphanMs?: number;
}

export interface HeldLock {
  /** Whether the lock is still ours: asked right before the new index is put in place. */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

const DEFAULTS = { waitMs: 30_000, staleMs: 10_000, orphanMs: 1000 };

/**
 * A lock file beside index.json, made with O_EXCL, so that writers of several processes take turns. One whose owner
 * died or hangs is broken; a broken owner notices before it writes. Throws `layout-locked` after `waitMs`.
 */
export async function acquireIndexLock(path: string, times: IndexLockTimes = {}): Promise<HeldLock> {
  const { waitMs, staleMs, orphanMs } = { ...DEFAULTS, ...times };
  const owner = JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() });
  const deadline = performance.now() + waitMs;
  while (!(await createExclusively(path, owner))) {
    if (await isStale(path, staleMs, orphanMs)) await breakLock(path, staleMs, orphanMs);
    else if (performance.now() > deadline) throw locked(path, waitMs);
    else await sleep(5 + Math.random() * 20);
  }
  return {
    isHeld: async () => (await readIfThere(path)) === owner,
    release: async () => {
      if ((await readIfThere(path)) === owner) await unlinkIfThere(path);
    },
  };
}

async function createExclusively(path: string, content: string): Promise<boolean> {
  try {
    const file = await whileBusy(() => open(path, 'wx'));
    await file.writeFile(content).finally(() => file.close());
    return true;
  } catch (error) {
    if (isFileError(error, 'EEXIST')) return false;
    throw error;
  }
}

async function isStale(path: string, staleMs: number, orphanMs: number): Promise<boolean> {
  const age = await ageOf(path);
  if (age === undefined) return false;
  return age > staleMs || (age > orphanMs && !isOwnerAlive(await readIfThere(path)));
}

/**
 * Only one process breaks a lock at a time, and it looks again before it does: otherwise a second one could remove the
 * fresh lock that followed the stale one.
 */
async function breakLock(path: string, staleMs: number, orphanMs: number): Promise<void> {
  const breaker = `${path}.break`;
  if (!(await createExclusively(breaker, String(process.pid)))) {
    const age = await ageOf(breaker);
    if (age !== undefined && age > staleMs) await unlinkIfThere(breaker); // its process died within two system calls
    await sleep(5);
    return;
  }
  try {
    if (await isStale(path, staleMs, orphanMs)) await unlinkIfThere(path);
  } finally {
    await unlinkIfThere(breaker);
  }
}

function isOwnerAlive(content: string | undefined): boolean {
  const owner = parseOwner(content ?? '');
  if (owner === undefined || owner.host !== hostname()) return true; // cannot know: its age decides
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch (error) {
    return !isFileError(error, 'ESRCH');
  }
}

function parseOwner(content: string): { readonly pid: number; readonly host: string } | undefined {
  try {
    const { pid, host } = JSON.parse(content) as { pid?: unknown; host?: unknown };
    return typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 0 && typeof host === 'string'
      ? { pid, host }
      : undefined;
  } catch {
    return undefined; // half-written, or of another program: its age decides
  }
}

async function ageOf(path: string): Promise<number | undefined> {
  try {
    return Date.now() - (await whileBusy(() => stat(path))).mtimeMs;
  } catch (error) {
    if (isFileError(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await whileBusy(() => readFile(path, 'utf8'));
  } catch (error) {
    if (isFileError(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function unlinkIfThere(path: string): Promise<void> {
  try {
    await whileBusy(() => unlink(path));
  } catch (error) {
    if (!isFileError(error, 'ENOENT')) throw error;
  }
}

function locked(path: string, waitMs: number): CodedError {
  return new CodedError('layout-locked', `${path} was held by another process for ${waitMs} ms`, {
    hint: 'Another process is writing to this layout. If none is, remove the lock file.',
  });
}
