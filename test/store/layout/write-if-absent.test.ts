import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { writeIfAbsent } from '../../../src/store/layout/write-if-absent.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const refusing = (code: string) => async (): Promise<void> => {
  throw Object.assign(new Error(code), { code });
};

describe('a file that is written where none is', () => {
  for (const [system, makeLink] of [
    ['with links', undefined],
    ['without links', refusing('ENOTSUP')],
    ['that forbids links', refusing('EPERM')],
  ] as const) {
    it(`is whole, and never takes the place of another, on a file system ${system}`, async () => {
      await using dir = await makeTempDir();
      const path = join(dir.path, 'oci-layout');
      await writeIfAbsent(path, 'first', makeLink);
      assert.equal(await readFile(path, 'utf8'), 'first');
      await writeIfAbsent(path, 'second', makeLink);
      assert.equal(await readFile(path, 'utf8'), 'first');
      assert.deepEqual(await readdir(dir.path), ['oci-layout']);
    });
  }

  it('fails with what the system says, and leaves nothing behind', async () => {
    await using dir = await makeTempDir();
    await writeFile(join(dir.path, 'other'), '');
    await assert.rejects(writeIfAbsent(join(dir.path, 'oci-layout'), 'x', refusing('ENOSPC')), { code: 'ENOSPC' });
    assert.deepEqual(await readdir(dir.path), ['other']);
  });
});
