import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import type {
  BlobSource,
  FetchedManifest,
  ListReferrersOptions,
  ListTagsOptions,
  ManifestTarget,
  PushBlobOptions,
  PushManifestRequest,
  PushManifestResult,
  ReadOptions,
  ReferrersAnswer,
  Store,
  TagList,
} from '../store.ts';
import { openRegistryBlob } from './blob-download.ts';
import { uploadBlob } from './blob-upload.ts';
import { findRegistryManifest } from './manifests.ts';
import { deleteRegistryManifest, pushRegistryManifest } from './push-manifest.ts';
import { listRegistryReferrers } from './referrers-api.ts';
import { RegistryConnection, type RegistryConnectionOptions } from './registry-connection.ts';
import { listRegistryTags } from './tags.ts';

export interface RegistryStoreOptions extends RegistryConnectionOptions {
  /** `ghcr.io/acme/app`, as users say it. */
  readonly name: string;
  /** See Store. */
  readonly retries?: number | undefined;
}

/** One repository of a registry as a Store. */
export class RegistryStore implements Store {
  readonly kind = 'registry';
  readonly name: string;
  readonly retries: number | undefined;
  readonly #connection: RegistryConnection;

  constructor(options: RegistryStoreOptions) {
    this.name = options.name;
    this.retries = options.retries;
    this.#connection = new RegistryConnection(options);
  }

  findManifest(target: ManifestTarget, options?: ReadOptions): Promise<FetchedManifest | undefined> {
    return findRegistryManifest(this.#connection, target, options);
  }

  pushManifest(request: PushManifestRequest): Promise<PushManifestResult> {
    return pushRegistryManifest(this.#connection, request);
  }

  deleteManifest(digest: Digest): Promise<boolean> {
    return deleteRegistryManifest(this.#connection, digest);
  }

  pushBlob(blob: BlobSource, options?: PushBlobOptions): Promise<{ readonly written: boolean }> {
    return uploadBlob(this.#connection, blob, options);
  }

  openBlob(descriptor: Descriptor, options?: ReadOptions): AsyncIterable<Uint8Array> {
    return openRegistryBlob(this.#connection, descriptor, options);
  }

  listReferrers(subject: Digest, options?: ListReferrersOptions): Promise<ReferrersAnswer> {
    return listRegistryReferrers(this.#connection, subject, options);
  }

  listTags(options: ListTagsOptions): Promise<TagList> {
    return listRegistryTags(this.#connection, options);
  }
}
