/** Layouts and the embedded registry as clients see them that are not ours: oras-go, regctl, skopeo. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { buildArtifactManifest, EMPTY_BLOB, EMPTY_DIGEST } from '../../src/oci/artifact-manifest.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { openLayout } from '../../src/store/layout/open-layout.ts';
import type { Store } from '../../src/store/store.ts';
import { buildGoTool, type GoTool, REGCTL, runTool, skipWithoutGo } from '../support/go-tools.ts';
import { pushSampleIndex, type SampleIndex } from '../support/sample-image.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';

const ORAS_LAYOUT: GoTool = { name: 'oras-layout-list', folder: 'test/interop/oras-layout' };
const SKOPEO = '/usr/bin/skopeo';
const TYPE = 'application/vnd.example.report.v1+json';
const noGo = await skipWithoutGo();
const noSkopeo = existsSync(SKOPEO) ? false : `${SKOPEO} is not installed`;

describe('a layout that others read and write, too', () => {
  let dir: TempDir;
  let layout: string;
  let store: Store;
  let image: SampleIndex;
  let ours: Descriptor;

  before(async () => {
    dir = await makeTempDir('interop-layout-');
    const registry = await startEmbeddedRegistry({ root: dir.path });
    image = await pushSampleIndex({ host: registry.host, repository: 'app' }, { tag: 'v1' });
    await registry.close();
    layout = join(dir.path, 'app');
    store = await openLayout(layout, { fallbackTag: true });
    ours = await attach(store, image.descriptor, 'ours');
  });
  after(() => dir.remove());

  it('shows our referrer to oras-go', { skip: noGo }, async () => {
    const found = JSON.parse(await runTool(await buildGoTool(ORAS_LAYOUT), [layout, 'v1'])) as Descriptor[];
    const { digest, artifactType } = found.find((each) => each.digest === ours.digest) ?? assert.fail('not found');
    assert.deepEqual([digest, artifactType], [ours.digest, TYPE]);
  });

  it('shows our referrer to regctl, and shows us what regctl attaches', { skip: noGo }, async () => {
    const regctl = await buildGoTool(REGCTL);
    const reference = `ocidir://${layout}:v1`;
    const list = async (): Promise<string[]> => {
      const body = await runTool(regctl, ['artifact', 'list', reference, '--format', 'body']);
      return (JSON.parse(body) as { manifests: Descriptor[] }).manifests.map(({ digest }) => digest);
    };
    assert.deepEqual(await list(), [ours.digest]);
    const file = join(import.meta.dirname, 'layout.test.ts');
    await runTool(regctl, ['artifact', 'put', '--artifact-type', TYPE, '--subject', reference, '--file', file]);
    const listed = await store.listReferrers(image.descriptor.digest);
    const digests = (listed.supported ? listed.descriptors : []).map(({ digest }) => digest);
    assert.equal(digests.length, 2);
    assert.deepEqual((await list()).sort(), digests.sort());
    const after = await attach(store, image.descriptor, 'after regctl');
    assert.deepEqual((await list()).sort(), [...digests, after.digest].sort());
  });
});

describe('the embedded registry with clients of others', () => {
  let dir: TempDir;
  let registry: EmbeddedRegistry;
  const account = 'ann:secret';
  before(async () => {
    dir = await makeTempDir('interop-registry-');
    registry = await startEmbeddedRegistry({
      root: join(dir.path, 'root'),
      auth: { kind: 'bearer', users: { ann: { password: 'secret' } } },
    });
    const open = await startEmbeddedRegistry({ root: join(dir.path, 'source') });
    const image = await pushSampleIndex({ host: open.host, repository: 'app' }, { tag: 'v1' });
    const store = await openLayout(join(dir.path, 'source/app'), { fallbackTag: true });
    await attach(store, image.descriptor, 'copied');
    await open.close();
  });
  after(async () => {
    await registry.close();
    await dir.remove();
  });

  it('takes an image from skopeo, and gives it back, with a bearer token', { skip: noSkopeo }, async () => {
    const source = `oci:${join(dir.path, 'source/app')}:v1`;
    const target = `docker://${registry.host}/copied/skopeo:v1`;
    const skopeo = promisify(execFile);
    await skopeo(SKOPEO, [
      'copy',
      '--all',
      '--preserve-digests',
      '--dest-tls-verify=false',
      '--dest-creds',
      account,
      source,
      target,
    ]);
    assert.deepEqual(await registry.tagsOf('copied/skopeo'), ['v1']);
    const back = `oci:${join(dir.path, 'back')}:v1`;
    await skopeo(SKOPEO, [
      'copy',
      '--all',
      '--preserve-digests',
      '--src-tls-verify=false',
      '--src-creds',
      account,
      target,
      back,
    ]);
    const [first, second] = await Promise.all(
      [join(dir.path, 'source/app'), join(dir.path, 'back')].map(async (path) => {
        const found = await (await openLayout(path)).findManifest({ tag: 'v1' });
        return found?.manifest.digest;
      }),
    );
    assert.equal(first, second);
  });

  it('takes an image with its referrers from regctl', { skip: noGo }, async () => {
    const regctl = await buildGoTool(REGCTL);
    const host = ['--host', `reg=${registry.host},tls=disabled,user=ann,pass=secret`];
    const target = `${registry.host}/copied/regctl:v1`;
    const source = `ocidir://${join(dir.path, 'source/app')}:v1`;
    await runTool(regctl, ['image', 'copy', '--referrers', source, target, ...host]);
    const body = await runTool(regctl, ['artifact', 'list', target, '--format', 'body', ...host]);
    const { manifests } = JSON.parse(body) as { manifests: Descriptor[] };
    assert.deepEqual(
      manifests.map(({ artifactType }) => artifactType),
      [TYPE],
    );
    assert.equal(registry.openUploads, 0);
  });
});

async function attach(store: Store, subject: Descriptor, name: string): Promise<Descriptor> {
  const open = async function* (): AsyncIterable<Uint8Array> {
    yield EMPTY_BLOB;
  };
  await store.pushBlob({ digest: EMPTY_DIGEST, size: EMPTY_BLOB.byteLength, open });
  const bytes = buildArtifactManifest({ artifactType: TYPE, layers: [], subject, annotations: { name } });
  await store.pushManifest({ bytes, mediaType: OCI_MANIFEST, target: digestOf(bytes) });
  return { mediaType: OCI_MANIFEST, digest: digestOf(bytes), size: bytes.byteLength };
}
