import assert from 'node:assert/strict';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import { EMPTY_BLOB, EMPTY_DESCRIPTOR } from '../../../src/oci/artifact-manifest.ts';
import type { Descriptor } from '../../../src/oci/descriptor.ts';
import { ANNOTATION_CREATED, ANNOTATION_TITLE, OCI_INDEX, OCI_MANIFEST } from '../../../src/oci/media-types.ts';
import { buildReferrersTag } from '../../../src/oci/referrers-tag.ts';
import { openLayout } from '../../../src/store/layout/open-layout.ts';
import { list } from '../../support/list-run.ts';
import {
  absentDescriptor,
  pushSampleBlob,
  pushSampleImage,
  pushSampleIndex,
  pushSampleManifest,
  pushSampleReferrer,
  type SampleTarget,
} from '../../support/sample-image.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const SPDX = 'application/spdx+json';
const SIGNATURE = 'application/vnd.cncf.notary.signature';

let registry: EmbeddedRegistry;
let counter = 0;
let target: SampleTarget;
let image: string;

before(async () => {
  registry = await startEmbeddedRegistry();
});
after(() => registry.close());
beforeEach(() => {
  for (const key of Object.keys(registry.quirks)) delete registry.quirks[key as keyof typeof registry.quirks];
  target = { host: registry.host, repository: `test/list-${counter++}` };
  image = `${target.host}/${target.repository}:v1`;
});

/** Pushes an artifact with titled files, by its time. */
async function pushArtifact(
  subject: Descriptor,
  options: { type?: string; created?: string; files?: Readonly<Record<string, string>> } = {},
): Promise<Descriptor> {
  const { type = SPDX, created, files = { 'sbom.json': `{"created":"${created}"}` } } = options;
  await pushSampleBlob(target, EMPTY_BLOB);
  const layers: Descriptor[] = [];
  for (const [title, content] of Object.entries(files)) {
    const blob = await pushSampleBlob(target, new TextEncoder().encode(content), 'application/json');
    layers.push({ ...blob, annotations: { [ANNOTATION_TITLE]: title } });
  }
  const { mediaType, digest, size } = subject;
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: type,
    config: EMPTY_DESCRIPTOR,
    layers,
    subject: { mediaType, digest, size },
    ...(created !== undefined && { annotations: { [ANNOTATION_CREATED]: created } }),
  };
  return (await pushSampleManifest(target, manifest)).descriptor;
}

