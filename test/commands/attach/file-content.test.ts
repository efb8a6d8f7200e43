import assert from 'node:assert/strict';
import { appendFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { FileCache, FileContent } from '../../../src/commands/attach/file-content.ts';
import { checkFile } from '../../../src/commands/attach/workspace-path.ts';
import { digestOf } from '../../../src/oci/digest.ts';
import { makeTempDir, type TempDir } from '../../support/temp-dir.ts';

const MIB = 1024 * 1024;

let dir: TempDir;
let nextName = 0;
before(async () => {
  dir = await makeTempDir();
});
after(() => dir.remove());

async function makeContent(
  bytes: Uint8Array | string,
): Promise<{ readonly path: string; readonly content: FileContent }> {
  const path = join(dir.path, `file-${nextName++}`);
  await writeFile(path, bytes);
  return { path, content: new FileContent(await checkFile(path, { workspace: dir.path })) };
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const list: Uint8Array[] = [];
  for await (const chunk of chunks) list.push(chunk);
  return list;
}

describe('FileContent', () => {
  for (const size of [1, MIB - 1, MIB, MIB + 1, 2 * MIB + 7]) {
    it(`streams and hashes ${size} bytes, in chunks of at most 1 MiB`, async () => {
      const bytes = Buffer.alloc(size, 'abcdefg');
      const { content } = await makeContent(bytes);
      const chunks = await collect(content.open());
      assert.ok(Buffer.concat(chunks).equals(bytes));
      assert.ok(chunks.every((chunk) => chunk.byteLength > 0 && chunk.byteLength <= MIB));
      assert.equal(await content.digest(), digestOf(bytes));
      assert.equal(content.size, size);
    });
  }

  it('opens afresh each time, and at the same time', async () => {
    const { content } = await makeContent('hello');
    const [one, two] = await Promise.all([collect(content.open()), collect(content.open())]);
    assert.equal(Buffer.concat(one).toString(), 'hello');
    assert.equal(Buffer.concat(two).toString(), 'hello');
  });

  it('closes the file when the reader stops early', async () => {
    const { path, content } = await makeContent(Buffer.alloc(3 * MIB));
    for await (const chunk of content.open()) {
      assert.equal(chunk.byteLength, MIB);
      break;
    }
    await rm(path);
    await assert.rejects(collect(content.open()), { code: 'file-unreadable', message: /ENOENT/ });
  });

  it('reads and hashes with flat memory', async () => {
    const { path, content } = await makeContent('x');
    await truncate(path, 256 * MIB);
    const grown = new FileContent(await checkFile(path, { workspace: dir.path }));
    const before = process.memoryUsage().arrayBuffers;
    let peak = 0;
    await grown.digest();
    for await (const _chunk of grown.open()) peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
    assert.ok(peak < 128 * MIB, `${peak} bytes of buffers`);
    assert.equal(content.size, 1);
  });
});

describe('FileContent, a file that changes', () => {
  const changes: readonly (readonly [what: string, change: (path: string) => Promise<void>, message: RegExp])[] = [
    ['grows', (path) => appendFile(path, 'more'), /it had 5 bytes, it now has 9 bytes/],
    ['shrinks', (path) => truncate(path, 2), /it now has 2 bytes/],
    [
      'is written again with as many bytes',
      async (path) => {
        await writeFile(path, 'other');
        await utimes(path, 1, 1); // however coarse the clock of the file system
      },
      /it was written again/,
    ],
  ];
  for (const [what, change, message] of changes) {
    it(`is refused when it ${what} before it is read`, async () => {
      const { path, content } = await makeContent('hello');
      await change(path);
      for (const read of [() => content.digest(), () => content.detection(), () => collect(content.open())]) {
        await assert.rejects(read, { code: 'file-changed', message });
      }
    });
  }

  it('never ends well when it changes while it is read', async () => {
    const { path, content } = await makeContent(Buffer.alloc(3 * MIB, 'a'));
    let read = 0;
    await assert.rejects(
      async () => {
        for await (const chunk of content.open()) {
          read += chunk.byteLength;
          if (read === MIB) await appendFile(path, 'b');
        }
      },
      { code: 'file-changed' },
    );
    assert.equal(read, 2 * MIB, 'the last chunk is held back');
  });

  it('says so when it is cut off while it is read', async () => {
    const { path, content } = await makeContent(Buffer.alloc(3 * MIB, 'a'));
    await assert.rejects(
      async () => {
        for await (const _chunk of content.open()) await truncate(path, MIB + 1);
      },
      { code: 'file-changed', message: /it ends at 1048577 bytes/ },
    );
  });
});

describe('FileCache', () => {
  it('keeps one content for one file, and refuses it once it has changed', async () => {
    const { path } = await makeContent('hello');
    const cache = new FileCache();
    const check = () => checkFile(path, { workspace: dir.path });
    assert.equal(cache.of(await check()), cache.of(await check()));
    await appendFile(path, '!');
    const changed = await check();
    assert.throws(() => cache.of(changed), { code: 'file-changed' });
  });
});
