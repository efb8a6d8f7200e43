import { CodedError } from '../../errors/coded-error.ts';
import { parseArtifactType } from '../../oci/artifact-type.ts';
import { isGlob } from '../../oci/glob.ts';
import type { ReferrerFilter } from '../../referrers/filter.ts';

/**
 * The lines of `artifact-type` (types, or globs with `*` and `?`) and of `filter-annotation` (`key` or `key=value`) ->
 * filter. Throws `artifact-type-invalid` or `annotation-invalid`.
 */
export function parseFilter(inputs: {
  readonly artifactType: readonly string[];
  readonly filterAnnotation: readonly string[];
}): ReferrerFilter {
  return {
    artifactTypes: inputs.artifactType.map((line) => (isGlob(line) ? line : parseArtifactType(line))),
    annotations: inputs.filterAnnotation.map(parseAnnotationFilter),
  };
}

/** `key=` asks for an empty value, `key` for any. A value may hold `=`. */
function parseAnnotationFilter(line: string): { readonly key: string; readonly value?: string } {
  const equals = line.indexOf('=');
  const key = (equals < 0 ? line : line.slice(0, equals)).trim();
  if (key === '') {
    throw new CodedError('annotation-invalid', `filter-annotation: line ${JSON.stringify(line)} has no key`, {
      hint: 'Expected key or key=value, one a line, such as org.opencontainers.image.source=https://github.com/acme/app.',
    });
  }
  return equals < 0 ? { key } : { key, value: line.slice(equals + 1).trim() };
}
