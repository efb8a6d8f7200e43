import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import { CodedError } from '../../../src/errors/coded-error.ts';
import { EMPTY_BLOB } from '../../../src/oci/artifact-manifest.ts';
import type { Descriptor } from '../../../src/oci/descriptor.ts';
import { OCI_EMPTY, OCI_MANIFEST } from '../../../src/oci/media-types.ts';
import { type ListRun, list } from '../../support/list-run.ts';
import {
  pushSampleBlob,
  pushSampleImage,
  pushSampleIndex,
  pushSampleManifest,
  pushSampleReferrer,
  type SampleTarget,
} from '../../support/sample-image.ts';

const SPDX = 'application/spdx+json';

let registry: EmbeddedRegistry;
let target: SampleTarget;
let count = 0;

before(async () => {
  registry = await startEmbeddedRegistry();
});
after(() => registry.close());
beforeEach(() => {
  count += 1;
  target = { host: registry.host, repository: `acme/app-${count}` };
});

function pipe(inputs: Readonly<Record<string, string>> = {}): Promise<ListRun> {
  const image = `${target.host}/${target.repository}:1`;
  return list({ image, download: '-', ...inputs }, { readsAnywhere: true });
}

function textOf({ content }: ListRun): string | undefined {
  return content === undefined ? undefined : Buffer.from(content).toString();
}

/** A referrer with these files, or with the empty layer alone. */
async function pushFiles(subject: Descriptor, ...files: readonly string[]): Promise<void> {
  const config = await pushSampleBlob(target, EMPTY_BLOB, OCI_EMPTY);
  const layers = await Promise.all(
    files.map((file) => pushSampleBlob(target, new TextEncoder().encode(file), 'text/plain')),
  );
  const { mediaType, digest, size } = subject;
  await pushSampleManifest(target, {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: 'application/vnd.acme.notes',
    config,
    layers: layers.length === 0 ? [config] : layers,
    subject: { mediaType, digest, size },
  });
}

describe('list with download: -', () => {
  it('gives the bytes of the one file that the filters leave, byte for byte', async () => {
    const { descriptor } = await pushSampleImage(target, { tag: '1' });
    const content = '{"spdxVersion":"SPDX-2.3"}\r\n\u0000\u00e9';
    await pushSampleReferrer(target, descriptor, { artifactType: SPDX, content });
    await pushSampleReferrer(target, descriptor, { content: 'something else' });
    const run = await pipe({ 'artifact-type': SPDX });
    assert.deepEqual([textOf(run), run.error, run.downloads], [content, undefined, []]);
  });

  it('gives none where there are several, and names them; the same one of index and platform is one', async () => {
    const index = await pushSampleIndex(target, { tag: '1' });
    for (const subject of [index.descriptor, ...index.platforms]) {
      await pushSampleReferrer(target, subject, { artifactType: SPDX, content: 'the same' });
    }
    assert.equal(textOf(await pipe()), 'the same');
    await pushSampleReferrer(target, index.descriptor, { artifactType: SPDX, content: 'another' });
    const several = await pipe();
    assert.deepEqual([several.content, several.error?.code], [undefined, 'download-not-one']);
    assert.match(several.error?.message ?? '', /have 2 files: sha256:[0-9a-f]{64}, sha256:[0-9a-f]{64}$/);
    assert.equal(textOf(await pipe({ platforms: 'linux/amd64' })), 'the same');
  });

  it('takes the files of one artifact for several, and the empty layer for none', async () => {
    const { descriptor } = await pushSampleImage(target, { tag: '1' });
    await pushFiles(descriptor);
    const none = await pipe();
    assert.deepEqual([none.count, none.error?.code], [1, 'download-not-one']);
    await pushFiles(descriptor, ...'abcdefg');
    assert.match((await pipe()).error?.message ?? '', /have 7 files: (?:sha256:[0-9a-f]{64}, ){5}and 2 more$/);
  });

  it('gives nothing of bytes that are not what they should be', async () => {
    const { descriptor } = await pushSampleImage(target, { tag: '1' });
    await pushSampleReferrer(target, descriptor, { artifactType: SPDX });
    registry.quirks.bodyFault = { kind: 'flip', match: ({ path }) => path.includes('/blobs/') };
    const run = await pipe();
    registry.quirks.bodyFault = undefined;
    assert.deepEqual([run.content, run.error?.code], [undefined, 'digest-mismatch']);
  });

  it('gives nothing where the list ends with an error, though there is one file', async () => {
    const { descriptor } = await pushSampleImage(target, { tag: '1' });
    await pushSampleReferrer(target, descriptor, { artifactType: SPDX });
    const run = await pipe({ 'min-count': '2' });
    assert.deepEqual([run.content, run.error?.code], [undefined, 'min-count-not-met']);
  });

  it('is for the command line: a step of a workflow has its log there', async () => {
    await assert.rejects(
      list({ image: `${target.host}/acme/app:1`, download: '-' }),
      (thrown: unknown) => thrown instanceof CodedError && thrown.code === 'input-invalid',
    );
  });
});
