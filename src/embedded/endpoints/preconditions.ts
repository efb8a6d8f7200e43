import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { headerOf, type RegistryRequest } from '../exchange.ts';

/** Whether a conditional GET is answered with 304: RFC 9110 §13.1.2. Our validators are the quoted digests. */
export function isNotModified(request: RegistryRequest, digest: Digest): boolean {
  const wanted = headerOf(request, 'if-none-match');
  return wanted !== undefined && matches(wanted, digest);
}

/** The condition of a PUT, if it has one: RFC 9110 §13.1.1 If-Match, §13.1.2 If-None-Match. */
export function conditionOf(request: RegistryRequest): ((current: Descriptor | undefined) => boolean) | undefined {
  const match = headerOf(request, 'if-match');
  const noneMatch = headerOf(request, 'if-none-match');
  if (match === undefined && noneMatch === undefined) return undefined;
  return (current) =>
    (match === undefined || (current !== undefined && matches(match, current.digest))) &&
    (noneMatch === undefined || current === undefined || !matches(noneMatch, current.digest));
}

function matches(header: string, digest: Digest): boolean {
  const tags = header.split(',').map((part) => part.trim());
  return tags.some((tag) => tag === '*' || tag === `"${digest}"` || tag === `W/"${digest}"`);
}
