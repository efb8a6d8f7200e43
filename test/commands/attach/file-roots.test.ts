import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileRootsOf } from '../../../src/commands/attach/file-roots.ts';
import { findFiles } from '../../../src/commands/attach/find-files.ts';
import { checkFile } from '../../../src/commands/attach/workspace-path.ts';
import { PROJECT_ROOT } from '../../support/runner-harness.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const OUTSIDE = { code: 'file-outside-workspace' };

describe('where the files of a run may lie', () => {
  it('is the workspace and RUNNER_TEMP, and nothing beside them', async () => {
    await using dir = await makeTempDir();
    for (const name of ['work', 'temp', 'temperature']) {
      await mkdir(join(dir.path, name));
      await writeFile(join(dir.path, name, 'a.json'), '{}');
    }
    const [workspace, temp] = [join(dir.path, 'work'), join(dir.path, 'temp')];
    const roots = fileRootsOf({ workspace, env: { RUNNER_TEMP: temp } });
    assert.equal((await checkFile('a.json', roots)).shownPath, 'a.json');
    assert.equal((await checkFile(join(temp, 'a.json'), roots)).path, join(temp, 'a.json'));
    await assert.rejects(checkFile(join(dir.path, 'temperature', 'a.json'), roots), OUTSIDE);
    for (const env of [{}, { RUNNER_TEMP: '' }]) {
      await assert.rejects(checkFile(join(temp, 'a.json'), fileRootsOf({ workspace, env })), OUTSIDE);
    }
  });

  it('is anywhere for the command line, on another drive, too (of GitHub Windows runners, the folder for temporary files)', async () => {
    await using dir = await makeTempDir();
    const file = join(dir.path, 'a.json');
    await writeFile(file, '{}');
    const roots = fileRootsOf({ workspace: PROJECT_ROOT, readsAnywhere: true, env: {} });
    assert.equal((await checkFile(file, roots)).path, file);
    assert.deepEqual(await findFiles(join(dir.path, '*.json').replaceAll('\\', '/'), roots), [file]);
    await assert.rejects(checkFile(file, fileRootsOf({ workspace: PROJECT_ROOT, env: {} })), OUTSIDE);
  });

  it('begins a glob at the root of a drive there, and not at the folder that is current on it', {
    skip: process.platform !== 'win32' && 'only Windows has drives',
  }, async () => {
    const roots = fileRootsOf({ workspace: PROJECT_ROOT, readsAnywhere: true, env: {} });
    const drive = PROJECT_ROOT.slice(0, 2);
    assert.deepEqual(await findFiles(`${drive}/package-lock.js?n`, roots), []);
    assert.deepEqual(await findFiles(`${PROJECT_ROOT}\\package-lock.js?n`, roots), [
      join(PROJECT_ROOT, 'package-lock.json'),
    ]);
  });
});
