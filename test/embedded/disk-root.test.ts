import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { DiskRepositories } from '../../src/embedded/repositories.ts';
import { openLayout } from '../../src/store/layout/open-layout.ts';
import { pushSampleIndex, pushSampleReferrer } from '../support/sample-image.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { beginUpload, pushBlob, send } from './registry-client.ts';

describe('an embedded registry over a directory', () => {
  it('keeps each repository as a layout that reads the same, and finds it again after a restart', async () => {
    await using dir = await makeTempDir();
    await using first = await startEmbeddedRegistry({ root: dir.path });
    const target = { host: first.host, repository: 'acme/app' };
    const index = await pushSampleIndex(target, { tag: 'v1' });
    const referrer = await pushSampleReferrer(target, index.descriptor);
    await first.close();

    const store = await openLayout(join(dir.path, 'acme/app'));
    const found = await store.findManifest({ tag: 'v1' });
    assert.equal(found?.manifest.digest, index.descriptor.digest);
    const listed = await store.listReferrers(index.descriptor.digest);
    assert.deepEqual(listed.supported && listed.descriptors, [referrer.descriptor]);

    await using second = await startEmbeddedRegistry({ root: dir.path });
    const answer = await send('GET', `${second.url}/v2/acme/app/referrers/${index.descriptor.digest}`);
    assert.deepEqual(answer.json().manifests, [referrer.descriptor]);
    assert.deepEqual(await second.tagsOf('acme/app'), ['v1']);
    const mounted = await send('POST', `${second.url}/v2/acme/new/blobs/uploads/?mount=${referrer.descriptor.digest}`);
    assert.equal(mounted.status, 201);
    await second.close();
  });

  it('sees what another process writes to a layout that it serves', async () => {
    await using dir = await makeTempDir();
    await using registry = await startEmbeddedRegistry({ root: dir.path });
    const index = await pushSampleIndex({ host: registry.host, repository: 'acme/app' }, { tag: 'v1' });
    const store = await openLayout(join(dir.path, 'acme/app'));
    await store.pushManifest({ bytes: index.bytes, mediaType: index.descriptor.mediaType, target: { tag: 'v2' } });
    assert.deepEqual(await registry.tagsOf('acme/app'), ['v1', 'v2']);
    await registry.close();
  });

  it('refuses names that would lie within the layout of another repository, and leaves no half uploads', async () => {
    await using dir = await makeTempDir();
    await using registry = await startEmbeddedRegistry({ root: dir.path });
    await pushBlob(`${registry.url}/v2/acme`, Buffer.from('x'));
    for (const name of ['acme/blobs/sha256', 'acme/index.json', 'acme/oci-layout', 'index.json.lock']) {
      const answer = await send('POST', `${registry.url}/v2/${name}/blobs/uploads/`);
      assert.deepEqual([answer.status, answer.errorCodes()], [400, ['NAME_INVALID']], name);
    }
    await pushBlob(`${registry.url}/v2/acme/app`, Buffer.from('nested is fine'));
    await send('PATCH', await beginUpload(`${registry.url}/v2/acme`), { body: 'half' });
    await registry.close();
    assert.deepEqual((await readdir(join(dir.path, 'acme'))).sort(), [
      '.uploads',
      'app',
      'blobs',
      'index.json',
      'oci-layout',
    ]);
    assert.deepEqual(await readdir(join(dir.path, 'acme', '.uploads')), []);
    assert.equal(await readFile(join(dir.path, 'acme', 'oci-layout'), 'utf8'), '{"imageLayoutVersion":"1.0.0"}');
  });

  it('takes no repository there whose folder Windows has another use for; elsewhere it does', () => {
    const takes = (name: string, platform: NodeJS.Platform): boolean =>
      new DiskRepositories('unused', platform).takesName(name);
    for (const name of ['acme/nul', 'con', 'com1/app', 'acme/aux.d']) {
      assert.deepEqual([takes(name, 'win32'), takes(name, 'linux')], [false, true], name);
    }
    for (const name of ['acme/app', 'null', 'acme/console']) assert.ok(takes(name, 'win32'), name);
  });
});