describe('list', () => {
  it('lists the index and each platform, and counts what the filter selects', async () => {
    const index = await pushSampleIndex(target, { tag: 'v1' });
    const onIndex = await pushSampleReferrer(target, index.descriptor, { artifactType: SPDX });
    for (const platform of index.platforms) await pushSampleReferrer(target, platform, { artifactType: SPDX });
    await pushSampleReferrer(target, index.descriptor, { artifactType: 'text/plain' });
    const result = await list({ image, 'artifact-type': SPDX });
    assert.equal(result.error, undefined);
    assert.equal(result.count, 3);
    assert.equal(result.complete, true);
    assert.equal(result.tree.root.referrers[0]?.descriptor.digest, onIndex.descriptor.digest);
    assert.deepEqual(
      result.tree.root.children.map((child) => child.referrers.length),
      [1, 1],
    );
  });

  it('says none of an image without referrers, completely, and ends well', async () => {
    await pushSampleImage(target, { tag: 'v1' });
    const result = await list({ image });
    assert.deepEqual([result.count, result.complete, result.error], [0, true, undefined]);
  });

  it('proves the first 200 rows unless told otherwise, and marks the rest', async () => {
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    const contents = Array.from({ length: 203 }, (_, i) => `${i}`);
    await Promise.all(contents.map((content) => pushSampleReferrer(target, descriptor, { content })));
    const provedIn = async (inputs: Readonly<Record<string, string>>): Promise<readonly boolean[]> =>
      (await list({ image, ...inputs })).tree.root.referrers.map(({ verified }) => verified);
    assert.deepEqual(
      await provedIn({}),
      contents.map((_, i) => i < 200),
    );
    assert.deepEqual(
      await provedIn({ verify: 'false' }),
      contents.map(() => false),
    );
  });

  it('looks only at the platforms that are named', async () => {
    const index = await pushSampleIndex(target, { tag: 'v1' });
    for (const subject of [index.descriptor, ...index.platforms]) await pushSampleReferrer(target, subject);
    assert.equal((await list({ image, platforms: 'linux/amd64' })).count, 1);
    assert.equal((await list({ image, platforms: 'index' })).count, 1);
    assert.equal((await list({ image, platforms: 'index,linux/amd64' })).count, 2);
    const result = await list({ image, platforms: 'linux/s390x' });
    assert.equal(result.error?.code, 'platform-not-found');
    assert.match(result.error?.hint ?? '', /linux\/amd64, linux\/arm64/);
  });

  it('finds the signature of an SBOM when filtering on the type of the signature', async () => {
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    const sbom = await pushSampleReferrer(target, descriptor, { artifactType: SPDX });
    const signature = await pushSampleReferrer(target, sbom.descriptor, { artifactType: SIGNATURE });
    const result = await list({ image, 'artifact-type': SIGNATURE, depth: 'all' });
    assert.equal(result.count, 1);
    assert.equal(result.rows[0]?.descriptor.digest, signature.descriptor.digest);
    assert.equal(result.tree.root.referrers[0]?.selected, false);
    assert.equal((await list({ image, 'artifact-type': SIGNATURE })).count, 0);
  });

  it('selects by glob and by annotations that must all hold', async () => {
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    await pushSampleReferrer(target, descriptor, { artifactType: SPDX, annotations: { a: '1', b: '2' } });
    await pushSampleReferrer(target, descriptor, { artifactType: SPDX, annotations: { a: '1' } });
    assert.equal((await list({ image, 'artifact-type': 'application/*' })).count, 2);
    assert.equal((await list({ image, 'filter-annotation': 'a=1\nb' })).count, 1);
    assert.equal((await list({ image, 'filter-annotation': 'a=1\nb=3' })).count, 0);
  });

  it('takes the tags and the digest of a build as one image', async () => {
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    await pushSampleReferrer(target, descriptor);
    const name = `${target.host}/${target.repository}`;
    const result = await list({ image: `${name}:v1\n${name}:not-there`, 'subject-digest': descriptor.digest });
    assert.equal(result.images.length, 1);
    assert.equal(result.count, 1);
    assert.equal(result.error, undefined);
  });

  it('lowers an upper-case image name and says so', async () => {
    await pushSampleImage(target, { tag: 'v1' });
    const result = await list({ image: `${target.host}/${target.repository.toUpperCase()}:v1` });
    assert.equal(result.error, undefined);
    assert.deepEqual(
      result.heard.map(({ code }) => code),
      ['name-lowered'],
    );
    assert.deepEqual(result.warnings, result.heard);
  });

  it('lets one image fail without hiding the others', async () => {
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    await pushSampleReferrer(target, descriptor);
    const gone = `${target.host}/${target.repository}:gone`;
    const result = await list({ image: `${gone}\n${image}` });
    assert.equal(result.images[0]?.error?.code, 'manifest-unknown');
    assert.equal(result.images[1]?.tree?.root.referrers.length, 1);
    assert.deepEqual([result.count, result.complete], [1, false]);
    assert.equal(result.error?.code, 'manifest-unknown');
    assert.equal(result.error?.exitCode, 1);
  });

  it('counts a row once when two tags name one image', async () => {
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    await pushSampleImage(target, { tag: 'v2' });
    await pushSampleReferrer(target, descriptor);
    const result = await list({ image: `${image}\n${image.replace(':v1', ':v2')}` });
    assert.equal(result.images.length, 2);
    assert.equal(result.count, 1);
  });

  it('shows a platform that the registry does not hold, with what refers to it', async () => {
    const index = await pushSampleIndex(target, { tag: 'v1', missing: [{ os: 'linux', architecture: 's390x' }] });
    const absent = index.platforms[2];
    assert.ok(absent !== undefined);
    await pushSampleReferrer(target, absent, { artifactType: SPDX });
    const result = await list({ image });
    const child = result.tree.root.children[2];
    assert.deepEqual([child?.missing, child?.referrers.length], [true, 1]);
    assert.deepEqual([result.count, result.complete, result.error], [1, true, undefined]);
    assert.ok(result.warnings.some(({ code }) => code === 'platform-missing'));
  });

  it('refuses bad options before any request', async () => {
    registry.clearLog();
    await assert.rejects(list({ image, 'artifact-type': 'no slash' }), { code: 'artifact-type-invalid' });
    await assert.rejects(list({ image, platforms: 'linux' }), { code: 'platform-invalid' });
    await assert.rejects(list({ image, 'filter-annotation': '=x' }), { code: 'annotation-invalid' });
    await assert.rejects(list({ image: 'UPPER CASE' }), { code: 'reference-invalid' });
    await assert.rejects(list({}), { code: 'image-missing' });
    assert.equal(registry.log.length, 0);
  });
});

