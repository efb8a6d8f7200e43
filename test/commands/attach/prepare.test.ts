import assert from 'node:assert/strict';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { FileCache } from '../../../src/commands/attach/file-content.ts';
import { parseFileLines } from '../../../src/commands/attach/file-line.ts';
import { MAX_GLOB_MATCHES } from '../../../src/commands/attach/find-files.ts';
import {
  needsPlatform,
  type PreparedFile,
  type PrepareOptions,
  prepareFiles,
} from '../../../src/commands/attach/prepare.ts';
import { digestOf } from '../../../src/oci/digest.ts';
import { NO_MODES, NO_ODD_NAMES, NO_SOCKET_FILES, NO_SYMLINKS } from '../../support/system.ts';
import { makeTempDir, type TempDir } from '../../support/temp-dir.ts';

/** What lies in the folder `work`, and beside it. */
const FILES: Readonly<Record<string, string>> = {
  'work/sbom.json': '{"bomFormat":"CycloneDX","specVersion":"1.6"}',
  'work/report.txt': 'hello',
  'work/empty.json': '',
  'work/out/b.json': '{}',
  'work/out/a.json': '[]',
  'work/out/deep/c.json': '{}',
  'work/out/.hidden.json': '{}',
  'work/[x].json': 'brackets',
  'work/{os}.txt': 'braces',
  'work/sbom-linux-amd64.json': 'amd64',
  'work/sbom-linux-arm64.json': 'arm64',
  'work/sbom-linux-arm-v7.json': 'arm-v7',
  'work/..dots.txt': 'dots',
  'beside/secret.json': 'secret',
  'temp/attestation.json': 'bundle',
};

let dir: TempDir;
let workspace: string;

before(async () => {
  dir = await makeTempDir();
  workspace = join(dir.path, 'work');
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(dir.path, path)), { recursive: true });
    await writeFile(join(dir.path, path), text);
  }
  if (!NO_ODD_NAMES) await writeFile(join(workspace, 'sha256:0123.jsonl'), 'colon');
  if (!NO_SYMLINKS) await makeLinks();
});
after(() => dir.remove());

async function makeLinks(): Promise<void> {
  await symlink('sbom.json', join(workspace, 'link.json'));
  await symlink('../beside/secret.json', join(workspace, 'leak.json'));
  await symlink('../beside', join(workspace, 'leak'));
  await symlink('../temp/attestation.json', join(workspace, 'temp-link.json'));
  await symlink('.', join(workspace, 'out/loop'));
  await symlink('nowhere', join(workspace, 'dangling.json'));
}

function prepare(lines: readonly string[], options: Partial<PrepareOptions> = {}): Promise<PreparedFile[]> {
  return prepareFiles(parseFileLines(lines), { workspace, ...options });
}

async function titles(...lines: string[]): Promise<string[]> {
  return (await prepare(lines)).map((file) => file.title);
}

describe('prepareFiles', () => {
  it('gives path, title, size and declared type of each file, in the order of the lines', async () => {
    const files = await prepare(['out/b.json:application/json', 'sbom.json']);
    const facts = files.map(({ path, shownPath, title, size, declaredMediaType }) => ({
      path,
      shownPath,
      title,
      size,
      declaredMediaType,
    }));
    assert.deepEqual(facts, [
      {
        path: join(workspace, 'out/b.json'),
        shownPath: 'out/b.json',
        title: 'b.json',
        size: 2,
        declaredMediaType: 'application/json',
      },
      {
        path: join(workspace, 'sbom.json'),
        shownPath: 'sbom.json',
        title: 'sbom.json',
        size: 45,
        declaredMediaType: undefined,
      },
    ]);
  });

  it('takes absolute paths within the workspace, and names that begin with two dots', async () => {
    assert.deepEqual(await titles(join(workspace, 'sbom.json'), '..dots.txt'), ['sbom.json', '..dots.txt']);
  });

  it('reads a name with a colon in it as a name', { skip: NO_ODD_NAMES }, async () => {
    assert.deepEqual(await titles('sha256:0123.jsonl'), ['sha256:0123.jsonl']);
  });

  it('keeps the name of a symbolic link as the title, and the path that it leads to', {
    skip: NO_SYMLINKS,
  }, async () => {
    const [file] = await prepare(['link.json']);
    assert.equal(file?.title, 'link.json');
    assert.equal(file?.path, join(workspace, 'sbom.json'));
  });

  it('hashes and recognises what is in the file', async () => {
    const [file] = await prepare(['sbom.json']);
    assert.equal(await file?.digest(), digestOf(FILES['work/sbom.json'] ?? ''));
    assert.equal((await file?.detection())?.kind, 'cyclonedx-json');
  });

  it('takes a file once that several lines name, with the media type that one of them declares', async () => {
    const files = await prepare(['out/*.json', 'out/a.json:application/json', './out/../out/a.json']);
    assert.deepEqual(
      files.map(({ title, declaredMediaType }) => [title, declaredMediaType]),
      [
        ['a.json', 'application/json'],
        ['b.json', undefined],
      ],
    );
  });

  it('refuses one file with two media types', async () => {
    await assert.rejects(prepare(['sbom.json:text/plain', 'sbom.json:application/json']), {
      code: 'input-conflict',
      message: /"sbom.json" is given as text\/plain and as application\/json/,
    });
  });

  it('needs no folder of its own for no lines', async () => {
    assert.deepEqual(await prepare([]), []);
  });
});

