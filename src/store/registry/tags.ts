import { CodedError, hasCode } from '../../errors/coded-error.ts';
import { parseStrictJsonObject } from '../../oci/strict-json.ts';
import type { ReadOptions, TagList } from '../store.ts';
import { nextPage } from './next-page.ts';
import type { RegistryConnection } from './registry-connection.ts';
import { registryErrorOf } from './registry-error.ts';

const PAGE_SIZE = 1000;

/**
 * GET of tags/list, distribution-spec 1.1 "Listing Tags", at most `maxPages` pages. Any answer but a list throws: for
 * a repository without tags registries answer 404 as well as an empty list, and a 404 is no word on any one tag.
 */
export async function listRegistryTags(
  connection: RegistryConnection,
  options: ReadOptions & { readonly maxPages: number },
): Promise<TagList> {
  const tags = new Set<string>();
  let url: URL | undefined = connection.url(`tags/list?n=${PAGE_SIZE}`);
  let isGuess = false;
  for (let page = 0; url !== undefined; page++) {
    if (page >= options.maxPages) return { tags, complete: false };
    const response = await connection.request(
      { method: 'GET', url, headers: { accept: 'application/json' }, purpose: options.purpose, signal: options.signal },
      connection.pull,
    );
    const what = `the tags of ${connection.origin.host}/${connection.repository}`;
    if (response.status !== 200) {
      const error = registryErrorOf('GET', response, `listing ${what}`);
      if (isGuess && isNoSuchPage(response.status, error)) return { tags, complete: false };
      throw error;
    }
    const found = readTags(response.bytes, what);
    const known = tags.size;
    for (const tag of found) tags.add(tag);
    url = nextPage(response, connection.origin, what);
    isGuess = url === undefined;
    if (url !== undefined || found.length < PAGE_SIZE) continue;
    // nothing new after `last`: it counts for nothing there, and a page cut to n may not be all
    if (tags.size === known) return { tags, complete: found.length > PAGE_SIZE };
    url = pageAfter(connection, found);
  }
  return { tags, complete: true };
}

/**
 * A full page without a `Link` need not be the last one: 1.0 had none, and registries leave it out still
 * (go-containerregistry v0.21.9). What comes after its last tag is asked for, as 1.0 has it.
 */
function pageAfter(connection: RegistryConnection, found: readonly string[]): URL {
  return connection.url(`tags/list?n=${PAGE_SIZE}&last=${encodeURIComponent(found.at(-1) ?? '')}`);
}

/**
 * Whether the answer to a page that no `Link` named says that there is none such, or that `last` is not known there: the
 * tags that were read stand, and whether they are all is open. Who may not look, or is to wait, is told nothing of it.
 */
function isNoSuchPage(status: number, error: CodedError): boolean {
  const isRefused = hasCode(error, 'credentials-refused', 'denied', 'rate-limited', 'network-timeout');
  return status >= 400 && status < 500 && !isRefused;
}

function readTags(bytes: Uint8Array, what: string): readonly string[] {
  const { tags } = parseStrictJsonObject(bytes, { what });
  if (tags === null) return [];
  if (!Array.isArray(tags)) throw new CodedError('response-invalid', `${what}: the answer has no array of tags`);
  return tags.filter((tag) => typeof tag === 'string');
}
