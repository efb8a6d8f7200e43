import assert from 'node:assert/strict';
import { EMPTY_BLOB, EMPTY_DESCRIPTOR } from '../../src/oci/artifact-manifest.ts';
import type { Descriptor, Platform } from '../../src/oci/descriptor.ts';
import { type Digest, type DigestAlgorithm, digestOf } from '../../src/oci/digest.ts';
import { OCI_IMAGE_CONFIG, OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';

/** Where a sample goes: `127.0.0.1:5000` over plain HTTP, with the Authorization that the registry asks for, if any. */
export interface SampleTarget {
  readonly host: string;
  readonly repository: string;
  readonly authorization?: string;
}

export interface SampleImage {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

export interface SampleIndex extends SampleImage {
  /** A descriptor with its platform for each entry, in order. */
  readonly platforms: readonly Descriptor[];
}

const LAYER = 'application/vnd.oci.image.layer.v1.tar';
const TWO_PLATFORMS: readonly Platform[] = [
  { os: 'linux', architecture: 'amd64' },
  { os: 'linux', architecture: 'arm64' },
];

/** Pushes an image of one platform: one config, one layer. The same `name` and platform give the same digests. */
export async function pushSampleImage(
  target: SampleTarget,
  options: { tag?: string; name?: string; platform?: Platform } = {},
): Promise<SampleImage> {
  const { tag, name = 'sample', platform = { os: 'linux', architecture: 'amd64' } } = options;
  const config = await pushJsonBlob(target, OCI_IMAGE_CONFIG, {
    ...platform,
    rootfs: { type: 'layers', diff_ids: [] },
    config: { Labels: { name } },
  });
  const layer = await pushSampleBlob(target, text(`layer of ${name} for ${JSON.stringify(platform)}`), LAYER);
  return pushSampleManifest(
    target,
    { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer] },
    tag === undefined ? {} : { tag },
  );
}

/** Pushes an image index; `missing` platforms are named but not pushed, which makes it a sparse index. */
export async function pushSampleIndex(
  target: SampleTarget,
  options: { tag?: string; name?: string; platforms?: readonly Platform[]; missing?: readonly Platform[] } = {},
): Promise<SampleIndex> {
  const { tag, name = 'sample', platforms = TWO_PLATFORMS, missing = [] } = options;
  const held = await Promise.all(
    platforms.map(async (platform) => {
      const image = await pushSampleImage(target, { name, platform });
      return { ...image.descriptor, platform };
    }),
  );
  const absent = missing.map((platform) => ({ ...absentDescriptor(`${name} ${JSON.stringify(platform)}`), platform }));
  const manifests = [...held, ...absent];
  const index = await pushSampleManifest(
    target,
    { schemaVersion: 2, mediaType: OCI_INDEX, manifests },
    tag === undefined ? {} : { tag },
  );
  return { ...index, platforms: manifests };
}

/** A descriptor of a manifest that is nowhere. */
export function absentDescriptor(name: string): Descriptor {
  return { mediaType: OCI_MANIFEST, digest: digestOf(`absent ${name}`), size: 500 };
}

/** Pushes an artifact manifest with one small layer that refers to `subject`. */
export async function pushSampleReferrer(
  target: SampleTarget,
  subject: Descriptor,
  options: { artifactType?: string; annotations?: Record<string, string>; content?: string; tag?: string } = {},
): Promise<SampleImage> {
  const {
    artifactType = 'application/vnd.example.report.v1+json',
    annotations,
    content = '{"report":1}',
    tag,
  } = options;
  await pushSampleBlob(target, EMPTY_BLOB, EMPTY_DESCRIPTOR.mediaType);
  const layer = await pushSampleBlob(target, text(content), 'application/json');
  const { mediaType, digest, size } = subject;
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType,
    config: EMPTY_DESCRIPTOR,
    layers: [layer],
    subject: { mediaType, digest, size },
    ...(annotations !== undefined && { annotations }),
  };
  const pushed = await pushSampleManifest(target, manifest, tag === undefined ? {} : { tag });
  const listed = { ...pushed.descriptor, artifactType, ...(annotations !== undefined && { annotations }) };
  return { ...pushed, descriptor: listed };
}

/** PUTs any JSON as a manifest, by digest unless a tag is given. */
export async function pushSampleManifest(
  target: SampleTarget,
  manifest: { readonly mediaType: string; readonly [key: string]: unknown },
  options: { tag?: string; algorithm?: DigestAlgorithm } = {},
): Promise<SampleImage> {
  const bytes = text(JSON.stringify(manifest));
  const digest = digestOf(bytes, options.algorithm);
  const response = await fetch(urlOf(target, `manifests/${options.tag ?? digest}`), {
    method: 'PUT',
    body: bytes,
    headers: { ...authorizationOf(target), 'content-type': manifest.mediaType },
  });
  await expectStatus(response, [201]);
  return { descriptor: { mediaType: manifest.mediaType, digest, size: bytes.byteLength }, bytes };
}

async function pushJsonBlob(target: SampleTarget, mediaType: string, value: unknown): Promise<Descriptor> {
  return pushSampleBlob(target, text(JSON.stringify(value)), mediaType);
}

/** Pushes a blob with POST and PUT, which every registry takes. */
export async function pushSampleBlob(
  target: SampleTarget,
  bytes: Uint8Array,
  mediaType = 'application/octet-stream',
): Promise<Descriptor> {
  const digest: Digest = digestOf(bytes);
  const headers = authorizationOf(target);
  const begun = await fetch(urlOf(target, 'blobs/uploads/'), { method: 'POST', headers });
  await expectStatus(begun, [202]);
  const location = new URL(begun.headers.get('location') ?? '', begun.url);
  location.searchParams.set('digest', digest);
  const closed = await fetch(location, {
    method: 'PUT',
    body: bytes,
    headers: { ...headers, 'content-type': 'application/octet-stream' },
  });
  await expectStatus(closed, [201]);
  return { mediaType, digest, size: bytes.byteLength };
}

async function expectStatus(response: Response, statuses: readonly number[]): Promise<void> {
  const body = await response.text();
  assert.ok(statuses.includes(response.status), `${response.url}: ${response.status} ${body}`);
}

function urlOf(target: SampleTarget, path: string): string {
  return `http://${target.host}/v2/${target.repository}/${path}`;
}

function authorizationOf(target: SampleTarget): Record<string, string> {
  return target.authorization === undefined ? {} : { authorization: target.authorization };
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
