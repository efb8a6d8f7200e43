import type { Descriptor } from '../../oci/descriptor.ts';
import type { Manifest } from '../../oci/manifest.ts';
import type { Layout } from '../../store/layout/layout.ts';
import { jsonResponse, type RegistryResponse } from '../exchange.ts';
import type { Quirks } from '../quirks.ts';

/**
 * What a manifest names and the registry does not hold. A registry may refuse such a manifest (distribution-spec 1.1
 * "Pushing Manifests"): here config and layers have to be there; the manifests of an index and the subject need not,
 * unless a quirk asks for them.
 */
export async function findMissing(layout: Layout, manifest: Manifest, quirks: Quirks): Promise<Descriptor[]> {
  const { subject } = manifest;
  const manifests = [
    ...(manifest.kind === 'index' && quirks.sparseIndex === false ? manifest.manifests : []),
    ...(subject !== undefined && quirks.subjectMustExist === true ? [subject] : []),
  ];
  const isImage = manifest.kind === 'manifest' && quirks.blobChecks !== false;
  const blobs = isImage ? [manifest.config, ...manifest.layers].filter(isPushed) : [];
  const missing: Descriptor[] = [];
  for (const descriptor of manifests) {
    if ((await layout.resolveDigest(descriptor.digest)) === undefined) missing.push(descriptor);
  }
  for (const descriptor of blobs) {
    if ((await layout.backend.blobSize(descriptor.digest)) === undefined) missing.push(descriptor);
  }
  return missing;
}

/** Not a layer that is kept elsewhere: image-spec 1.1 layer.md "Non-Distributable Layers". */
function isPushed({ mediaType }: Descriptor): boolean {
  return !mediaType.includes('.nondistributable.') && !mediaType.includes('.foreign.');
}

/** One error for each, as the spec allows: "code-5". */
export function manifestBlobUnknown(missing: readonly Descriptor[]): RegistryResponse {
  const errors = missing.map(({ digest }) => ({
    code: 'MANIFEST_BLOB_UNKNOWN',
    message: 'manifest references a manifest or blob unknown to registry',
    detail: { digest },
  }));
  return jsonResponse(400, { errors });
}
