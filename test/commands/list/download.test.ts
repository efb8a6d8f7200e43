import assert from 'node:assert/strict';
import { lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { downloadReferrers } from '../../../src/commands/list/download.ts';
import { openDownloadFolder } from '../../../src/commands/list/download-folder.ts';
import { encodedOf } from '../../../src/oci/digest.ts';
import type { Referrer } from '../../../src/referrers/types.ts';
import { makeBlobStore } from '../../support/blob-store.ts';
import { sampleLayer, sampleRow } from '../../support/sample-tree.ts';
import { NO_SYMLINKS } from '../../support/system.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const never = new AbortController().signal;

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function rowWith(files: Readonly<Record<string, string>>): Referrer {
  return sampleRow({
    type: 'a/b',
    layers: Object.entries(files).map(([title, content]) => sampleLayer(content, title)),
  });
}

function pathOf(root: string, row: Referrer, title: string): string {
  return join(root, encodedOf(row.subject).slice(0, 12), encodedOf(row.descriptor.digest).slice(0, 12), title);
}

async function everything(root: string): Promise<string[]> {
  return (await readdir(root, { recursive: true })).sort();
}

describe('downloadReferrers', () => {
  it('writes each file below subject and artifact, and says digest and size', async () => {
    await using dir = await makeTempDir();
    const row = rowWith({ 'a.json': 'alpha', 'sub/b.json': 'beta' });
    const store = makeBlobStore([bytes('alpha'), bytes('beta')]);
    const files = await downloadReferrers(dir.path, [{ store, referrers: [row] }], never);
    assert.deepEqual(
      files.map((file) => file.path),
      [pathOf(dir.path, row, 'a.json'), pathOf(dir.path, row, 'sub/b.json')],
    );
    assert.deepEqual(files[1], { ...files[1], digest: sampleLayer('beta').digest, size: 4 });
    assert.equal(await readFile(pathOf(dir.path, row, 'sub/b.json'), 'utf8'), 'beta');
  });

  it('keeps an equal file of an earlier run without fetching it again', async () => {
    await using dir = await makeTempDir();
    const opened: string[] = [];
    const request = {
      store: makeBlobStore([bytes('alpha')], (digest) => opened.push(digest)),
      referrers: [rowWith({ 'a.json': 'alpha' })],
    };
    const first = await downloadReferrers(dir.path, [request], never);
    const again = await downloadReferrers(dir.path, [request, request], never);
    assert.deepEqual(again, first);
    assert.equal(opened.length, 1);
  });

  it('refuses to overwrite a file with other content of the same length', async () => {
    await using dir = await makeTempDir();
    const row = rowWith({ 'a.json': 'alpha' });
    const path = pathOf(dir.path, row, 'a.json');
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'other');
    const request = { store: makeBlobStore([bytes('alpha')]), referrers: [row] };
    await assert.rejects(downloadReferrers(dir.path, [request], never), { code: 'download-conflict' });
    assert.equal(await readFile(path, 'utf8'), 'other');
  });

  it('checks every title before the first file is written', async () => {
    await using dir = await makeTempDir();
    const opened: string[] = [];
    const store = makeBlobStore([bytes('alpha')], (digest) => opened.push(digest));
    const referrers = [rowWith({ 'a.json': 'alpha' }), rowWith({ '../../evil': 'alpha' })];
    await assert.rejects(downloadReferrers(dir.path, [{ store, referrers }], never), { code: 'title-unsafe' });
    assert.deepEqual(await everything(dir.path), []);
    assert.deepEqual(opened, []);
  });

  it('leaves nothing behind when a blob has other bytes than its digest', async () => {
    await using dir = await makeTempDir();
    const lying = { ...sampleLayer('alpha', 'a.json'), size: 6 };
    const row = sampleRow({ type: 'a/b', layers: [sampleLayer('beta', 'sub/b.json'), lying] });
    const store = makeBlobStore([bytes('alpha'), bytes('beta')]);
    await assert.rejects(downloadReferrers(dir.path, [{ store, referrers: [row] }], never), {
      code: 'digest-mismatch',
    });
    assert.deepEqual(await everything(dir.path), []);
  });

  it('names the first failure, not those that it caused', async () => {
    await using dir = await makeTempDir();
    const names = Array.from({ length: 20 }, (_, i) => [`${i}.json`, `content ${i}`]);
    const row = rowWith(Object.fromEntries(names) as Record<string, string>);
    await assert.rejects(downloadReferrers(dir.path, [{ store: makeBlobStore([]), referrers: [row] }], never), {
      code: 'blob-unknown',
    });
  });

  for (const [what, depth] of [
    ['the folder of the subject', 1],
    ['the folder of the artifact', 2],
    ['a folder of the title', 3],
  ] as const) {
    it(`does not follow a symbolic link in place of ${what}`, { skip: NO_SYMLINKS }, async () => {
      await using dir = await makeTempDir();
      await using outside = await makeTempDir();
      const row = rowWith({ 'sub/a.json': 'alpha' });
      const relative = pathOf('', row, 'sub').split('/').slice(0, depth);
      await mkdir(join(dir.path, ...relative.slice(0, -1)), { recursive: true });
      await symlink(outside.path, join(dir.path, ...relative));
      const request = { store: makeBlobStore([bytes('alpha')]), referrers: [row] };
      await assert.rejects(downloadReferrers(dir.path, [request], never), { code: 'download-conflict' });
      assert.deepEqual(await everything(outside.path), []);
    });
  }

  it('does not write through a symbolic link in place of the file', { skip: NO_SYMLINKS }, async () => {
    await using dir = await makeTempDir();
    const row = rowWith({ 'a.json': 'alpha' });
    const path = pathOf(dir.path, row, 'a.json');
    const target = join(dir.path, 'target');
    await mkdir(dirname(path), { recursive: true });
    await symlink(target, path);
    const request = { store: makeBlobStore([bytes('alpha')]), referrers: [row] };
    await assert.rejects(downloadReferrers(dir.path, [request], never), { code: 'download-conflict' });
    await assert.rejects(lstat(target), { code: 'ENOENT' });
  });

  it('does not take a symbolic link to an equal file for a download', { skip: NO_SYMLINKS }, async () => {
    await using dir = await makeTempDir();
    const target = join(dir.path, 'target');
    const content = 'x'.repeat(target.length); // what lstat calls the size of a link is the length of its target
    const row = rowWith({ 'a.json': content });
    const path = pathOf(dir.path, row, 'a.json');
    await mkdir(dirname(path), { recursive: true });
    await writeFile(target, content);
    await symlink(target, path);
    const request = { store: makeBlobStore([bytes(content)]), referrers: [row] };
    await assert.rejects(downloadReferrers(dir.path, [request], never), { code: 'download-conflict' });
  });

  it('says what the file system says when the folder cannot be written', async () => {
    await using dir = await makeTempDir();
    const file = join(dir.path, 'file');
    await writeFile(file, '');
    const request = { store: makeBlobStore([bytes('alpha')]), referrers: [rowWith({ 'a.json': 'alpha' })] };
    await assert.rejects(downloadReferrers(file, [request], never), { code: 'download-failed' });
  });

  it('stops when the run is ended', async () => {
    await using dir = await makeTempDir();
    const controller = new AbortController();
    const base = makeBlobStore([bytes('alpha')]);
    const store: typeof base = {
      ...base,
      async *openBlob(_, options) {
        controller.abort(new Error('enough'));
        options?.signal?.throwIfAborted();
        yield bytes('alpha');
      },
    };
    const request = { store, referrers: [rowWith({ 'a.json': 'alpha' })] };
    await assert.rejects(downloadReferrers(dir.path, [request], controller.signal), /enough/);
    assert.deepEqual(await everything(dir.path), []);
  });
});

