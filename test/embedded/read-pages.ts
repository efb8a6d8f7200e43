import type { EmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { type Answer, send } from './registry-client.ts';

/** Follows the plain links of a well-behaved list. */
export async function readPages(registry: EmbeddedRegistry, path: string): Promise<Descriptor[][]> {
  const pages: Descriptor[][] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const page: Answer = await send('GET', registry.url + next);
    pages.push(page.json().manifests);
    next = /^<([^>]*)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1];
  }
  return pages;
}
