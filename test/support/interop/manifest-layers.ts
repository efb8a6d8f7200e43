import type { Digest } from '../../../src/oci/digest.ts';

/** Digests of a manifest's layers, in order. */
export function layersOf(manifest: Uint8Array): readonly Digest[] {
  const { layers } = JSON.parse(new TextDecoder().decode(manifest)) as { layers: { digest: Digest }[] };
  return layers.map(({ digest }) => digest);
}
