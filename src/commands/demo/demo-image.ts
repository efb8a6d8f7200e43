import type { Descriptor, Platform } from '../../oci/descriptor.ts';
import { type Digest, digestOf } from '../../oci/digest.ts';
import { OCI_IMAGE_CONFIG, OCI_INDEX, OCI_MANIFEST } from '../../oci/media-types.ts';
import { formatPlatform } from '../../oci/platform.ts';
import type { ManifestTarget, Store } from '../../store/store.ts';
import { tarOf } from './tar.ts';

export const DEMO_PLATFORMS: readonly Platform[] = [
  { os: 'linux', architecture: 'amd64' },
  { os: 'linux', architecture: 'arm64' },
];

const LAYER = 'application/vnd.oci.image.layer.v1.tar';

/** Pushes a small image for two platforms: one layer each, which holds a script that says hello. */
export async function pushDemoImage(store: Store, tag: string): Promise<Digest> {
  const manifests = await Promise.all(
    DEMO_PLATFORMS.map(async (platform) => ({ ...(await pushPlatform(store, platform)), platform })),
  );
  return (await pushJson(store, { schemaVersion: 2, mediaType: OCI_INDEX, manifests }, { tag })).digest;
}

async function pushPlatform(store: Store, platform: Platform): Promise<Descriptor> {
  const script = Buffer.from(`#!/bin/sh\necho "hello from ${formatPlatform(platform)}"\n`);
  const layer = await pushBytes(store, tarOf('hello', script), LAYER);
  const image = {
    ...platform,
    config: { Cmd: ['/hello'] },
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
  };
  const config = await pushBytes(store, Buffer.from(JSON.stringify(image)), OCI_IMAGE_CONFIG);
  return pushJson(store, { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer] });
}

async function pushBytes(store: Store, bytes: Uint8Array, mediaType: string): Promise<Descriptor> {
  const digest = digestOf(bytes);
  const open = async function* (): AsyncGenerator<Uint8Array> {
    yield bytes;
  };
  await store.pushBlob({ digest, size: bytes.byteLength, open });
  return { mediaType, digest, size: bytes.byteLength };
}

async function pushJson(
  store: Store,
  manifest: { readonly mediaType: string; readonly [key: string]: unknown },
  target?: ManifestTarget,
): Promise<Descriptor> {
  const bytes = Buffer.from(JSON.stringify(manifest));
  const digest = digestOf(bytes);
  await store.pushManifest({ bytes, mediaType: manifest.mediaType, target: target ?? digest });
  return { mediaType: manifest.mediaType, digest, size: bytes.byteLength };
}
