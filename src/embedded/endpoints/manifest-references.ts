import type { Descriptor } from '../../oci/descriptor.ts';
import type { Manifest } from '../../oci/manifest.ts';
import type { Layout } from '../../store/layout/layout.ts';
import { jsonResponse, type RegistryResponse } from '../exchange.ts';
import type { RegistryContext } from '../registry-context.ts';

/**
 * A registry may refuse a manifest that names what it does not hold (distribution-spec 1.1 "Pushing Manifests"); the
 * subject alone may always be missing. Blobs are asked for here, platform manifests are not: a sparse index is welcome.
 */
export async function holdsReferences(
  _context: RegistryContext,
  layout: Layout,
  manifest: Manifest,
): Promise<RegistryResponse | undefined> {
  if (manifest.kind !== 'manifest') return undefined;
  const missing: Descriptor[] = [];
  for (const blob of [manifest.config, ...manifest.layers]) {
    if (isForeign(blob)) continue;
    if ((await layout.backend.blobSize(blob.digest)) === undefined) missing.push(blob);
  }
  return missing.length === 0 ? undefined : blobUnknown(missing);
}

/** A layer that is kept elsewhere and need not be pushed: image-spec 1.1 layer.md "Non-Distributable Layers". */
function isForeign({ mediaType }: Descriptor): boolean {
  return mediaType.includes('.nondistributable.') || mediaType.includes('.foreign.');
}

function blobUnknown(missing: readonly Descriptor[]): RegistryResponse {
  const errors = missing.map(({ digest }) => ({
    code: 'MANIFEST_BLOB_UNKNOWN',
    message: 'manifest references a manifest or blob unknown to registry',
    detail: { digest },
  }));
  return jsonResponse(400, { errors });
}