describe('prepareFiles, globs', () => {
  it('sorts what a glob matches, and leaves out hidden files, folders and symbolic links', async () => {
    assert.deepEqual(await titles('out/**'), ['a.json', 'b.json', 'c.json']);
    assert.deepEqual(await titles('out/*.json'), ['a.json', 'b.json']);
    assert.deepEqual(await titles('{sbom,report}.{json,txt}'), ['report.txt', 'sbom.json']);
    assert.deepEqual(await titles('out/.*.json'), ['.hidden.json']);
    assert.deepEqual(await titles(join(workspace, 'out', '?.json')), ['a.json', 'b.json']);
  });

  it('takes what exists under the very words of a pattern for what is meant', async () => {
    assert.deepEqual(await titles('[x].json'), ['[x].json']);
    assert.deepEqual(await titles('[{]os}.txt'), ['{os}.txt']);
  });

  it('does not follow a symbolic link out of the workspace', { skip: NO_SYMLINKS }, async () => {
    for (const pattern of ['leak/*.json', 'leak/nothing*', 'leak/**']) {
      await assert.rejects(prepare([pattern]), { code: 'file-outside-workspace', message: /it leads to/ });
    }
    await assert.rejects(prepare(['**/secret*']), { code: 'file-no-match' });
  });

  const uglies: readonly (readonly [pattern: string, code: string, message: RegExp])[] = [
    ['nothing/*.json', 'file-no-match', /"nothing\/\*.json" matches no file in/],
    ['*.nothing', 'file-no-match', /matches no file/],
    ['*/../*.json', 'file-line-invalid', /".." may not follow a glob/],
    ['../beside/*.json', 'file-outside-workspace', /is outside the workspace/],
    ['/etc/*', 'file-outside-workspace', /is outside the workspace/],
    ['/*', 'file-outside-workspace', /is outside the workspace/],
  ];
  for (const [pattern, code, message] of uglies) {
    it(`refuses ${pattern}`, async () => {
      await assert.rejects(prepare([pattern]), { code, message });
    });
  }

  it('refuses a glob that matches more than anybody would attach', async () => {
    const many = join(workspace, 'many');
    await mkdir(many);
    for (let i = 0; i <= MAX_GLOB_MATCHES; i++) await writeFile(join(many, `${i}.json`), '{}');
    await assert.rejects(prepare(['many/*.json']), {
      code: 'file-line-invalid',
      message: /matches 1001 files, at most 1000/,
    });
  });
});

describe('prepareFiles, what is wrong with a file', () => {
  const uglies: readonly (readonly [line: string, code: string, message: RegExp])[] = [
    ['missing.json', 'file-missing', /"missing.json" does not exist/],
    ['sbom.json/x', 'file-missing', /does not exist/],
    ['dangling.json', 'file-missing', /"dangling.json" does not exist/],
    [`${'x'.repeat(300)}.json`, 'file-missing', /does not exist/],
    ['empty.json', 'file-empty', /"empty.json" is empty/],
    ['out', 'file-is-directory', /"out" is a directory/],
    ['out/', 'file-is-directory', /"out\/" is a directory/],
    ['.', 'file-is-directory', /"." is a directory/],
    ['../beside/secret.json', 'file-outside-workspace', /outside the workspace/],
    ['/etc/hostname', 'file-outside-workspace', /outside the workspace/],
    ['..', 'file-outside-workspace', /outside the workspace/],
    ['leak.json', 'file-outside-workspace', /it leads to ".*beside.+secret.json"/],
    ['leak/secret.json', 'file-outside-workspace', /it leads to ".*beside.+secret.json"/],
    ['../beside/missing.json', 'file-outside-workspace', /outside the workspace/],
  ];
  for (const [line, code, message] of uglies) {
    it(`refuses ${line.slice(0, 40)} as ${code}`, { skip: line.startsWith('leak') && NO_SYMLINKS }, async () => {
      await assert.rejects(prepare([line]), { code, message });
    });
  }

  it('hints at the slash that a media type lacks', async () => {
    await assert.rejects(prepare(['report:json']), { code: 'file-missing', hint: /media type only if it has a slash/ });
    await assert.rejects(prepare(['missing.json']), { hint: /The step that writes the file may have failed\.$/ });
  });

  it('hints at what to do with a directory', async () => {
    await assert.rejects(prepare(['out/']), { hint: /Attach its files with "out\/\*", or pack it first: tar -czf/ });
  });

  it('does not wait for a socket or a pipe', { skip: NO_SOCKET_FILES }, async (context) => {
    const path = join(workspace, 'socket');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    context.after(() => new Promise((resolve) => server.close(resolve)));
    await assert.rejects(prepare(['socket']), { code: 'file-unreadable', message: /is not a regular file/ });
  });

  it('says when a file may not be read', { skip: NO_MODES }, async () => {
    const path = join(workspace, 'locked.json');
    await writeFile(path, '{}');
    await chmod(path, 0);
    const [file] = await prepare(['locked.json']);
    await assert.rejects(async () => file?.digest(), { code: 'file-unreadable' });
  });
});