describe('openDownloadFolder', () => {
  it('makes a folder within the workspace', async () => {
    await using workspace = await makeTempDir();
    assert.equal(await openDownloadFolder('a/b', workspace.path), join(workspace.path, 'a/b'));
    assert.ok((await lstat(join(workspace.path, 'a/b'))).isDirectory());
  });

  it('takes an absolute folder as it is', async () => {
    await using workspace = await makeTempDir();
    await using other = await makeTempDir();
    assert.equal(await openDownloadFolder(join(other.path, 'x'), workspace.path), join(other.path, 'x'));
  });

  it('refuses a relative folder out of the workspace, by its words or by a link in the checkout', {
    skip: NO_SYMLINKS,
  }, async () => {
    await using workspace = await makeTempDir();
    await using other = await makeTempDir();
    await symlink(other.path, join(workspace.path, 'link'));
    const above = `../${basename(workspace.path)}-x`;
    for (const folder of [above, 'link', 'link/x']) {
      await assert.rejects(openDownloadFolder(folder, workspace.path), { code: 'file-outside-workspace' });
    }
    assert.deepEqual(await everything(other.path), []);
    await assert.rejects(lstat(join(workspace.path, above)), { code: 'ENOENT' });
  });

  it('says what is in the way', async () => {
    await using workspace = await makeTempDir();
    await writeFile(join(workspace.path, 'file'), '');
    await assert.rejects(openDownloadFolder('file/x', workspace.path), { code: 'download-failed' });
  });
});
