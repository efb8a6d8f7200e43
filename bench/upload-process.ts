/** Uploads one file whose digest is known, as attach does after it hashed it; a process of its own, for upload.ts. */
import { createReadStream } from 'node:fs';
import { openRegistry, parseDigest } from '../src/index.ts';

const [, , name = '', path = '', digest = '', size = ''] = process.argv;
const registry = await openRegistry();
const store = await registry.repository(name);
const start = performance.now();
await store.pushBlob({
  digest: parseDigest(digest),
  size: Number(size),
  open: () => createReadStream(path, { highWaterMark: 1024 * 1024 }),
});
console.log(`uploaded in ${performance.now() - start} ms`);
await registry.close();