describe('list and its exit code', () => {
  it('ends with 1 when fewer match than min-count', async () => {
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    await pushSampleReferrer(target, descriptor, { artifactType: SPDX });
    assert.equal((await list({ image, 'artifact-type': SPDX, 'min-count': '1' })).error, undefined);
    const result = await list({ image, 'artifact-type': SPDX, 'min-count': '2' });
    assert.equal(result.error?.code, 'min-count-not-met');
    assert.equal(result.error?.exitCode, 1);
  });

  for (const verify of ['true', 'false']) {
    it(`counts no row towards min-count that is not there, however many are listed (verify: ${verify})`, async () => {
      await pushSampleImage(target, { tag: 'v1' });
      for (const [entries, minCount] of [
        [1, '1'],
        [201, '1'],
        [450, '2'],
      ] as const) {
        registry.quirks.referrersExtra = Array.from({ length: entries }, (_, i) => ({
          ...absentDescriptor(`entry ${i}`),
          artifactType: SPDX,
        }));
        const result = await list({ image, 'artifact-type': SPDX, 'min-count': minCount, verify });
        assert.deepEqual([result.count, result.error?.code], [0, 'min-count-not-met']);
      }
    });

    it(`finds the proved rows behind those that are not there (verify: ${verify})`, async () => {
      const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
      const extra = Array.from({ length: 250 }, (_, i) => ({ ...absentDescriptor(`${i}`), artifactType: SPDX }));
      const sbom = await pushSampleReferrer(target, descriptor, { artifactType: SPDX });
      await pushSampleManifest(
        target,
        { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [...extra, { ...sbom.descriptor, artifactType: SPDX }] },
        { tag: buildReferrersTag(descriptor.digest) },
      );
      registry.quirks.referrersApi = false;
      const result = await list({ image, 'artifact-type': SPDX, 'min-count': '1', verify });
      assert.deepEqual([result.count, result.error], [1, undefined]);
      assert.equal(result.rows[0]?.verified, true);
    });
  }

  it('counts no row whose way is not proved', async () => {
    await pushSampleImage(target, { tag: 'v1' });
    const forged = { ...absentDescriptor('sbom'), artifactType: SPDX };
    await pushSampleReferrer(target, forged, { artifactType: SIGNATURE });
    registry.quirks.intercept = ({ path }) =>
      path.endsWith(`/referrers/${forged.digest}`) || !path.includes('/referrers/')
        ? undefined
        : {
            status: 200,
            headers: { 'content-type': OCI_INDEX },
            body: Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [forged] })),
          };
    const inputs = { image, 'artifact-type': SIGNATURE, depth: 'all', verify: 'false' };
    assert.equal((await list(inputs)).count, 1);
    const result = await list({ ...inputs, 'min-count': '1' });
    assert.deepEqual([result.count, result.error?.code], [0, 'min-count-not-met']);
  });

  for (const status of [401, 403, 429, 500, 503] as const) {
    it(`ends with 3, not with none, when the referrers API answers ${status}`, async () => {
      await pushSampleImage(target, { tag: 'v1' });
      registry.quirks.referrersApi = status;
      const result = await list({ image, 'min-count': '1' });
      assert.equal(result.error?.code, 'list-incomplete');
      assert.equal(result.error?.exitCode, 3);
      assert.equal(result.complete, false);
    });
  }

  it('ends with 3 when the fallback tag cannot be read, though the API answered', async () => {
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    await pushSampleReferrer(target, descriptor);
    const tag = buildReferrersTag(descriptor.digest);
    registry.quirks.intercept = ({ path }) =>
      path.endsWith(`/manifests/${tag}`) || path.endsWith('/tags/list')
        ? { status: 500, headers: {}, body: new Uint8Array() }
        : undefined;
    const result = await list({ image, 'min-count': '1' });
    assert.equal(result.count, 1);
    assert.equal(result.error?.code, 'list-incomplete');
  });

  it('is incomplete when a platform cannot be read, and ends with 3 only where that may be why too few are found', async () => {
    const index = await pushSampleIndex(target, { tag: 'v1' });
    const [platform] = index.platforms;
    assert.ok(platform);
    registry.quirks.failure = { status: 500, match: ({ path }) => path.endsWith(`/manifests/${platform.digest}`) };
    const result = await list({ image });
    assert.deepEqual([result.error, result.complete], [undefined, false]);
    const gate = await list({ image, 'min-count': '1' });
    assert.equal(gate.error?.code, 'list-incomplete');
    assert.match(gate.error?.message ?? '', new RegExp(`platform .*${platform.digest}`));
  });

  it('says what to do about an answer that some registries without the API give', async () => {
    await pushSampleImage(target, { tag: 'v1' });
    registry.quirks.referrersApi = 405;
    const result = await list({ image });
    assert.equal(result.error?.code, 'list-incomplete');
    assert.match(result.error?.hint ?? '', /distribution-spec: v1\.1-referrers-tag/);
  });

  for (const status of [401, 403, 404]) {
    it(`ends with 1 when the registry refuses the image itself with ${status}`, async () => {
      await pushSampleImage(target, { tag: 'v1' });
      registry.quirks.intercept = ({ path }) =>
        path.endsWith('/manifests/v1')
          ? { status, headers: { 'www-authenticate': 'Basic realm="x"' }, body: new Uint8Array() }
          : undefined;
      assert.equal((await list({ image })).error?.exitCode, 1);
    });
  }

  it('takes the word of tags/list that there are no cosign tags, but asks for each where min-count asks', async () => {
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    const tags = ['sig', 'att'].map((suffix) => `${descriptor.digest.replace(':', '-')}.${suffix}`);
    for (const [i, tag] of tags.entries()) await pushSampleImage(target, { tag, name: `cosign ${i}` });
    registry.quirks.intercept = ({ path }) =>
      path.endsWith('/tags/list')
        ? { status: 200, headers: {}, body: Buffer.from(JSON.stringify({ name: 'x', tags: ['v1', tags[0]] })) }
        : undefined;
    assert.equal((await list({ image })).count, 1);
    assert.equal((await list({ image, 'min-count': '1' })).count, 2);
  });

  it('ends well, incomplete and with a warning, when only cosign tags cannot be read', async () => {
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    await pushSampleReferrer(target, descriptor);
    registry.quirks.intercept = ({ path }) =>
      /\.(?:sig|att|sbom)$/.test(path) || path.endsWith('/tags/list')
        ? { status: 500, headers: {}, body: new Uint8Array() }
        : undefined;
    const result = await list({ image, 'min-count': '1' });
    assert.deepEqual([result.error, result.complete, result.count], [undefined, false, 1]);
    assert.ok(result.warnings.some(({ code }) => code === 'source-unread'));
    assert.equal((await list({ image, 'min-count': '2' })).error?.code, 'list-incomplete');
  });

  it('believes a registry that says there are no referrers, but not where min-count asks', async () => {
    const { descriptor, bytes } = await pushSampleImage(target, { tag: 'v1' });
    await pushSampleReferrer(target, descriptor);
    const headers = {
      'content-type': descriptor.mediaType,
      'docker-content-digest': descriptor.digest,
      'oci-referrers': 'absent',
    };
    registry.quirks.intercept = ({ path }) =>
      path.endsWith('/manifests/v1') ? { status: 200, headers, body: bytes } : undefined;
    const inputs = { image, sources: 'api' };
    assert.equal((await list(inputs)).count, 0);
    const result = await list({ ...inputs, 'min-count': '1' });
    assert.deepEqual([result.count, result.error], [1, undefined]);
  });

  it('ends with the error of the registry when nothing answers', async () => {
    const closed = await startEmbeddedRegistry();
    await closed.close();
    const result = await list({ image: `${closed.host}/x:v1` });
    assert.equal(result.error?.code, 'network-unreachable');
    assert.equal(result.error?.exitCode, 3);
  });
});

