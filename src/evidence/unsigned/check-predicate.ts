import { isJsonObject } from '../../oci/strict-json.ts';
import { detectJsonValue } from '../detect-json.ts';
import type { Statement } from '../statement.ts';
import { checkShape } from './check-shape.ts';

/** Predicate types whose predicate is an SBOM (in-toto attestation spec, predicates `spdx` and `cyclonedx`), each with versions after a slash. */
const SBOM_TYPES = ['https://spdx.dev/Document', 'https://cyclonedx.org/bom'];

/**
 * Why the SBOM inside of a bare statement, which is how BuildKit attaches one, is not fit to be counted. A predicate
 * that has members and is no SBOM in JSON (cosign once wrapped tag-value text) is let through: its shape is not known.
 */
export function checkPredicate({ predicateType, predicate }: Statement): string | undefined {
  if (!SBOM_TYPES.some((type) => predicateType === type || predicateType.startsWith(`${type}/`))) return undefined;
  if (!isJsonObject(predicate) || Object.keys(predicate).length === 0) return 'its predicate is an SBOM, and is empty';
  const { kind } = detectJsonValue(predicate);
  const why = kind === 'unknown' ? undefined : checkShape(kind, predicate);
  return why === undefined ? undefined : `its predicate is an SBOM, and ${why}`;
}
