import type { Descriptor } from '../../oci/descriptor.ts';
import { type Digest, isDigest } from '../../oci/digest.ts';
import { isTag } from '../../oci/reference.ts';
import type { Layout } from '../../store/layout/layout.ts';
import type { HeaderValue, RegistryRequest, RegistryResponse } from '../exchange.ts';
import type { RegistryContext } from '../registry-context.ts';
import { isDigestReference } from '../route.ts';
import { manifestUnknown, nameUnknown, referenceInvalid } from './manifest-errors.ts';
import { isNotModified } from './preconditions.ts';

/** GET and HEAD of a manifest, distribution-spec 1.1 "Pulling manifests". */
export async function getManifest(
  context: RegistryContext,
  request: RegistryRequest,
  repository: string,
  reference: string,
): Promise<RegistryResponse> {
  const layout = await context.repositories.find(repository);
  if (layout === undefined) return nameUnknown(repository);
  const descriptor = await resolveReference(context, layout, repository, reference);
  if (descriptor === 'invalid') return referenceInvalid(reference);
  if (descriptor === undefined) return manifestUnknown(reference);
  const headers = {
    'content-type': descriptor.mediaType,
    'docker-content-digest': descriptor.digest,
    etag: `"${descriptor.digest}"`,
    ...(context.quirks.referrersHeaders === true && (await referrersHeaders(layout, descriptor.digest))),
  };
  if (isNotModified(request, descriptor.digest)) return { status: 304, headers };
  const body = await layout.readManifestBytes(descriptor);
  return body === undefined ? manifestUnknown(reference) : { status: 200, headers, body };
}

async function resolveReference(
  { lag, quirks }: RegistryContext,
  layout: Layout,
  repository: string,
  reference: string,
): Promise<Descriptor | undefined | 'invalid'> {
  if (isDigestReference(reference)) {
    if (!isDigest(reference)) return 'invalid';
    return lag.isManifestVisible(repository, reference, quirks.manifestLag)
      ? layout.resolveDigest(reference)
      : undefined;
  }
  if (!isTag(reference)) return 'invalid';
  return lag.visibleTag(repository, reference, await layout.resolveTag(reference), quirks.tagLag);
}

/** The headers proposed in distribution-spec issue 454; the types each once, in ASCII order. */
async function referrersHeaders(layout: Layout, digest: Digest): Promise<Record<string, HeaderValue>> {
  const referrers = await layout.listReferrers(digest);
  if (referrers.length === 0) return { 'oci-referrers': 'absent' };
  const types = [...new Set(referrers.flatMap(({ artifactType }) => artifactType ?? []))].sort();
  return { 'oci-referrers': 'present', ...(types.length > 0 && { 'oci-referrers-artifact-types': types.join(', ') }) };
}
