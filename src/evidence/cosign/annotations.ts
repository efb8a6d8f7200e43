/** Both spellings: cosign writes the first; SIGNATURE_SPEC.md names the second for some, and early versions wrote it. */
const PREFIXES = ['dev.sigstore.cosign/', 'dev.cosignproject.cosign/'];

export type CosignAnnotation = 'signature' | 'certificate' | 'bundle' | 'rfc3161timestamp';

/**
 * What cosign v2 keeps of a signature in its layer's annotations (sigstore/cosign specs/SIGNATURE_SPEC.md). `chain` is
 * not among them: who signed must not say who vouches for him, that is the root's. `reason`: two that contradict.
 */
export function readCosignAnnotation(
  annotations: Readonly<Record<string, string>>,
  name: CosignAnnotation,
): { readonly text: string | undefined } | { readonly reason: string } {
  const texts = PREFIXES.flatMap((prefix) => {
    const key = prefix + name;
    return Object.hasOwn(annotations, key) ? [annotations[key]] : [];
  });
  if (new Set(texts).size > 1) return { reason: `its annotations name two different ${name}s` };
  return { text: texts[0] };
}
