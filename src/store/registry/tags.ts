import { CodedError, hasCode, toCodedError } from '../../errors/coded-error.ts';
import { RegistryError } from '../../oci/registry-error.ts';
import { parseStrictJsonObject } from '../../oci/strict-json.ts';
import type { ListTagsOptions, ReadOptions, TagList } from '../store.ts';
import { nextPage } from './next-page.ts';
import type { RegistryConnection } from './registry-connection.ts';
import { registryErrorOf } from './registry-error.ts';

const PAGE_SIZE = 1000;
/** Sizes of pages that somebody chose, besides the multiples of `CAP_STEP`. */
const SMALL_CAPS: ReadonlySet<number> = new Set([10, 16, 20, 25, 30, 32, 40, 64, 75, 128, 256, 512]);
const CAP_STEP = 50;
/** Who may not look, or is to wait, is told nothing of a page. */
const REFUSED: ReadonlySet<number> = new Set([401, 403, 407, 408, 429]);

/**
 * GET of tags/list, distribution-spec 1.1 "Listing Tags", at most `maxPages` pages. Any answer but a list throws: for
 * a repository without tags registries answer 404 as well as an empty list, and a 404 is no word on any one tag. Where
 * only what follows fails, the tags that were read stand, with the error.
 */
export async function listRegistryTags(connection: RegistryConnection, options: ListTagsOptions): Promise<TagList> {
  const what = `the tags of ${connection.origin.host}/${connection.repository}`;
  const tags = new Set<string>();
  const pages = new PageSizes();
  let url: URL | undefined = connection.url(`tags/list?n=${PAGE_SIZE}`);
  let isGuess = false;
  let isSuspect = false;
  for (let page = 0; url !== undefined; page++) {
    if (page >= options.maxPages) return { tags, complete: false };
    const known = tags.size;
    let found: readonly string[];
    let link: URL | undefined;
    try {
      const response = await askPage(connection, url, what, options);
      found = readTags(response.bytes, what);
      for (const tag of found) tags.add(tag);
      link = nextPage(response, connection.origin, what);
    } catch (thrown) {
      const failure = whyNotAll(thrown, { isGuess, nothingRead: tags.size === 0, options });
      return { tags, complete: failure.error === undefined && !isSuspect, ...failure };
    }
    // the same page again: `last` counts for nothing there, and what was cut, if it was, cannot be had
    if (isGuess && found.length > 0 && tags.size === known)
      return { tags, complete: !isSuspect || found.length < CAP_STEP };
    isSuspect = link === undefined && pages.looksCut(found.length);
    isGuess = isSuspect || (link === undefined && options.certain === true && pages.mayBeCut(found.length));
    pages.note(found.length, link !== undefined);
    url = isGuess ? pageAfter(connection, found) : link;
  }
  return { tags, complete: true };
}

/**
 * Whether a page without a `Link` may have another after it. 1.0 had no `Link`, and registries leave it out still
 * (go-containerregistry v0.21.9): so what comes after the last tag of a full page is asked for, as 1.0 has it. Others
 * know neither `n` nor `Link`: they give all there is (distribution 2.8), or so many as they see fit. The second kind
 * may show by its numbers, which are round: to ask of every list would cost a request for each of the first kind, and
 * is for those who need to be certain.
 *
 * Who asks, and gets the same page again, knows nothing: there `last` counts for nothing either. distribution 2.8 is
 * such a registry, is common, and gives all there is; one that cuts its list and has no way to the rest is known
 * nowhere. So what it gives is believed, except for a round number; and of less than `CAP_STEP` that, too: so few tags
 * are common, and such a cap is not.
 */
class PageSizes {
  #largest = 0;
  #hasLinks = false;

  /** By its number. */
  looksCut(size: number): boolean {
    if (size === PAGE_SIZE) return true;
    return (size % CAP_STEP === 0 || SMALL_CAPS.has(size)) && this.mayBeCut(size);
  }

  /** A registry that has named a next page names each; and the page before the last one is never the smaller one. */
  mayBeCut(size: number): boolean {
    return size > 0 && !this.#hasLinks && size >= this.#largest;
  }

  note(size: number, hasLink: boolean): void {
    this.#largest = Math.max(this.#largest, size);
    this.#hasLinks ||= hasLink;
  }
}

async function askPage(connection: RegistryConnection, url: URL, what: string, { purpose, signal }: ReadOptions) {
  const headers = { accept: 'application/json' };
  const response = await connection.request({ method: 'GET', url, headers, purpose, signal }, connection.pull);
  if (response.status !== 200) throw registryErrorOf('GET', response, `listing ${what}`);
  return response;
}

function pageAfter(connection: RegistryConnection, found: readonly string[]): URL {
  return connection.url(`tags/list?n=${PAGE_SIZE}&last=${encodeURIComponent(found.at(-1) ?? '')}`);
}

/**
 * What failed is said with the tags that were read before; without any there is nothing to say it with. That a page
 * which no `Link` named is not there, or its `last` not known, is no failure: whether the tags are all is open then.
 */
function whyNotAll(
  thrown: unknown,
  {
    isGuess,
    nothingRead,
    options,
  }: { readonly isGuess: boolean; readonly nothingRead: boolean; readonly options: ReadOptions },
): { readonly error?: CodedError } {
  const error = toCodedError(thrown);
  const isOver = options.signal?.aborted === true || hasCode(error, 'aborted', 'deadline-exceeded', 'internal');
  if (nothingRead || isOver) throw error;
  return isGuess && isNoSuchPage(error) ? {} : { error };
}

function isNoSuchPage(error: CodedError): boolean {
  if (!(error instanceof RegistryError)) return false;
  const { status } = error.details;
  return status >= 400 && status < 500 && !REFUSED.has(status);
}

function readTags(bytes: Uint8Array, what: string): readonly string[] {
  const { tags } = parseStrictJsonObject(bytes, { what });
  if (tags === null) return [];
  if (!Array.isArray(tags)) throw new CodedError('response-invalid', `${what}: the answer has no array of tags`);
  return tags.filter((tag) => typeof tag === 'string');
}
