import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type Digest, digestOf } from '../../../src/oci/digest.ts';
import { buildReferrersTag } from '../../../src/oci/referrers-tag.ts';
import { openLayout } from '../../../src/store/layout/open-layout.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

describe('openLayout', () => {
  it('makes a layout where `create` asks for one, and finds it again', async () => {
    await using dir = await makeTempDir();
    const path = join(dir.path, 'a', 'layout');
    await openLayout(path, { create: true });
    assert.deepEqual((await readdir(path)).sort(), ['blobs', 'index.json', 'oci-layout']);
    assert.deepEqual(JSON.parse(await readFile(join(path, 'oci-layout'), 'utf8')), { imageLayoutVersion: '1.0.0' });
    const store = await openLayout(path);
    assert.equal(store.name, `oci-layout:${path}`);
    assert.deepEqual(await store.listTags({ maxPages: 1 }), { tags: new Set(), complete: true });
  });

  it('leaves a layout that is there as it is, whoever else creates it at the same time', async () => {
    await using dir = await makeTempDir();
    const index = '{"schemaVersion":2,"manifests":[],"mine":1}';
    await openLayout(dir.path, { create: true });
    await writeFile(join(dir.path, 'index.json'), index);
    await Promise.all([1, 2, 3].map(() => openLayout(dir.path, { create: true })));
    assert.equal(await readFile(join(dir.path, 'index.json'), 'utf8'), index);
    assert.deepEqual((await readdir(dir.path)).sort(), ['blobs', 'index.json', 'oci-layout']);
  });

  it('says layout-not-found for a directory that is not there, or is no layout', async () => {
    await using dir = await makeTempDir();
    await assert.rejects(openLayout(join(dir.path, 'none')), { code: 'layout-not-found' });
    await assert.rejects(openLayout(dir.path), { code: 'layout-not-found' });
    await writeFile(join(dir.path, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    await assert.rejects(openLayout(dir.path), { code: 'layout-not-found' });
    await writeFile(join(dir.path, 'a-file'), '');
    await assert.rejects(openLayout(join(dir.path, 'a-file')), { code: 'layout-not-found' });
  });

  const invalid: [string, string, string][] = [
    ['another version', '{"imageLayoutVersion":"2.0.0"}', '{"manifests":[]}'],
    ['no version', '{}', '{"manifests":[]}'],
    ['two versions', '{"imageLayoutVersion":"1.0.0","ImageLayoutVersion":"2.0.0"}', '{"manifests":[]}'],
    ['a marker that is no JSON', 'x', '{"manifests":[]}'],
    ['an index that is no JSON', '{"imageLayoutVersion":"1.0.0"}', 'x'],
    ['an index whose manifests are no list', '{"imageLayoutVersion":"1.0.0"}', '{"manifests":1}'],
  ];
  for (const [what, marker, index] of invalid) {
    it(`says layout-invalid for ${what}`, async () => {
      await using dir = await makeTempDir();
      await writeFile(join(dir.path, 'oci-layout'), marker);
      await writeFile(join(dir.path, 'index.json'), index);
      await assert.rejects(openLayout(dir.path), { code: 'layout-invalid' });
    });
  }

  it('loses nothing of what several processes write at the same time', async () => {
    await using dir = await makeTempDir();
    await openLayout(dir.path, { create: true });
    const subject: Digest = digestOf('the subject');
    const script = join(import.meta.dirname, 'fixtures', 'push-many.ts');
    const writers = ['a', 'b', 'c'].map((name) =>
      spawn(process.execPath, [script, dir.path, name, '8', subject], { stdio: ['ignore', 'ignore', 'inherit'] }),
    );
    const codes = await Promise.all(writers.map(async (writer) => (await once(writer, 'exit'))[0]));
    assert.deepEqual(codes, [0, 0, 0]);
    const store = await openLayout(dir.path);
    const { tags } = await store.listTags({ maxPages: 1 });
    assert.equal(tags.size, 3 * 8 + 1);
    const answer = await store.listReferrers(subject);
    assert.equal(answer.supported && answer.descriptors.length, 24);
    const fallback = await store.findManifest({ tag: buildReferrersTag(subject) });
    assert.equal(fallback?.manifest.kind === 'index' && fallback.manifest.manifests.length, 24);
    assert.deepEqual((await readdir(dir.path)).sort(), ['.uploads', 'blobs', 'index.json', 'oci-layout']);
    assert.deepEqual(await readdir(join(dir.path, '.uploads')), []);
  });

  it('goes on after a writer was killed in the middle of its work', async () => {
    await using dir = await makeTempDir();
    await openLayout(dir.path, { create: true });
    await mkdir(join(dir.path, '.uploads'));
    await writeFile(join(dir.path, '.uploads', 'half'), 'half a blob');
    await writeFile(join(dir.path, 'index.json.x.tmp'), '{"manif');
    const store = await openLayout(dir.path);
    const bytes = new TextEncoder().encode('hello');
    const blob = {
      digest: digestOf(bytes),
      size: bytes.byteLength,
      open: async function* () {
        yield bytes;
      },
    };
    assert.deepEqual(await store.pushBlob(blob), { written: true });
  });
});
