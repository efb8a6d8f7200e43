import assert from 'node:assert/strict';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { startEmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import type { Quirks } from '../../../src/embedded/quirks.ts';
import { startAttachChild } from '../../support/attach-child.ts';
import { makeWorkspace } from '../../support/attach-run.ts';
import { pushSampleImage } from '../../support/sample-image.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const MIB = 1024 * 1024;
const BIG_MIB = 300;

/** Peak memory, in MiB, of a process that attaches a file of so many bytes. */
async function peakOf(t: TestContext, bytes: number, quirks: Quirks = {}): Promise<number> {
  const root = await makeTempDir();
  const registry = await startEmbeddedRegistry({ root: root.path });
  const workspace = await makeWorkspace();
  t.after(async () => {
    await registry.close();
    await root.remove();
    await workspace.remove();
  });
  const { descriptor } = await pushSampleImage({ host: registry.host, repository: 'acme/app' });
  Object.assign(registry.quirks, quirks);
  await workspace.write('big.bin', '');
  await truncate(join(workspace.path, 'big.bin'), bytes); // zeros, which take no room on the disk
  const image = `${registry.host}/acme/app@${descriptor.digest}`;
  const child = await startAttachChild(workspace.path, { image, files: 'big.bin:application/x' });
  const { rows, peakMiB } = await child.go();
  assert.deepEqual(
    rows.map(({ status }) => status),
    ['attached'],
  );
  return peakMiB;
}

describe('a file of 300 MB', () => {
  for (const [title, quirks] of [
    ['as a whole', {}],
    ['in chunks', { minChunkBytes: MIB }],
  ] as const) {
    it(`is attached ${title} with memory that does not grow with it`, async (t) => {
      const small = await peakOf(t, MIB);
      const big = await peakOf(t, BIG_MIB * MIB, quirks);
      assert.ok(big - small < BIG_MIB / 2, `${big} MiB, where a small file takes ${small} MiB`);
    });
  }
});