describe('list --latest', () => {
  it('keeps the latest for each type and title', async () => {
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    await pushArtifact(descriptor, { created: '2026-01-01T12:00:00+02:00' });
    const latest = await pushArtifact(descriptor, { created: '2026-01-01T11:00:00Z' });
    const other = await pushArtifact(descriptor, { created: '2020-01-01T00:00:00Z', files: { 'other.json': '{}' } });
    const result = await list({ image, latest: 'true' });
    assert.deepEqual(result.rows.map((row) => row.descriptor.digest).sort(), [latest.digest, other.digest].sort());
    assert.equal(result.count, 2);
  });

  it('tells titles apart where rows were not proved, by reading those that compete', async () => {
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    await pushArtifact(descriptor, { created: '2020-01-01T00:00:00Z', files: { 'a.json': 'a' } });
    await pushArtifact(descriptor, { created: '2026-01-01T00:00:00Z', files: { 'b.json': 'b' } });
    await pushArtifact(descriptor, { type: 'text/plain', created: '2026-01-01T00:00:00Z' });
    const result = await list({ image, latest: 'true', verify: 'false' });
    assert.equal(result.count, 3);
    assert.deepEqual(
      result.rows.map((row) => row.verified),
      [true, true, false],
    );
  });

  it('drops a competitor whose bytes name another subject, however new it claims to be', async () => {
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    const other = await pushSampleImage(target, { name: 'other', tag: 'other' });
    const honest = await pushArtifact(descriptor, { created: '2026-01-01T00:00:00Z' });
    const forged = await pushArtifact(other.descriptor, { created: '2099-01-01T00:00:00Z' });
    registry.quirks.referrersExtra = [
      { ...forged, artifactType: SPDX, annotations: { [ANNOTATION_CREATED]: '2099-01-01T00:00:00Z' } },
    ];
    const result = await list({ image, latest: 'true', verify: 'false' });
    assert.deepEqual(
      result.rows.map((row) => row.descriptor.digest),
      [honest.digest],
    );
    assert.ok(result.warnings.some(({ code }) => code === 'subject-differs'));
  });

  it('ends with 3 when a row that competes cannot be read', async () => {
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    await pushArtifact(descriptor, { created: '2020-01-01T00:00:00Z' });
    const latest = await pushArtifact(descriptor, { created: '2026-01-01T00:00:00Z' });
    registry.quirks.intercept = ({ path }) =>
      path.endsWith(latest.digest) && path.includes('/manifests/')
        ? { status: 500, headers: {}, body: new Uint8Array() }
        : undefined;
    const result = await list({ image, latest: 'true', verify: 'false' });
    assert.equal(result.error?.code, 'list-incomplete');
    assert.equal(result.complete, false);
  });

  it('ends with 1 on a tie and names the digests', async () => {
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    const created = '2026-01-01T00:00:00Z';
    const tied = [
      await pushArtifact(descriptor, { created, files: { 'sbom.json': '1' } }),
      await pushArtifact(descriptor, { created, files: { 'sbom.json': '2' } }),
    ];
    const result = await list({ image, latest: 'true' });
    assert.equal(result.error?.code, 'latest-ambiguous');
    for (const { digest } of tied) assert.ok(result.error?.message.includes(digest));
    assert.equal(result.count, 2);
  });
});

