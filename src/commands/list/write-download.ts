import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { constants, lstat, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Descriptor } from '../../oci/descriptor.ts';
import { algorithmOf, hasherFor } from '../../oci/digest.ts';
import { whileBusy } from '../../store/layout/while-busy.ts';
import { conflict } from './download-error.ts';

// O_NOFOLLOW is absent on Windows, where O_EXCL follows no link either
const NEW_FILE = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0);

/**
 * Whether `path` holds the bytes of the layer already, from an earlier run. Throws `download-conflict` where something
 * else stands there.
 */
export async function isDownloaded(path: string, layer: Descriptor): Promise<boolean> {
  const stats = await lstat(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  if (stats === undefined) return false;
  if (!stats.isFile()) throw conflict(`${path} is in the way: it is no regular file`);
  if (stats.size === layer.size && (await digestOfFile(path, layer)) === layer.digest) return true;
  throw conflict(`${path} is there already, with other content than ${layer.digest}`);
}

async function digestOfFile(path: string, layer: Descriptor): Promise<string> {
  const hash = hasherFor(layer.digest);
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return `${algorithmOf(layer.digest)}:${hash.digest('hex')}`;
}

/**
 * Writes bytes under a name of their own and, when all are there, gives them their name. `bytes` end only when they are
 * right (Store.openBlob hashes and counts them), so nothing wrong ever has the name, and nothing is left behind.
 */
export async function writeDownload(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const partial = join(dirname(path), `.partial-${randomUUID()}`);
  const file = await open(partial, NEW_FILE, 0o644);
  try {
    try {
      for await (const chunk of bytes) await file.writeFile(chunk);
    } finally {
      await file.close();
    }
    await whileBusy(() => rename(partial, path));
  } catch (thrown) {
    await rm(partial, { force: true });
    throw thrown;
  }
}
