/**
 * The door to @actions/cache. Its public entry packs and unpacks files with `tar -P` and loads the Azure SDK
 * (docs/adr/0008-the-cache-holds-data.md); what it knows of the service lies in two inner files: the client generated
 * from the protocol, which leaves the requests to its caller, and what the runner offers. The `exports` field of
 * @actions/cache 6 hides them from its name, so they are imported by their path, and are bundled from there. The
 * version is pinned exactly, and test/action/cache/actions-cache-client.test.ts fails when a file moves or loads more.
 *
 * Nothing else in the project imports @actions/cache.
 */
import { CacheServiceClientJSON } from '../../../node_modules/@actions/cache/lib/generated/results/api/v1/cache.twirp-client.js';
import {
  getCacheMode,
  getCacheServiceURL,
  getCacheServiceVersion,
  isCacheReadable,
  isCacheWritable,
} from '../../../node_modules/@actions/cache/lib/internal/config.js';

/** How the generated client asks: one call of the service, and its JSON answer. */
export type CacheRpc = ConstructorParameters<typeof CacheServiceClientJSON>[0];

/** The three calls of the service, version 2 of its protocol, by the package's own messages. */
export function createCacheClient(rpc: CacheRpc): CacheServiceClientJSON {
  return new CacheServiceClientJSON(rpc);
}

/** What the runner offers, by the package's reading of the process's environment. */
export interface CacheOffer {
  readonly url: string;
  /** The runner's cache mode: `read`, `write`, `write-only`, `none`, or empty where it has none. */
  readonly mode: string;
  readonly isReadable: boolean;
  readonly isWritable: boolean;
}

/** Undefined: no service, or one of the first version (GitHub Enterprise Server), which the client does not speak. */
export function readCacheOffer(): CacheOffer | undefined {
  const url = getCacheServiceVersion() === 'v2' ? getCacheServiceURL() : '';
  if (url === '') return undefined;
  const mode = getCacheMode();
  return { url, mode, isReadable: isCacheReadable(mode), isWritable: isCacheWritable(mode) };
}
