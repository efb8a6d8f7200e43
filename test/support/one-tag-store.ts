import { CodedError } from '../../src/errors/coded-error.ts';
import { type Digest, digestOf } from '../../src/oci/digest.ts';
import { parseManifest } from '../../src/oci/manifest.ts';
import { OCI_INDEX } from '../../src/oci/media-types.ts';
import type { FetchedManifest, PushManifestRequest, Store } from '../../src/store/store.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A registry that is nothing but one tag, far away: what is asked and what is written takes its time both ways. */
export class OneTag {
  bytes: Uint8Array | undefined;
  /** Referrers whose manifests were deleted; all others are there. */
  readonly absent = new Set<Digest>();
  writes = 0;
  reads = 0;
  readonly #time: VirtualTime;
  readonly #honoursConditions: boolean;

  constructor(time: VirtualTime, options: { readonly honoursConditions: boolean }) {
    this.#time = time;
    this.#honoursConditions = options.honoursConditions;
  }

  /** The tag as one of its users sees it, each way taking up to `latencyMs`. */
  store(latencyMs: number): Store {
    const way = (): Promise<void> => this.#time.pause(this.#time.between(1, latencyMs));
    const refuse = (): never => {
      throw new CodedError('internal', 'this store has one tag only');
    };
    return {
      kind: 'registry',
      name: 'tag.example/x',
      findManifest: async (target) => {
        this.reads++;
        await way();
        const found = typeof target === 'string' ? this.#referrer(target) : this.#read();
        await way();
        return found;
      },
      pushManifest: async (request) => {
        await way();
        this.#write(request);
        await way();
        return { digest: digestOf(request.bytes) };
      },
      deleteManifest: refuse,
      pushBlob: refuse,
      openBlob: refuse,
      listReferrers: refuse,
      listTags: refuse,
    };
  }

  #read(): FetchedManifest | undefined {
    if (this.bytes === undefined) return undefined;
    const manifest = parseManifest(this.bytes, { what: 'the tag', mediaType: OCI_INDEX });
    return { manifest, etag: `"${manifest.digest}"` };
  }

  #referrer(digest: Digest): FetchedManifest | undefined {
    if (this.absent.has(digest)) return undefined;
    return { manifest: { kind: 'other', mediaType: 'x/y', digest, size: 0, bytes: new Uint8Array() } };
  }

  #write({ bytes, precondition }: PushManifestRequest): void {
    const current = this.bytes === undefined ? undefined : `"${digestOf(this.bytes)}"`;
    const isMet =
      precondition === undefined || (precondition === 'none' ? current === undefined : current === precondition.match);
    if (this.#honoursConditions && !isMet) throw new CodedError('precondition-failed', '412');
    this.bytes = bytes;
    this.writes++;
  }
}
