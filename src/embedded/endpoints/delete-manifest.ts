import { isDigest } from '../../oci/digest.ts';
import type { RegistryResponse } from '../exchange.ts';
import type { RegistryContext } from '../registry-context.ts';
import { isDigestReference } from '../route.ts';
import { digestInvalid, manifestUnknown, nameUnknown } from './manifest-errors.ts';

/** DELETE by digest takes the manifest and its tags, by tag only the tag: "Deleting Manifests", "Deleting tags". */
export async function deleteManifest(
  context: RegistryContext,
  repository: string,
  reference: string,
): Promise<RegistryResponse> {
  const layout = await context.repositories.find(repository);
  if (layout === undefined) return nameUnknown(repository);
  if (!isDigestReference(reference)) {
    return (await layout.removeTag(reference)) ? { status: 202, headers: {} } : manifestUnknown(reference);
  }
  if (!isDigest(reference)) return digestInvalid(reference);
  return (await layout.removeManifest(reference)) ? { status: 202, headers: {} } : manifestUnknown(reference);
}