describe('list --download', () => {
  it('writes the files of the rows shown, and the same again on a second run', async () => {
    await using dir = await makeTempDir();
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    await pushArtifact(descriptor, { files: { 'sbom.json': '{"a":1}', 'deep/notes.txt': 'x' } });
    await pushArtifact(descriptor, { type: 'text/plain', files: { 'other.txt': 'y' } });
    const inputs = { image, 'artifact-type': SPDX, download: 'out' };
    const result = await list(inputs, { workspace: dir.path });
    assert.equal(result.error, undefined);
    const contents = await Promise.all(result.downloads.map(({ path }) => readFile(path, 'utf8')));
    assert.deepEqual(contents, ['{"a":1}', 'x']);
    assert.deepEqual((await list(inputs, { workspace: dir.path })).downloads, result.downloads);
  });

  it('reads the manifests that it needs where nothing was proved', async () => {
    await using dir = await makeTempDir();
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    await pushArtifact(descriptor, { files: { 'sbom.json': '{}' } });
    const result = await list({ image, verify: 'false', download: dir.path });
    assert.equal(result.downloads.length, 1);
  });

  it('writes nothing and ends with 3 when a manifest that it needs cannot be read', async () => {
    await using dir = await makeTempDir();
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    await pushArtifact(descriptor, { files: { 'a.json': '1' } });
    const other = await pushArtifact(descriptor, { files: { 'b.json': '2' } });
    registry.quirks.intercept = ({ path }) =>
      path.endsWith(other.digest) && path.includes('/manifests/')
        ? { status: 500, headers: {}, body: new Uint8Array() }
        : undefined;
    const result = await list({ image, download: dir.path });
    assert.equal(result.error?.exitCode, 3);
    assert.deepEqual(result.downloads, []);
    assert.deepEqual(await readdir(dir.path), []);
  });

  it('ends with an error and an empty folder when a title leads out of it', async () => {
    await using dir = await makeTempDir();
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    await pushArtifact(descriptor, { files: { 'sbom.json': '{}' } });
    await pushArtifact(descriptor, { files: { '../../../evil': 'x' } });
    const result = await list({ image, download: dir.path });
    assert.equal(result.error?.code, 'title-unsafe');
    assert.equal(result.count, 2);
    assert.deepEqual(await readdir(dir.path), []);
  });

  it('refuses a folder out of the workspace before any request; on the command line it may lie anywhere', async () => {
    await using dir = await makeTempDir();
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    await pushArtifact(descriptor, { files: { 'sbom.json': '{}' } });
    const workspace = join(dir.path, 'workspace');
    await mkdir(workspace);
    registry.clearLog();
    await assert.rejects(list({ image, download: '../out' }, { workspace }), {
      code: 'file-outside-workspace',
      hint: /absolute path/,
    });
    assert.equal(registry.log.length, 0);
    const { downloads, error } = await list({ image, download: '../out' }, { workspace, readsAnywhere: true });
    assert.deepEqual([downloads.length, error], [1, undefined]);
    assert.ok(downloads[0]?.path.startsWith(join(dir.path, 'out')));
  });

  it('downloads nothing of an image whose latest is ambiguous, and ends with that', async () => {
    await using dir = await makeTempDir();
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    await pushArtifact(descriptor, { files: { 'sbom.json': '1' } });
    await pushArtifact(descriptor, { files: { 'sbom.json': '2' } });
    const result = await list({ image, latest: 'true', download: dir.path });
    assert.equal(result.error?.code, 'latest-ambiguous');
    assert.deepEqual(await readdir(dir.path), []);
  });
});

