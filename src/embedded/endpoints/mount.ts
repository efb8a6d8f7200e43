import type { Digest } from '../../oci/digest.ts';
import type { Layout } from '../../store/layout/layout.ts';
import type { RegistryResponse } from '../exchange.ts';
import type { RegistryContext } from '../registry-context.ts';

/**
 * "Mounting a blob from another repository": 201 if the blob is in `from`, or, without `from`, in any repository
 * (automatic content discovery). undefined: it is not, so an upload begins instead.
 */
export async function mountBlob(
  context: RegistryContext,
  digest: Digest,
  repository: string,
  from: string | null,
): Promise<RegistryResponse | undefined> {
  const source = await findSource(context, digest, from);
  if (source === undefined) return undefined;
  const target = await context.repositories.open(repository);
  if ((await target.backend.blobSize(digest)) === undefined) await copyBlob(source, target, digest);
  return {
    status: 201,
    headers: { location: `/v2/${repository}/blobs/${digest}`, 'docker-content-digest': digest },
  };
}

async function findSource(context: RegistryContext, digest: Digest, from: string | null): Promise<Layout | undefined> {
  const named = from === null ? undefined : await context.repositories.find(from);
  const candidates = from === null ? await context.repositories.all() : named === undefined ? [] : [named];
  for (const layout of candidates) {
    if ((await layout.backend.blobSize(digest)) !== undefined) return layout;
  }
  return undefined;
}

async function copyBlob(source: Layout, target: Layout, digest: Digest): Promise<void> {
  const upload = await target.backend.startUpload(digest.startsWith('sha512:') ? 'sha512' : 'sha256');
  await upload.append(source.backend.openBlob(digest));
  await upload.commit(digest);
}
