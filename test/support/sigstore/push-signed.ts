import { openRegistry } from '../../../src/library/open-registry.ts';
import { EMPTY_BLOB } from '../../../src/oci/artifact-manifest.ts';
import type { Annotations, Descriptor } from '../../../src/oci/descriptor.ts';
import { type Digest, digestOf } from '../../../src/oci/digest.ts';
import { OCI_IMAGE_CONFIG, OCI_MANIFEST } from '../../../src/oci/media-types.ts';
import type { Artifact } from '../../../src/referrers/artifact.ts';
import { attachArtifacts } from '../../../src/referrers/attach-artifacts.ts';
import { pushSampleBlob, pushSampleManifest, type SampleImage, type SampleTarget } from '../sample-image.ts';
import type { MadeBundle } from './make-bundle.ts';
import type { CosignLayer } from './make-cosign.ts';

export interface PushOptions {
  /** Besides, or instead of, those that cosign and actions/attest write; undefined drops a key. */
  readonly annotations?: Readonly<Record<string, string | undefined>>;
  /** Another type than the bundle's, for what goes wrong. */
  readonly artifactType?: string;
}

/**
 * Attaches a bundle as cosign v3 and actions/attest do (cosign specs/BUNDLE_SPEC.md: manifest annotations
 * `dev.sigstore.bundle.content`, `dev.sigstore.bundle.predicateType`), on any registry, through the fallback tag where
 * there is no referrers API.
 */
export async function pushBundle(
  target: SampleTarget,
  subject: Descriptor,
  made: MadeBundle,
  options: PushOptions = {},
): Promise<Digest> {
  const layer = { mediaType: made.mediaType, digest: digestOf(made.bytes), size: made.bytes.byteLength };
  const annotations = {
    'dev.sigstore.bundle.content': made.content,
    'dev.sigstore.bundle.predicateType': made.predicateType,
    'org.opencontainers.image.created': '2026-11-22T00:00:00Z',
    ...options.annotations,
  };
  return attachOne(target, subject, {
    artifactType: options.artifactType ?? made.mediaType,
    layers: [{ descriptor: layer, open: () => once(made.bytes) }],
    annotations: withoutGaps(annotations),
  });
}

/** A cosign v2 `.sig` or `.att` tag: an image manifest without a subject, each signature a layer. */
export async function pushCosignTag(
  target: SampleTarget,
  subject: Digest,
  suffix: 'sig' | 'att',
  layers: readonly CosignLayer[],
): Promise<SampleImage> {
  const config = await pushSampleBlob(target, new TextEncoder().encode('{"rootfs":{}}'), OCI_IMAGE_CONFIG);
  const pushed: Descriptor[] = [];
  for (const { payload, mediaType, annotations } of layers) {
    pushed.push({ ...(await pushSampleBlob(target, payload, mediaType)), annotations });
  }
  const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: pushed };
  return pushSampleManifest(target, manifest, { tag: `${subject.replace(':', '-')}.${suffix}` });
}

/** cosign v2's experimental OCI 1.1 mode: the signature as a referrer, by its config's type. */
export async function pushCosignReferrer(
  target: SampleTarget,
  subject: Descriptor,
  layers: readonly CosignLayer[],
): Promise<SampleImage> {
  const artifactType = 'application/vnd.dev.cosign.artifact.sig.v1+json';
  const config = await pushSampleBlob(target, EMPTY_BLOB, artifactType);
  const pushed: Descriptor[] = [];
  for (const { payload, mediaType, annotations } of layers) {
    pushed.push({ ...(await pushSampleBlob(target, payload, mediaType)), annotations });
  }
  const { mediaType, digest, size } = subject;
  const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, artifactType, config, layers: pushed };
  return pushSampleManifest(target, { ...manifest, subject: { mediaType, digest, size } });
}

async function attachOne(target: SampleTarget, subject: Descriptor, artifact: Artifact): Promise<Digest> {
  const registry = await openRegistry({ plainHttp: true, env: {}, ...loginOf(target) });
  try {
    const store = await registry.repository(`${target.host}/${target.repository}`);
    const { mediaType, digest, size } = subject;
    const [outcome] = await attachArtifacts({
      store,
      targets: [{ subject: { mediaType, digest, size }, artifacts: [artifact] }],
      ifExists: 'add',
      settleMs: 0,
    });
    if (outcome === undefined || outcome.status === 'failed') throw outcome?.error ?? new Error('nothing was attached');
    return outcome.digest;
  } finally {
    await registry.close();
  }
}

function loginOf({ authorization }: SampleTarget): { readonly username?: string; readonly password?: string } {
  if (authorization === undefined) return {};
  const [username = '', password = ''] = Buffer.from(authorization.slice('Basic '.length), 'base64')
    .toString()
    .split(':');
  return { username, password };
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

function withoutGaps(annotations: Readonly<Record<string, string | undefined>>): Annotations {
  return Object.fromEntries(
    Object.entries(annotations).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
