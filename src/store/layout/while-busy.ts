import { setTimeout as sleep } from 'node:timers/promises';
import { isFileError } from './file-errors.ts';

export interface BusyOptions {
  /** Default this system. */
  readonly platform?: NodeJS.Platform | undefined;
  /** Milliseconds, default 5000. */
  readonly forMs?: number | undefined;
}

/** How libuv names ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION and a file whose removal is not over yet. */
const BUSY = ['EPERM', 'EACCES', 'EBUSY'];
const FOR_MS = 5000;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 200;

/**
 * Does something to a file that others may have open. Windows refuses then to replace or remove it, or to make another of
 * its name, where other systems do not mind: for as long as a reader reads, or a virus scanner looks at what was just
 * written. There it is tried again for a while; what still fails then, or for another reason, is thrown.
 */
export async function whileBusy<T>(
  operation: () => Promise<T>,
  { platform = process.platform, forMs = FOR_MS }: BusyOptions = {},
): Promise<T> {
  const deadline = performance.now() + forMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await operation();
    } catch (error) {
      if (platform !== 'win32' || !isFileError(error, ...BUSY) || performance.now() >= deadline) throw error;
    }
    await sleep(pauseMs);
  }
}
