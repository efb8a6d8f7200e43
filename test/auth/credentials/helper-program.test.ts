import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, win32 } from 'node:path';
import { describe, it } from 'node:test';
import { findHelperProgram } from '../../../src/auth/credentials/helper-program.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const NAME = 'docker-credential-x';
const NO_CURRENT_FOLDER = { NoDefaultCurrentDirectoryInExePath: '1' };

/** On Windows with these files, without regard to case. */
const onWindows = (env: Record<string, string>, files: readonly string[]) => {
  const known = files.map((file) => file.toLowerCase());
  const isFile = async (path: string): Promise<boolean> => known.includes(path.toLowerCase());
  return findHelperProgram(NAME, 'get', { env, platform: 'win32', isFile });
};

const ONLY_THERE = 'only Windows looks for .exe and .cmd';

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
      env: { PATH: 'C:\\a;C:\\b;C:\\c', ...NO_CURRENT_FOLDER },
    });
    assert.equal((await onWindows({ PATH: 'C:\\c' }, files))?.file, 'C:\\c\\docker-credential-x.exe');
  });

  it('is run by cmd.exe where it is a script, as that of gcloud; blanks and signs in its path do no harm', async () => {
    const PATH = 'C:\\Google & Co (x86)\\bin';
    const file = `${PATH}\\docker-credential-x.cmd`;
    for (const [more, shell] of [
      [{}, 'C:\\Windows\\System32\\cmd.exe'],
      [{ ComSpec: 'D:\\cmd.exe' }, 'D:\\cmd.exe'],
      [{ SYSTEMROOT: 'E:\\W' }, 'E:\\W\\System32\\cmd.exe'],
    ] as const) {
      assert.deepEqual(await onWindows({ PATH, ...more }, [file]), {
        file: shell,
        args: ['/d', '/s', '/c', `""${file}" get"`],
        verbatim: true,
        cwd: PATH,
        env: { PATH, ...more, ...NO_CURRENT_FOLDER },
      });
    }
  });

  it('finds there what it found here, where it is a script that starts in its own folder', async () => {
    const env = { PATH: 'C:\\a', DOCKER_CONFIG: 'conf', Google_Application_Credentials: 'D:\\key', OTHER: 'rel' };
    const script = await onWindows(env, ['C:\\a\\docker-credential-x.cmd']);
    assert.deepEqual(script?.env, { ...env, ...NO_CURRENT_FOLDER, DOCKER_CONFIG: win32.resolve('conf') });
    const binary = await onWindows(env, ['C:\\a\\docker-credential-x.exe']);
    assert.deepEqual([binary?.env, binary?.cwd], [{ ...env, ...NO_CURRENT_FOLDER }, undefined]);
  });

  it('is first what is named, where that has an extension already, as desktop.exe has', async () => {
    const find = (name: string, files: readonly string[]) =>
      findHelperProgram(name, 'get', {
        env: { PATH: 'C:\\a' },
        platform: 'win32',
        isFile: async (path) => files.includes(path),
      });
    const both = ['C:\\a\\x.exe', 'C:\\a\\x.exe.exe'];
    assert.equal((await find('x.exe', both))?.file, 'C:\\a\\x.exe');
    assert.equal((await find('x.exe', both.slice(1)))?.file, 'C:\\a\\x.exe.exe');
    assert.deepEqual((await find('x.CMD', ['C:\\a\\x.CMD']))?.args.at(-1), '""C:\\a\\x.CMD" get"');
    assert.equal((await find('x.y', ['C:\\a\\x.y', 'C:\\a\\x.y.exe']))?.file, 'C:\\a\\x.y.exe');
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

  it('is a file: a folder of that name is passed over', {
    skip: process.platform === 'win32' ? false : ONLY_THERE,
  }, async () => {
    await using dir = await makeTempDir();
    await mkdir(join(dir.path, 'a', `${NAME}.exe`), { recursive: true });
    await mkdir(join(dir.path, 'b'));
    await writeFile(join(dir.path, 'b', `${NAME}.cmd`), '');
    const PATH = `${join(dir.path, 'a')};${join(dir.path, 'b')}`;
    const found = await findHelperProgram(NAME, 'get', { env: { PATH } });
    assert.deepEqual(found?.args.slice(0, 3), ['/d', '/s', '/c']);
  });
});

describe('the program of a credential helper, elsewhere', () => {
  const find = (PATH: string | undefined, files: readonly string[]) =>
    findHelperProgram(NAME, 'get', {
      env: { ...(PATH !== undefined && { PATH }) },
      platform: 'darwin',
      isFile: async (path) => files.includes(path),
    });

  it('is that in the first folder of the PATH that has one', async () => {
    const env = { PATH: '/a:/b:/c' };
    const args = ['get'];
    const found = { file: '/b/docker-credential-x', args, verbatim: false, env };
    assert.deepEqual(await find(env.PATH, ['/b/docker-credential-x', '/c/docker-credential-x']), found);
    assert.equal(await find(undefined, ['/bin/docker-credential-x', 'docker-credential-x']), undefined);
  });

  it('is what may be run: a folder of that name, and a file that may not, are passed over', {
    skip: process.platform === 'win32',
  }, async () => {
    await using dir = await makeTempDir();
    const [a, b, c] = ['a', 'b', 'c'].map((folder) => join(dir.path, folder)) as [string, string, string];
    await mkdir(join(a, NAME), { recursive: true });
    for (const folder of [b, c]) {
      await mkdir(folder);
      await writeFile(join(folder, NAME), '');
    }
    await chmod(join(c, NAME), 0o755);
    assert.equal((await findHelperProgram(NAME, 'get', { env: { PATH: `${a}:${b}:${c}` } }))?.file, join(c, NAME));
  });

  for (const entry of ['', '.', '..', './', 'bin', '~']) {
    it(`does not run from the checkout, with ${JSON.stringify(entry)} before the others in the PATH`, {
      skip: process.platform === 'win32',
    }, async () => {
      await using dir = await makeTempDir();
      const [checkout, tools] = [join(dir.path, 'work', 'checkout'), join(dir.path, 'tools')];
      const planted = join(checkout, entry === '~' ? '~' : entry, NAME);
      await mkdir(checkout, { recursive: true });
      await plant(planted, 'planted');
      const ask = (PATH: string) => askFrom(checkout, PATH);
      assert.match(ask(`${entry}:/usr/bin:/bin`), /no such program/);
      await plant(join(tools, NAME), 'installed');
      assert.equal(ask(`${entry}:${tools}:/usr/bin:/bin`), 'installed');
      assert.equal(ask(`${dirname(planted)}:${tools}:/usr/bin:/bin`), 'planted', 'it would run, were it on the PATH');
    });
  }
});

/** A helper that gives its name for user. */
async function plant(file: string, user: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\necho '{"Username":"${user}","Secret":"s"}'\n`);
  await chmod(file, 0o755);
}

/** The user that the helper gives to a process which has this current folder; or the error. */
function askFrom(folder: string, PATH: string): string {
  const module = new URL('../../../src/auth/credentials/credential-helper.ts', import.meta.url).href;
  const script = `
    const { askCredentialHelper } = await import(${JSON.stringify(module)});
    const request = { helper: 'x', server: 'reg.example', origin: 'FILE', env: { PATH: ${JSON.stringify(PATH)} } };
    const said = await askCredentialHelper(request).then(({ username }) => username, ({ message }) => message);
    process.stdout.write(said);`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: folder, encoding: 'utf8' });
}
