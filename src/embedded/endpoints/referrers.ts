import type { Descriptor } from '../../oci/descriptor.ts';
import { isDigest } from '../../oci/digest.ts';
import { OCI_INDEX } from '../../oci/media-types.ts';
import { isJsonObject } from '../../oci/strict-json.ts';
import { errorResponse, jsonResponse, type RegistryRequest, type RegistryResponse } from '../exchange.ts';
import type { Quirks } from '../quirks.ts';
import type { RegistryContext } from '../registry-context.ts';

/** distribution-spec 1.1 "Listing Referrers". An unknown subject, or an unknown repository, has none. */
export async function listReferrers(
  context: RegistryContext,
  request: RegistryRequest,
  repository: string,
  digest: string,
): Promise<RegistryResponse> {
  if (!isDigest(digest)) return errorResponse(400, 'DIGEST_INVALID', `${JSON.stringify(digest)} is not a digest`);
  const { quirks } = context;
  const layout = await context.repositories.find(repository);
  const held = (await layout?.listReferrers(digest)) ?? [];
  const visible = context.lag.visibleReferrers(repository, held, quirks.referrersLag);
  const types = request.query.getAll('artifactType');
  const listed = filterRows(rowsOf(visible, quirks), types, quirks);
  const page = pageOf(listed, request.query.get('page'), quirks);
  const claimed = types.length > 0 && !['ignored', 'silent'].includes(quirks.referrersFilter ?? 'applied');
  return jsonResponse(
    200,
    { schemaVersion: 2, mediaType: OCI_INDEX, manifests: page.rows.map((row) => row.listed) },
    {
      'content-type': OCI_INDEX,
      ...(claimed && { 'oci-filters-applied': quirks.referrersFilterHeader ?? 'artifactType' }),
      ...(page.next !== undefined && { link: nextLink(request, page.next) }),
    },
  );
}

interface Row {
  /** The type that the manifest's bytes give. */
  readonly type: string | undefined;
  /** What the list shows. */
  readonly listed: unknown;
}

function rowsOf(descriptors: readonly Descriptor[], { referrersEntry, referrersExtra }: Quirks): Row[] {
  const rows = descriptors.map((descriptor) => ({
    type: descriptor.artifactType,
    listed: referrersEntry === undefined ? descriptor : referrersEntry({ ...descriptor }),
  }));
  return [...rows, ...(referrersExtra ?? []).map((listed) => ({ type: typeOf(listed), listed }))];
}

function filterRows(rows: Row[], types: readonly string[], { referrersFilter }: Quirks): Row[] {
  if (types.length === 0 || referrersFilter === 'ignored' || referrersFilter === 'claimed') return rows;
  const byListed = referrersFilter === 'by-listed-type';
  return rows.filter((row) => types.includes((byListed ? typeOf(row.listed) : row.type) ?? ''));
}

function typeOf(listed: unknown): string | undefined {
  const type = isJsonObject(listed) ? listed['artifactType'] : undefined;
  return typeof type === 'string' ? type : undefined;
}

interface Page {
  readonly rows: readonly Row[];
  /** The number of the page that follows. */
  readonly next?: number;
}

function pageOf(rows: readonly Row[], asked: string | null, quirks: Quirks): Page {
  const size = quirks.referrersPageSize;
  if (size === undefined) return { rows };
  const number = asked === null ? 0 : Number.parseInt(asked, 10) || 0;
  const overlap = quirks.referrersDuplicates === true && number > 0 ? 1 : 0;
  const page = rows.slice(number * size - overlap, (number + 1) * size);
  return rows.length > (number + 1) * size ? { rows: page, next: number + 1 } : { rows: page };
}

function nextLink(request: RegistryRequest, page: number): string {
  const query = new URLSearchParams(request.query);
  query.set('page', String(page));
  return `<${request.path}?${query}>; rel="next"`;
}
