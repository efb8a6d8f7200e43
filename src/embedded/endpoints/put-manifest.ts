import { CodedError } from '../../errors/coded-error.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { computableAlgorithm, type Digest, type DigestAlgorithm, digestOf, isDigest } from '../../oci/digest.ts';
import { MAX_MANIFEST_BYTES, type Manifest, parseManifest } from '../../oci/manifest.ts';
import { bareMediaType } from '../../oci/media-types.ts';
import { isTag } from '../../oci/reference.ts';
import { errorResponse, headerOf, type RegistryRequest, type RegistryResponse, readBody } from '../exchange.ts';
import type { Quirks } from '../quirks.ts';
import type { RegistryContext } from '../registry-context.ts';
import { isDigestReference } from '../route.ts';
import { digestInvalid, referenceInvalid } from './manifest-errors.ts';
import { findMissing, manifestBlobUnknown } from './manifest-references.ts';
import { conditionOf } from './preconditions.ts';

/** PUT of a manifest by tag or digest, with `?tag=` besides: distribution-spec "Pushing Manifests", end-7a and 7b. */
export async function putManifest(
  context: RegistryContext,
  request: RegistryRequest,
  repository: string,
  reference: string,
): Promise<RegistryResponse> {
  const algorithm = algorithmFor(reference);
  if (algorithm === undefined) return digestInvalid(reference);
  const extraTags = request.query.getAll('tag');
  const tags = isDigestReference(reference) ? extraTags : [reference, ...extraTags];
  const badTag = tags.find((tag) => !isTag(tag));
  if (badTag !== undefined) return referenceInvalid(badTag);

  const bytes = await readBody(request, context.quirks.maxManifestBytes ?? MAX_MANIFEST_BYTES);
  if (bytes === undefined) return tooLarge(context.quirks);
  const digest = digestOf(bytes, algorithm);
  if (isDigestReference(reference) && digest !== reference) {
    return errorResponse(400, 'DIGEST_INVALID', `the manifest hashes to ${digest}, not to ${reference}`);
  }
  const manifest = readManifest(bytes, headerOf(request, 'content-type'), digest, context.quirks);
  if (manifest instanceof CodedError) return errorResponse(400, 'MANIFEST_INVALID', manifest.message);
  return store(context, request, repository, manifest, tags, extraTags);
}

/** The algorithm of the digest in the path; sha256 with a tag. */
function algorithmFor(reference: string): DigestAlgorithm | undefined {
  if (!isDigestReference(reference)) return 'sha256';
  return isDigest(reference) ? computableAlgorithm(reference) : undefined;
}

function tooLarge(quirks: Quirks): RegistryResponse {
  const limit = quirks.maxManifestBytes ?? MAX_MANIFEST_BYTES;
  return quirks.manifestTooLargeIs400 === true
    ? errorResponse(400, 'MANIFEST_INVALID', 'http: request body too large')
    : errorResponse(413, 'SIZE_INVALID', `a manifest may have ${limit} bytes, this one has more`);
}

/** What does not make a manifest comes back as the error. */
function readManifest(
  bytes: Uint8Array,
  contentType: string | undefined,
  digest: Digest,
  quirks: Quirks,
): Manifest | CodedError {
  const mediaType = bareMediaType(contentType);
  if (mediaType === undefined) return new CodedError('manifest-invalid', 'the request has no Content-Type');
  try {
    return parseChecked(bytes, mediaType, digest);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    if (quirks.manifestChecks !== false) return error;
    return { kind: 'other', mediaType, digest, size: bytes.byteLength, bytes };
  }
}

/** Content-Type and mediaType must agree ("Pushing Manifests"), and every entry must be a descriptor. */
function parseChecked(bytes: Uint8Array, mediaType: string, digest: Digest): Manifest {
  const manifest = parseManifest(bytes, { what: 'manifest', mediaType, digest });
  if (manifest.mediaType !== mediaType) {
    throw new CodedError('manifest-invalid', `Content-Type is ${mediaType}, mediaType is ${manifest.mediaType}`);
  }
  const suspect = manifest.kind === 'index' ? manifest.suspects[0] : undefined;
  if (suspect !== undefined) throw new CodedError('manifest-invalid', suspect.problem);
  return manifest;
}

async function store(
  context: RegistryContext,
  request: RegistryRequest,
  repository: string,
  manifest: Manifest,
  tags: readonly string[],
  extraTags: readonly string[],
): Promise<RegistryResponse> {
  const layout = await context.repositories.open(repository);
  const missing = await findMissing(layout, manifest, context.quirks);
  if (missing.length > 0) return manifestBlobUnknown(missing);
  const before = await Promise.all(tags.map((tag) => layout.resolveTag(tag)));
  const stored = await layout.putManifest({ manifest, tags, condition: conditionOf(request) });
  if (!stored) return errorResponse(412, 'PRECONDITION_FAILED', 'the tag does not hold what the request expects');
  noteChange(context, repository, manifest, tags, before);
  const { digest, subject } = manifest;
  return {
    status: 201,
    headers: {
      location: `/v2/${repository}/manifests/${digest}`,
      'docker-content-digest': digest,
      etag: `"${digest}"`,
      ...(subject !== undefined && { 'oci-subject': subject.digest }),
      // a line each: a reader that looks for its tag among the header's values finds it, and so does one that splits a list
      ...(extraTags.length > 0 && { 'oci-tag': extraTags }),
    },
  };
}

function noteChange(
  { lag }: RegistryContext,
  repository: string,
  manifest: Manifest,
  tags: readonly string[],
  before: readonly (Descriptor | undefined)[],
): void {
  for (const [i, tag] of tags.entries()) lag.noteTag(repository, tag, before[i], manifest);
  lag.noteManifest(repository, manifest.digest);
  if (manifest.subject !== undefined) lag.noteReferrer(repository, manifest.digest);
}
