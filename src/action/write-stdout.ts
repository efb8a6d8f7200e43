import { writeSync } from 'node:fs';

const STDOUT = 1;

/**
 * Writes to stdout at once. `process.stdout` takes three milliseconds to load, a tenth of a whole run that ends with a
 * usage error, and what it holds back is lost when a process exits. A pipe that is full and does not block answers
 * EAGAIN: then it is the stream's turn, which waits.
 */
export function writeStdout(text: string): void {
  const bytes = Buffer.from(text);
  let sent = 0;
  try {
    while (sent < bytes.byteLength) sent += writeSync(STDOUT, bytes, sent);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    process.stdout.write(bytes.subarray(sent));
  }
}
