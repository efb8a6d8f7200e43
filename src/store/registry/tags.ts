import { CodedError } from '../../errors/coded-error.ts';
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
  for (let page = 0; url !== undefined; page++) {
    if (page >= options.maxPages) return { tags, complete: false };
    const response = await connection.request(
      { method: 'GET', url, headers: { accept: 'application/json' }, purpose: options.purpose, signal: options.signal },
      connection.pull,
    );
    const what = `the tags of ${connection.origin.host}/${connection.repository}`;
    if (response.status !== 200) throw registryErrorOf('GET', response, `listing ${what}`);
    for (const tag of readTags(response.bytes, what)) tags.add(tag);
    url = nextPage(response, connection.origin, what);
  }
  return { tags, complete: true };
}

function readTags(bytes: Uint8Array, what: string): readonly string[] {
  const { tags } = parseStrictJsonObject(bytes, { what });
  if (tags === null) return [];
  if (!Array.isArray(tags)) throw new CodedError('response-invalid', `${what}: the answer has no array of tags`);
  return tags.filter((tag) => typeof tag === 'string');
}