describe('list of an OCI layout', () => {
  async function makeLayout(directory: string, tags: readonly string[]): Promise<void> {
    const store = await openLayout(directory, { create: true });
    const { descriptor, bytes } = await pushSampleImage(target);
    for (const tag of tags) await store.pushManifest({ bytes, mediaType: descriptor.mediaType, target: { tag } });
    const referrer = await pushSampleReferrer(target, descriptor, { artifactType: SPDX });
    const { mediaType, digest } = referrer.descriptor;
    await store.pushManifest({ bytes: referrer.bytes, mediaType, target: digest });
  }

  it('lists by tag, by digest, and the only image without either', async () => {
    await using dir = await makeTempDir();
    await makeLayout(`${dir.path}/out`, ['v1']);
    const options = { workspace: dir.path };
    for (const line of ['oci-layout:out:v1', 'oci-layout:out']) {
      const result = await list({ image: line }, options);
      assert.deepEqual([result.count, result.complete, result.error], [1, true, undefined]);
    }
    const { tree } = await list({ image: 'oci-layout:out' }, options);
    const byDigest = await list({ image: 'oci-layout:out', 'subject-digest': tree.root.descriptor.digest }, options);
    assert.equal(byDigest.count, 1);
  });

  it('asks for a tag where there are several, and names them', async () => {
    await using dir = await makeTempDir();
    await makeLayout(`${dir.path}/out`, ['v1', 'v2']);
    const { error } = await list({ image: 'oci-layout:out' }, { workspace: dir.path });
    assert.equal(error?.code, 'reference-invalid');
    assert.match(error?.message ?? '', /holds 2 images: v1, v2/);
  });
});
