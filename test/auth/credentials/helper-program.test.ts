import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { findHelperProgram } from '../../../src/auth/credentials/helper-program.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const NAME = 'docker-credential-x';

/** On Windows with these files, without regard to case. */
const onWindows = (env: Record<string, string>, files: readonly string[]) => {
  const known = files.map((file) => file.toLowerCase());
  const isFile = async (path: string): Promise<boolean> => known.includes(path.toLowerCase());
  return findHelperProgram(NAME, 'get', { env, platform: 'win32', isFile });
};

describe('the program of a credential helper, on Windows', () => {
  it('is the binary in the first folder of the PATH that has one', async () => {
    const files = [
      'C:\\b\\docker-credential-x.exe',
      'C:\\c\\docker-credential-x.exe',
      'C:\\c\\docker-credential-x.cmd',
    ];
    assert.deepEqual(await onWindows({ PATH: 'C:\\a;C:\\b;C:\\c' }, files), {
      file: 'C:\\b\\docker-credential-x.exe',
      args: ['get'],
      verbatim: false,
    });
    assert.equal((await onWindows({ PATH: 'C:\\c' }, files))?.file, 'C:\\c\\docker-credential-x.exe');
  });

  it('is run by cmd.exe where it is a script, as that of gcloud; blanks and signs in its path do no harm', async () => {
    const files = ['C:\\Google & Co (x86)\\bin\\docker-credential-x.cmd'];
    const found = { args: ['/d', '/s', '/c', `""${files[0]}" get"`], verbatim: true };
    const PATH = 'C:\\Google & Co (x86)\\bin';
    assert.deepEqual(await onWindows({ PATH }, files), { file: 'C:\\Windows\\System32\\cmd.exe', ...found });
    assert.deepEqual(await onWindows({ PATH, ComSpec: 'D:\\cmd.exe' }, files), { file: 'D:\\cmd.exe', ...found });
    assert.deepEqual(await onWindows({ PATH, SYSTEMROOT: 'E:\\W' }, files), {
      file: 'E:\\W\\System32\\cmd.exe',
      ...found,
    });
  });

  for (const PATH of ['', '.', ';', '.;bin', 'bin', '\\bin', 'C:', 'C:bin', 'C:\\other', '"."']) {
    it(`is not looked for in the current folder, with the PATH ${JSON.stringify(PATH)}`, async () => {
      const looked: string[] = [];
      const isFile = async (path: string): Promise<boolean> => {
        looked.push(path);
        return !path.startsWith('C:\\other\\');
      };
      assert.equal(await findHelperProgram(NAME, 'get', { env: { PATH }, platform: 'win32', isFile }), undefined);
      assert.ok(looked.every((path) => path.startsWith('C:\\other\\')));
    });
  }

  it('is found whatever case the variable is written in, in quotes, with either slash, on a share', async () => {
    const file = 'C:\\a b\\docker-credential-x.exe';
    assert.equal((await onWindows({ Path: '"C:\\a b"' }, [file]))?.file, file);
    assert.equal((await onWindows({ path: 'C:/a b' }, [file]))?.file, file);
    const shared = '\\\\host\\share\\docker-credential-x.exe';
    assert.equal((await onWindows({ PATH: '\\\\host\\share' }, [shared]))?.file, shared);
  });

  it('is a file: a folder of that name is passed over', { skip: process.platform !== 'win32' }, async () => {
    await using dir = await makeTempDir();
    await mkdir(join(dir.path, 'a', `${NAME}.exe`), { recursive: true });
    await mkdir(join(dir.path, 'b'));
    await writeFile(join(dir.path, 'b', `${NAME}.cmd`), '');
    const PATH = `${join(dir.path, 'a')};${join(dir.path, 'b')}`;
    const found = await findHelperProgram(NAME, 'get', { env: { PATH } });
    assert.deepEqual(found?.args.slice(0, 3), ['/d', '/s', '/c']);
  });
});

it('elsewhere the system looks for a helper, and its current folder is not on the way', async () => {
  const found = await findHelperProgram(NAME, 'get', { env: { PATH: '/a' }, platform: 'darwin' });
  assert.deepEqual(found, { file: NAME, args: ['get'], verbatim: false });
});
