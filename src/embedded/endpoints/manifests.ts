import { CodedError } from '../../errors/coded-error.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { computableAlgorithm, type Digest, digestOf, isDigest } from '../../oci/digest.ts';
import { MAX_MANIFEST_BYTES, type Manifest, parseManifest } from '../../oci/manifest.ts';
import { bareMediaType } from '../../oci/media-types.ts';
import { isTag } from '../../oci/reference.ts';
import type { Layout } from '../../store/layout/layout.ts';
import { errorResponse, headerOf, type RegistryRequest, type RegistryResponse, readBody } from '../exchange.ts';
import type { RegistryContext } from '../registry-context.ts';
import { isDigestReference } from '../route.ts';
import { holdsReferences } from './manifest-references.ts';
import { conditionOf, isNotModified } from './preconditions.ts';

/** GET and HEAD of a manifest, distribution-spec 1.1 "Pulling manifests". */
export async function getManifest(
  context: RegistryContext,
  request: RegistryRequest,
  repository: string,
  reference: string,
): Promise<RegistryResponse> {
  const layout = await context.repositories.find(repository);
  if (layout === undefined) return nameUnknown(repository);
  const descriptor = await resolveReference(layout, reference);
  if (descriptor === 'invalid') return referenceInvalid(reference);
  if (descriptor === undefined) return manifestUnknown(reference);
  const headers = {
    'content-type': descriptor.mediaType,
    'docker-content-digest': descriptor.digest,
    etag: `"${descriptor.digest}"`,
  };
  if (isNotModified(request, descriptor.digest)) return { status: 304, headers };
  const body = await layout.readManifestBytes(descriptor);
  return body === undefined ? manifestUnknown(reference) : { status: 200, headers, body };
}

async function resolveReference(layout: Layout, reference: string): Promise<Descriptor | undefined | 'invalid'> {
  if (isDigestReference(reference)) return isDigest(reference) ? layout.resolveDigest(reference) : 'invalid';
  return isTag(reference) ? layout.resolveTag(reference) : 'invalid';
}

/** PUT of a manifest by tag or digest, with `?tag=` besides: "Pushing Manifests" and end-7a/7b. */
export async function putManifest(
  context: RegistryContext,
  request: RegistryRequest,
  repository: string,
  reference: string,
): Promise<RegistryResponse> {
  const byDigest = isDigestReference(reference);
  const algorithm = byDigest ? (isDigest(reference) ? computableAlgorithm(reference) : undefined) : 'sha256';
  if (algorithm === undefined) return digestInvalid(reference);
  const extraTags = request.query.getAll('tag');
  const tags = byDigest ? extraTags : [reference, ...extraTags];
  const badTag = tags.find((tag) => !isTag(tag));
  if (badTag !== undefined) return referenceInvalid(badTag);

  const bytes = await readBody(request, MAX_MANIFEST_BYTES);
  if (bytes === undefined) {
    return errorResponse(413, 'SIZE_INVALID', `a manifest may have ${MAX_MANIFEST_BYTES} bytes, this one has more`);
  }
  const digest = digestOf(bytes, algorithm);
  if (byDigest && digest !== reference) {
    return errorResponse(400, 'DIGEST_INVALID', `the manifest hashes to ${digest}, not to ${reference}`);
  }
  const manifest = readManifest(bytes, headerOf(request, 'content-type'), digest);
  if (manifest instanceof CodedError) return errorResponse(400, 'MANIFEST_INVALID', manifest.message);
  const layout = await context.repositories.open(repository);
  const missing = await holdsReferences(context, layout, manifest);
  if (missing !== undefined) return missing;
  const stored = await layout.putManifest({ manifest, tags, condition: conditionOf(request) });
  if (!stored)
    return errorResponse(412, 'PRECONDITION_FAILED', 'the tag holds another manifest than the request expects');
  return created(repository, reference, manifest, extraTags);
}

/** Content-Type and mediaType must agree ("Pushing Manifests"); what does not agree comes back as the error. */
function readManifest(bytes: Uint8Array, contentType: string | undefined, digest: Digest): Manifest | CodedError {
  const mediaType = bareMediaType(contentType);
  if (mediaType === undefined) return new CodedError('manifest-invalid', 'the request has no Content-Type');
  try {
    const manifest = parseManifest(bytes, { what: 'manifest', mediaType, digest });
    if (manifest.mediaType === mediaType) return manifest;
    return new CodedError('manifest-invalid', `Content-Type is ${mediaType}, mediaType is ${manifest.mediaType}`);
  } catch (error) {
    if (error instanceof CodedError) return error;
    throw error;
  }
}

function created(
  repository: string,
  reference: string,
  manifest: Manifest,
  extraTags: readonly string[],
): RegistryResponse {
  return {
    status: 201,
    headers: {
      location: `/v2/${repository}/manifests/${reference}`,
      'docker-content-digest': manifest.digest,
      etag: `"${manifest.digest}"`,
      ...(manifest.subject !== undefined && { 'oci-subject': manifest.subject.digest }),
      ...(extraTags.length > 0 && { 'oci-tag': extraTags.join(', ') }),
    },
  };
}

/** DELETE by digest takes the manifest and its tags, by tag only the tag: "Deleting Manifests", "Deleting tags". */
export async function deleteManifest(
  context: RegistryContext,
  repository: string,
  reference: string,
): Promise<RegistryResponse> {
  const layout = await context.repositories.find(repository);
  if (layout === undefined) return nameUnknown(repository);
  const removed = isDigestReference(reference)
    ? isDigest(reference)
      ? await layout.removeManifest(reference)
      : 'invalid'
    : await layout.removeTag(reference);
  if (removed === 'invalid') return digestInvalid(reference);
  return removed ? { status: 202, headers: {} } : manifestUnknown(reference);
}

export function nameUnknown(repository: string): RegistryResponse {
  return errorResponse(404, 'NAME_UNKNOWN', 'repository name not known to registry', { name: repository });
}

function manifestUnknown(reference: string): RegistryResponse {
  return errorResponse(404, 'MANIFEST_UNKNOWN', 'manifest unknown', { reference });
}

function digestInvalid(reference: string): RegistryResponse {
  return errorResponse(400, 'DIGEST_INVALID', `${JSON.stringify(reference)} is not a digest of sha256 or sha512`);
}

function referenceInvalid(reference: string): RegistryResponse {
  return reference.includes(':')
    ? digestInvalid(reference)
    : errorResponse(400, 'MANIFEST_INVALID', `${JSON.stringify(reference)} is not a tag`);
}
