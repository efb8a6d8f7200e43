import { CodedError } from '../errors/coded-error.ts';
import type { Descriptor, Platform } from '../oci/descriptor.ts';
import { PLATFORM_FIELDS, refuseFoldedKeys } from '../oci/folded-keys.ts';
import type { ImageManifest, Manifest } from '../oci/manifest.ts';
import { plainDescriptorOf } from '../oci/manifest.ts';
import { DOCKER_MANIFEST, OCI_IMAGE_CONFIG } from '../oci/media-types.ts';
import { formatPlatform, matchesPlatform } from '../oci/platform.ts';
import { isJsonObject, parseStrictJson } from '../oci/strict-json.ts';
import type { FetchedManifest, ManifestTarget, ReadOptions, Store } from '../store/store.ts';

/** A platform of an image: the entry that the (hashed) index names, or the single manifest itself. */
export interface PlatformSubject {
  /** Exactly {mediaType, digest, size}. */
  readonly descriptor: Descriptor;
  readonly platform: Platform | undefined;
}

/** Reads what a tag or digest names. Throws `manifest-unknown` that says which registry answered. */
export async function fetchImage(
  store: Store,
  target: ManifestTarget,
  options: ReadOptions = {},
): Promise<FetchedManifest> {
  const fetched = await store.findManifest(target, options);
  if (fetched === undefined) throw imageNotFound(store, target);
  const { manifest } = fetched;
  const problem = manifest.kind === 'index' ? manifest.suspects[0]?.problem : undefined;
  if (problem !== undefined) throw new CodedError('manifest-invalid', `${nameOf(store, target)}: ${problem}`);
  return fetched;
}

function imageNotFound(store: Store, target: ManifestTarget): CodedError {
  const name = nameOf(store, target);
  if (store.kind === 'layout') {
    return new CodedError('manifest-unknown', `${name}: the layout has no such image`, {
      hint: 'Its index.json lists the tags (org.opencontainers.image.ref.name) and digests that it holds.',
    });
  }
  const host = store.name.slice(0, store.name.indexOf('/'));
  return new CodedError('manifest-unknown', `${name}: ${host} answered 404, there is no such image`, {
    hint: 'Check the tag or digest. On a private repository a 404 may also mean that these credentials may not see it.',
  });
}

function nameOf(store: Store, target: ManifestTarget): string {
  return typeof target === 'string' ? `${store.name}@${target}` : `${store.name}:${target.tag}`;
}

/**
 * The platforms of an image that are asked for. Throws `platform-not-found`, naming those that are there; unless
 * `isWhole` is false: then nobody knows of all that are there.
 */
export function selectPlatforms<Subject extends PlatformSubject>(
  available: readonly Subject[],
  wanted: readonly Platform[] | 'all',
  image: string,
  isWhole = true,
): Subject[] {
  if (wanted === 'all') return [...available];
  const chosen = wanted.flatMap((platform) => {
    const found = available.filter(
      (subject) => subject.platform !== undefined && matchesPlatform(platform, subject.platform),
    );
    if (found.length === 0 && isWhole) throw platformNotFound(platform, available, image);
    return found;
  });
  return chosen.filter(
    (subject, i) => chosen.findIndex((other) => other.descriptor.digest === subject.descriptor.digest) === i,
  );
}

function platformNotFound(platform: Platform, available: readonly PlatformSubject[], image: string): CodedError {
  const names = available.map((subject) =>
    subject.platform === undefined ? 'one without a platform' : formatPlatform(subject.platform),
  );
  return new CodedError('platform-not-found', `${image} has no platform ${formatPlatform(platform)}`, {
    hint: names.length === 0 ? 'The image names no platform.' : `It has: ${names.join(', ')}.`,
  });
}

/** Configs are small; one that is not is not worth knowing the platform. */
const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

/** The platform of an image with a single manifest, from its config (image-spec 1.1 config.md); undefined if it has none. */
export async function platformOfManifest(
  store: Store,
  manifest: ImageManifest,
  options: ReadOptions = {},
): Promise<Platform | undefined> {
  const { config } = manifest;
  const isImage = config.mediaType === OCI_IMAGE_CONFIG || manifest.mediaType === DOCKER_MANIFEST;
  if (!isImage || config.size > MAX_CONFIG_BYTES) return undefined;
  const parts: Uint8Array[] = [];
  for await (const part of store.openBlob(config, options)) parts.push(part);
  const what = `config ${config.digest}`;
  const json = parseStrictJson(Buffer.concat(parts), { what });
  if (!isJsonObject(json)) return undefined;
  refuseFoldedKeys(json, PLATFORM_FIELDS, what);
  const { os, architecture, variant } = json;
  if (typeof os !== 'string' || os === '' || typeof architecture !== 'string' || architecture === '') return undefined;
  return {
    os,
    architecture,
    ...(typeof variant === 'string' && variant !== '' && { variant }),
  };
}

/** The manifest as its own platform, for an image that has only the one. */
export async function singlePlatform(
  store: Store,
  manifest: Manifest,
  options: ReadOptions = {},
): Promise<PlatformSubject> {
  const platform = manifest.kind === 'manifest' ? await platformOfManifest(store, manifest, options) : undefined;
  return { descriptor: plainDescriptorOf(manifest), platform };
}
