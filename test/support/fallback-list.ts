import type { TestContext } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import type { RegistryRequest } from '../../src/embedded/exchange.ts';
import type { Quirks } from '../../src/embedded/quirks.ts';
import type { LoggedRequest } from '../../src/embedded/request-log.ts';
import type { Warning } from '../../src/errors/warning.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { type Digest, isDigest } from '../../src/oci/digest.ts';
import { OCI_INDEX } from '../../src/oci/media-types.ts';
import { buildReferrersTag } from '../../src/oci/referrers-tag.ts';
import type { Clock } from '../../src/referrers/clock.ts';
import type { FallbackChange, FallbackUpdateOptions } from '../../src/referrers/fallback-update.ts';
import { fallbackWriterOf } from '../../src/referrers/fallback-writer.ts';
import { pause } from '../../src/referrers/pause.ts';
import type { Store } from '../../src/store/store.ts';
import { openTestStore } from './listing.ts';
import { pushSampleImage, pushSampleReferrer, type SampleImage, type SampleTarget } from './sample-image.ts';

/** A registry without the referrers API, an image in it, and the list of its referrers at the fallback tag. */
export interface FallbackFixture {
  readonly registry: EmbeddedRegistry;
  readonly target: SampleTarget;
  readonly store: Store;
  readonly subject: SampleImage;
  readonly tag: string;
  readonly warnings: readonly Warning[];
  /** Pushes a referrer's manifest without listing it. */
  pushReferrer(name: string): Promise<Descriptor>;
  /** Writes the list as a client of any kind, to the byte. */
  writeList(text: string): Promise<void>;
  /** The bytes at the tag; undefined: 404. */
  readList(): Promise<string | undefined>;
  listed(): Promise<readonly Digest[]>;
  /** One update, in a tenth of the time. */
  update(change: Partial<FallbackChange>, options?: Partial<FallbackUpdateOptions>): Promise<void>;
  /** Requests to the tag, of this method, in order. */
  tagRequests(method?: string): readonly LoggedRequest[];
  /** `GET 404`, `PUT 201`, ... of the tag, in order. */
  tagTrail(): readonly string[];
  isTagRequest(request: RegistryRequest, method: string): boolean;
}

/** Waits a tenth of the time. */
export const FAST_CLOCK: Clock = {
  now: () => performance.now(),
  pause: (milliseconds, signal) => pause(milliseconds / 10, signal),
  random: () => Math.random(),
};

export const SETTLE_MS = 100;

export async function startFallback(t: Pick<TestContext, 'after'>, quirks: Quirks = {}): Promise<FallbackFixture> {
  const registry = await startEmbeddedRegistry({ quirks: { referrersApi: false, preconditions: false, ...quirks } });
  t.after(() => registry.close());
  const target: SampleTarget = { host: registry.host, repository: 'acme/app' };
  const store = openTestStore(t, registry.host);
  const subject = await pushSampleImage(target);
  const tag = buildReferrersTag(subject.descriptor.digest);
  const url = `${registry.url}/v2/acme/app/manifests/${tag}`;
  const path = `/v2/acme/app/manifests/${tag}`;
  const warnings: Warning[] = [];
  const readList = async (): Promise<string | undefined> => {
    const answer = await fetch(url, { headers: { accept: OCI_INDEX } });
    const text = await answer.text();
    return answer.status === 404 ? undefined : text;
  };
  const tagRequests = (method?: string): LoggedRequest[] =>
    registry.log.filter((entry) => entry.path === path && (method === undefined || entry.method === method));
  return {
    registry,
    target,
    store,
    subject,
    tag,
    warnings,
    pushReferrer: async (name) => (await pushSampleReferrer(target, subject.descriptor, { content: name })).descriptor,
    writeList: async (text) => {
      const answer = await fetch(url, { method: 'PUT', body: text, headers: { 'content-type': OCI_INDEX } });
      if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
      await answer.arrayBuffer();
    },
    readList,
    listed: async () => {
      const list = JSON.parse((await readList()) ?? '{"manifests":[]}') as { manifests: { digest: string }[] };
      return list.manifests.map(({ digest }) => digest).filter(isDigest);
    },
    update: (change, options = {}) =>
      fallbackWriterOf(store).update(
        subject.descriptor.digest,
        { add: [], remove: [], ...change },
        { warn: (warning) => warnings.push(warning), settleMs: SETTLE_MS, clock: FAST_CLOCK, ...options },
      ),
    tagRequests,
    tagTrail: () => tagRequests().map(({ method, status }) => `${method} ${status}`),
    isTagRequest: (request, method) => request.path === path && request.method === method,
  };
}

/** A list as any client might write it. */
export function listText(entries: readonly Descriptor[]): string {
  return JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: entries });
}
