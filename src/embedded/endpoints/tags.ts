import { errorResponse, jsonResponse, type RegistryRequest, type RegistryResponse } from '../exchange.ts';
import type { RegistryContext } from '../registry-context.ts';
import { nameUnknown } from './manifest-errors.ts';

/** distribution-spec 1.1 "Listing Tags": ASCIIbetical, `n` at most, after `last`; `Link` where more follow. */
export async function listTags(
  context: RegistryContext,
  request: RegistryRequest,
  repository: string,
): Promise<RegistryResponse> {
  const layout = await context.repositories.find(repository);
  if (layout === undefined) return nameUnknown(repository);
  const n = request.query.get('n');
  if (n !== null && !/^[0-9]{1,9}$/.test(n)) {
    return errorResponse(400, 'UNSUPPORTED', `n is ${JSON.stringify(n)}, not a number`);
  }
  const last = request.query.get('last') ?? '';
  // default sort compares UTF-16 units, which for tags is ASCII order
  const following = (await layout.tags()).sort().filter((tag) => tag > last);
  const limit = n === null ? following.length : Number(n);
  const tags = following.slice(0, limit);
  const more = limit > 0 && following.length > limit;
  const link = `</v2/${repository}/tags/list?n=${limit}&last=${encodeURIComponent(tags.at(-1) ?? '')}>; rel="next"`;
  return jsonResponse(200, { name: repository, tags }, more ? { link } : {});
}
