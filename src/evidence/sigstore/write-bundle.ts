import { type Bundle, bundleToJSON } from '@sigstore/bundle';

/** A bundle as it stands in files and registries: the bytes of its JSON. */
export function writeBundle(bundle: Bundle): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(bundleToJSON(bundle)));
}
