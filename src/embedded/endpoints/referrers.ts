import type { Descriptor } from '../../oci/descriptor.ts';
import { isDigest } from '../../oci/digest.ts';
import { OCI_INDEX } from '../../oci/media-types.ts';
import { errorResponse, jsonResponse, type RegistryRequest, type RegistryResponse } from '../exchange.ts';
import type { RegistryContext } from '../registry-context.ts';

/** distribution-spec 1.1 "Listing Referrers". An unknown subject, or an unknown repository, has none. */
export async function listReferrers(
  context: RegistryContext,
  request: RegistryRequest,
  repository: string,
  digest: string,
): Promise<RegistryResponse> {
  if (!isDigest(digest)) return errorResponse(400, 'DIGEST_INVALID', `${JSON.stringify(digest)} is not a digest`);
  const layout = await context.repositories.find(repository);
  const all = (await layout?.listReferrers(digest)) ?? [];
  const types = request.query.getAll('artifactType');
  const filtered = types.length === 0 ? all : all.filter(({ artifactType }) => types.includes(artifactType ?? ''));
  const page = pageOf(filtered, request.query.get('page'), context.quirks.referrersPageSize);
  return jsonResponse(
    200,
    { schemaVersion: 2, mediaType: OCI_INDEX, manifests: page.descriptors },
    {
      'content-type': OCI_INDEX,
      ...(types.length > 0 && { 'oci-filters-applied': 'artifactType' }),
      ...(page.next !== undefined && { link: nextLink(request, page.next) }),
    },
  );
}

interface Page {
  readonly descriptors: readonly Descriptor[];
  /** The number of the page that follows. */
  readonly next?: number;
}

function pageOf(all: readonly Descriptor[], asked: string | null, size: number | undefined): Page {
  if (size === undefined) return { descriptors: all };
  const number = asked === null ? 0 : Number.parseInt(asked, 10) || 0;
  const descriptors = all.slice(number * size, (number + 1) * size);
  return all.length > (number + 1) * size ? { descriptors, next: number + 1 } : { descriptors };
}

function nextLink(request: RegistryRequest, page: number): string {
  const query = new URLSearchParams(request.query);
  query.set('page', String(page));
  return `<${request.path}?${query}>; rel="next"`;
}
