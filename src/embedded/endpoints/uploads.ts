import { hasCode } from '../../errors/coded-error.ts';
import { computableAlgorithm, type Digest, type DigestAlgorithm, isDigest } from '../../oci/digest.ts';
import { errorResponse, headerOf, type RegistryRequest, type RegistryResponse } from '../exchange.ts';
import type { RegistryContext } from '../registry-context.ts';
import type { UploadSession } from '../upload-sessions.ts';
import { mountBlob } from './mount.ts';

/** POST .../blobs/uploads/: a mount, a whole blob at once, or a new session. distribution-spec 1.1 "Pushing Blobs". */
export async function startUpload(
  context: RegistryContext,
  request: RegistryRequest,
  repository: string,
): Promise<RegistryResponse> {
  const mount = request.query.get('mount');
  if (mount !== null && isDigest(mount)) {
    const mounted = await mountBlob(context, mount, repository, request.query.get('from'));
    if (mounted !== undefined) return mounted;
  }
  const digest = request.query.get('digest');
  const algorithm = announcedAlgorithm(digest, request.query.get('digest-algorithm'));
  if (algorithm === 'invalid') return unsupportedDigest(digest ?? request.query.get('digest-algorithm') ?? '');
  const session = await context.uploads.start(repository, algorithm);
  if (digest !== null && isDigest(digest) && mount === null) {
    await session.upload.append(request.body);
    return await commit(context, session, digest, 'cancel');
  }
  return accepted(session, 202);
}

function announcedAlgorithm(digest: string | null, named: string | null): DigestAlgorithm | undefined | 'invalid' {
  if (digest !== null) return (isDigest(digest) ? computableAlgorithm(digest) : undefined) ?? 'invalid';
  if (named === null) return undefined;
  return named === 'sha256' || named === 'sha512' ? named : 'invalid';
}

/** PATCH of a session: a chunk with its Content-Range, in order, or a stream without one. */
export async function patchUpload(
  context: RegistryContext,
  request: RegistryRequest,
  repository: string,
  id: string,
): Promise<RegistryResponse> {
  const session = context.uploads.find(repository, id);
  if (session === undefined) return uploadUnknown(id);
  const outOfOrder = refuseRange(session, request);
  if (outOfOrder !== undefined) return outOfOrder;
  if (session.hasShortChunk) return shortChunk();
  return await exclusively(session, async () => {
    const before = session.upload.size;
    await session.upload.append(request.body);
    session.hasShortChunk = session.upload.size - before < (context.quirks.minChunkBytes ?? 0);
    return accepted(session, 202);
  });
}

/** "OCI-Chunk-Min-Length": only the last chunk may be smaller. */
function shortChunk(): RegistryResponse {
  return errorResponse(400, 'SIZE_INVALID', 'the chunk before this one was smaller than OCI-Chunk-Min-Length');
}

/** PUT of a session: the last chunk may ride in it; the digest closes it. */
export async function closeUpload(
  context: RegistryContext,
  request: RegistryRequest,
  repository: string,
  id: string,
): Promise<RegistryResponse> {
  const session = context.uploads.find(repository, id);
  if (session === undefined) return uploadUnknown(id);
  const digest = request.query.get('digest') ?? '';
  if (!isDigest(digest) || computableAlgorithm(digest) === undefined) return unsupportedDigest(digest);
  const outOfOrder = refuseRange(session, request);
  if (outOfOrder !== undefined) return outOfOrder;
  return await exclusively(session, async () => {
    await session.upload.append(request.body);
    return await commit(context, session, digest, 'keep');
  });
}

/** GET of a session: how much has arrived. */
export function uploadStatus(context: RegistryContext, repository: string, id: string): RegistryResponse {
  const session = context.uploads.find(repository, id);
  return session === undefined ? uploadUnknown(id) : accepted(session, 204);
}

/** DELETE of a session, "Canceling a blob upload" (end-14). */
export async function cancelUpload(
  context: RegistryContext,
  repository: string,
  id: string,
): Promise<RegistryResponse> {
  const session = context.uploads.find(repository, id);
  if (session === undefined) return uploadUnknown(id);
  await context.uploads.cancel(session);
  return { status: 204, headers: {} };
}

async function commit(
  context: RegistryContext,
  session: UploadSession,
  digest: Digest,
  onMismatch: 'cancel' | 'keep',
): Promise<RegistryResponse> {
  try {
    await session.upload.commit(digest);
  } catch (error) {
    if (!hasCode(error, 'digest-mismatch')) throw error;
    if (onMismatch === 'cancel') await context.uploads.cancel(session);
    return errorResponse(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content', { digest });
  }
  context.uploads.end(session);
  return {
    status: 201,
    headers: { location: `/v2/${session.repository}/blobs/${digest}`, 'docker-content-digest': digest },
  };
}

/** One writer at a time: a second one would mix its bytes into the first one's. */
async function exclusively(session: UploadSession, work: () => Promise<RegistryResponse>): Promise<RegistryResponse> {
  if (session.busy) return errorResponse(416, 'BLOB_UPLOAD_INVALID', 'another request is writing to this upload');
  session.busy = true;
  try {
    return await work();
  } finally {
    session.busy = false;
  }
}

/** 416 for a chunk that does not begin where the upload stands ("Pushing a blob in chunks"). */
function refuseRange(session: UploadSession, request: RegistryRequest): RegistryResponse | undefined {
  const header = headerOf(request, 'content-range');
  if (header === undefined) return undefined;
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(header);
  const start = Number(match?.[1]);
  const end = Number(match?.[2]);
  const length = headerOf(request, 'content-length');
  const lengthAgrees = length === undefined || Number(length) === end - start + 1;
  if (match !== null && lengthAgrees && start === session.upload.size) return undefined;
  return {
    ...errorResponse(
      416,
      'BLOB_UPLOAD_INVALID',
      `Content-Range is ${header}, the upload has ${session.upload.size} bytes`,
    ),
    headers: { ...progressHeaders(session), 'content-type': 'application/json' },
  };
}

function accepted(session: UploadSession, status: 202 | 204): RegistryResponse {
  return { status, headers: progressHeaders(session) };
}

/** `Range: 0-<last byte>`; an empty upload has `0-0`, as distribution writes it, for `0--1` would be no range. */
function progressHeaders(session: UploadSession): Record<string, string> {
  return {
    location: `/v2/${session.repository}/blobs/uploads/${session.id}`,
    range: `0-${Math.max(0, session.upload.size - 1)}`,
    'docker-upload-uuid': session.id,
  };
}

function uploadUnknown(id: string): RegistryResponse {
  return errorResponse(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry', { id });
}

function unsupportedDigest(text: string): RegistryResponse {
  return errorResponse(400, 'DIGEST_INVALID', `${JSON.stringify(text)} is not a digest of sha256 or sha512`);
}