describe('prepareFiles, other folders', () => {
  it('takes an absolute path in a folder that is allowed besides', async () => {
    const temp = join(dir.path, 'temp');
    const [file] = await prepare([join(temp, 'attestation.json')], { alsoAllowed: [temp] });
    assert.equal(file?.title, 'attestation.json');
    assert.equal(file?.shownPath, join(temp, 'attestation.json').replaceAll('\\', '/'));
    await assert.rejects(prepare([join(temp, 'attestation.json')]), { code: 'file-outside-workspace' });
  });

  it('does not let a link in the workspace lead there', { skip: NO_SYMLINKS }, async () => {
    const alsoAllowed = [join(dir.path, 'temp')];
    await assert.rejects(prepare(['temp-link.json'], { alsoAllowed }), { code: 'file-outside-workspace' });
  });

  it('works in a workspace that is reached over a symbolic link', { skip: NO_SYMLINKS }, async () => {
    const alias = join(dir.path, 'alias');
    await symlink('work', alias);
    assert.equal((await prepare(['sbom.json', 'out/*.json'], { workspace: alias })).length, 3);
    assert.equal((await prepare([join(alias, 'sbom.json')], { workspace: alias }))[0]?.shownPath, 'sbom.json');
  });
});

describe('prepareFiles, platforms', () => {
  const line = ['sbom-{platform}.json'];

  it('gives each platform its own file', async () => {
    const read = async (architecture: string, variant?: string): Promise<string | undefined> => {
      const platform = { os: 'linux', architecture, ...(variant !== undefined && { variant }) };
      return (await prepare(line, { platform }))[0]?.title;
    };
    assert.equal(await read('amd64'), 'sbom-linux-amd64.json');
    assert.equal(await read('arm', 'v7'), 'sbom-linux-arm-v7.json');
    assert.equal(await read('arm64'), 'sbom-linux-arm64.json');
    assert.equal(await read('arm64', 'v8'), 'sbom-linux-arm64.json', 'arm64/v8 is arm64');
  });

  it('takes the exact spelling of arm64/v8 where there is one', async () => {
    await writeFile(join(workspace, 'exact-linux-arm64-v8.txt'), 'v8');
    await writeFile(join(workspace, 'exact-linux-arm64.txt'), 'none');
    const platform = { os: 'linux', architecture: 'arm64', variant: 'v8' };
    assert.equal((await prepare(['exact-{platform}.txt'], { platform }))[0]?.title, 'exact-linux-arm64-v8.txt');
  });

  it('names the file that a platform lacks', async () => {
    const platform = { os: 'linux', architecture: 's390x' };
    await assert.rejects(prepare(line, { platform }), { code: 'file-missing', message: /"sbom-linux-s390x.json"/ });
    await assert.rejects(prepare(['*-{arch}.json'], { platform }), {
      code: 'file-no-match',
      message: /"\*-s390x.json"/,
    });
  });

  it('says whether the lines need a platform', () => {
    assert.equal(needsPlatform(parseFileLines(line)), true);
    assert.equal(needsPlatform(parseFileLines(['sbom.json', '{a,b}'])), false);
    assert.throws(() => needsPlatform(parseFileLines(['{os}', '{typo}'])), { code: 'placeholder-unknown' });
  });

  it('hashes a file once that goes to several platforms', async () => {
    const cache = new FileCache();
    const [one] = await prepare(['report.txt'], { cache, platform: { os: 'linux', architecture: 'amd64' } });
    const [two] = await prepare(['report.txt'], { cache, platform: { os: 'linux', architecture: 'arm64' } });
    assert.equal(one?.digest(), two?.digest(), 'the same promise');
    assert.equal(one?.detection(), two?.detection(), 'the same promise');
    await one?.digest();
  });
});
