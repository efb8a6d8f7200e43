import type { TestContext } from 'node:test';
import { createRegistrySession } from '../../src/auth/registry-session.ts';
import type { Credential } from '../../src/auth/types.ts';
import {
  type EmbeddedRegistry,
  type EmbeddedRegistryOptions,
  startEmbeddedRegistry,
} from '../../src/embedded/embedded-registry.ts';
import type { Quirks } from '../../src/embedded/quirks.ts';
import type { Warning } from '../../src/errors/warning.ts';
import { createHttpClient } from '../../src/net/http-client.ts';
import type { HttpClientOptions } from '../../src/net/types.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import type { Digest } from '../../src/oci/digest.ts';
import { OCI_INDEX } from '../../src/oci/media-types.ts';
import { buildReferrersTag } from '../../src/oci/referrers-tag.ts';
import { type ListReferrersRequest, listReferrers } from '../../src/referrers/list-referrers.ts';
import type { Referrer, ReferrersTree, SubjectNode } from '../../src/referrers/types.ts';
import { RegistryStore } from '../../src/store/registry/registry-store.ts';
import { pushSampleManifest, type SampleImage, type SampleTarget } from './sample-image.ts';

/** A registry of one test with one repository, and a Store before it. */
export interface Listing {
  readonly registry: EmbeddedRegistry;
  readonly target: SampleTarget;
  readonly store: RegistryStore;
  /** Every warning of the store itself (`Warning` headers). */
  readonly warned: readonly Warning[];
  /** Lists what a tag or digest names; the log begins anew. */
  list(target: string | Descriptor, request?: Partial<ListReferrersRequest>): Promise<ReferrersTree>;
}

type After = Pick<TestContext, 'after'>;

export async function startListing(
  t: After,
  quirks: Quirks = {},
  options: EmbeddedRegistryOptions & { readonly http?: HttpClientOptions; readonly credential?: Credential } = {},
): Promise<Listing> {
  const { http, credential, ...rest } = options;
  const registry = await startEmbeddedRegistry({ ...rest, quirks });
  t.after(() => registry.close());
  const warned: Warning[] = [];
  const onWarning = (warning: Warning): void => void warned.push(warning);
  const store = openTestStore(t, registry.url, { ...http, credential, onWarning });
  return {
    registry,
    target: { host: registry.host, repository: 'acme/app' },
    store,
    warned,
    list: (target, request = {}) => {
      registry.clearLog();
      return listReferrers({ store, target: typeof target === 'string' ? { tag: target } : target.digest, ...request });
    },
  };
}

export interface TestStoreOptions extends HttpClientOptions {
  readonly repository?: string;
  readonly credential?: Credential | undefined;
  readonly onWarning?: (warning: Warning) => void;
}

/**
 * A Store over its own connections, which close with the test, for a registry at a URL or a host that speaks plain
 * HTTP. No retries unless they are asked for.
 */
export function openTestStore(t: After, place: string, options: TestStoreOptions = {}): RegistryStore {
  const { repository = 'acme/app', credential, onWarning, ...httpOptions } = options;
  const origin = new URL(place.includes('://') ? place : `http://${place}`);
  const { host } = origin;
  const http = createHttpClient({ env: {}, backoffBaseMs: 1, retries: 0, ...httpOptions });
  t.after(() => http.close());
  const session = createRegistrySession({
    http,
    origin,
    registry: host,
    credentials: { find: async () => credential },
  });
  const { retries = 0 } = httpOptions;
  return new RegistryStore({ name: `${host}/${repository}`, repository, session, retries, onWarning });
}

/** The subject and everything below it, flat, in the order of the tree. */
export function rowsOf(tree: ReferrersTree): readonly Referrer[] {
  const ofNode = (node: SubjectNode): Referrer[] => [...below(node.referrers), ...node.children.flatMap(ofNode)];
  return ofNode(tree.root);
}

function below(referrers: readonly Referrer[]): Referrer[] {
  return referrers.flatMap((row) => [row, ...below(row.referrers)]);
}

export function digestsOf(tree: ReferrersTree): readonly Digest[] {
  return rowsOf(tree).map(({ descriptor }) => descriptor.digest);
}

export function codesOf(tree: ReferrersTree): readonly string[] {
  return tree.warnings.map(({ code }) => code);
}

/** Which sources of which subject could not be read, and the code of why. */
export function unreadOf(tree: ReferrersTree): readonly string[] {
  return tree.unread.map(({ source, code }) => `${source}: ${code}`);
}

/** Requests of the log by what they ask for. */
export function countRequests(registry: Pick<EmbeddedRegistry, 'log'>): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { path } of registry.log) {
    const kind = kindOf(path);
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

function kindOf(path: string): string {
  if (path.includes('/referrers/')) return 'referrers';
  if (path.endsWith('/tags/list')) return 'tags/list';
  if (/\/manifests\/sha(256|512)-[0-9a-f]{64}$/.test(path)) return 'referrers tag';
  if (/\/manifests\/sha(256|512)-[0-9a-f]+\.(sig|att|sbom)$/.test(path)) return 'cosign tag';
  if (/\/manifests\/[a-z0-9]+:/.test(path)) return 'manifest by digest';
  if (path.includes('/manifests/')) return 'manifest by tag';
  return 'other';
}

/** Pushes a list of referrers under the referrers tag of a subject, as a client without the API does. */
export function pushFallbackList(
  target: SampleTarget,
  subject: Descriptor,
  manifests: readonly unknown[] | null,
  rest: Readonly<Record<string, unknown>> = {},
): Promise<SampleImage> {
  const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests, ...rest };
  return pushSampleManifest(target, index, { tag: buildReferrersTag(subject.digest) });
}
