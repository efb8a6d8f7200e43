import { IN_TOTO } from '../../oci/media-types.ts';
import type { EvidenceKind } from '../detection.ts';

/** What the content of a document must be where its artifact, or its layer, is declared to be of a type. */
const KINDS: ReadonlyMap<string, readonly EvidenceKind[]> = new Map<string, readonly EvidenceKind[]>([
  // SPDX 3 has a type of its own since 2026 only: what was written before has this one
  ['application/spdx+json', ['spdx-json', 'spdx3-json']],
  ['application/spdx3+json', ['spdx3-json']],
  ['text/spdx', ['spdx-tag-value']],
  ['application/vnd.cyclonedx+json', ['cyclonedx-json']],
  ['application/vnd.cyclonedx+xml', ['cyclonedx-xml']],
  ['application/sarif+json', ['sarif']],
  ['application/vnd.openvex+json', ['openvex']],
  ['application/csaf+json', ['csaf']],
  [IN_TOTO, ['in-toto']],
]);
const PREDICATE_TYPE = /^application\/vnd\.in-toto\..+\+json$/;

export interface DeclaredType {
  readonly type: string;
  readonly kinds: readonly EvidenceKind[];
}

/** The first of `types` that says what the content must be; undefined: none does. Parameters and case do not count. */
export function readDeclaredType(types: readonly string[]): DeclaredType | undefined {
  for (const declared of types) {
    const type = declared.split(';', 1)[0]?.trim().toLowerCase() ?? '';
    const kinds = KINDS.get(type) ?? (PREDICATE_TYPE.test(type) ? (['in-toto'] as const) : undefined);
    if (kinds !== undefined) return { type, kinds };
  }
  return undefined;
}
