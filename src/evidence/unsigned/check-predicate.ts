import { CodedError } from '../../errors/coded-error.ts';
import { isJsonObject, type JsonValue, parseStrictJson } from '../../oci/strict-json.ts';
import { detectBytes } from '../detect.ts';
import { detectJsonValue } from '../detect-json.ts';
import { LET_GO, type Statement } from '../statement.ts';
import { checkShape } from './check-shape.ts';
import { checkSpdxTagValue } from './check-text-shape.ts';

/** Predicate types whose predicate is an SBOM (in-toto attestation spec, predicates `spdx` and `cyclonedx`), each with versions after a slash. */
const SBOM_TYPES = ['https://spdx.dev/Document', 'https://cyclonedx.org/bom'];

/**
 * Why the SBOM inside of a statement is not fit to be counted: of a bare one, which is how BuildKit attaches it, and of
 * a signed one. What has content and is no SBOM that is known is let through: its shape cannot be told.
 */
export function checkPredicate({ predicateType, predicate }: Statement): string | undefined {
  if (!SBOM_TYPES.some((type) => predicateType === type || predicateType.startsWith(`${type}/`))) return undefined;
  if (predicate === LET_GO) throw new CodedError('internal', 'a predicate that was let go cannot be checked');
  const why = checkSbom(unwrap(predicate));
  return why === undefined ? undefined : `its predicate is an SBOM, and ${why}`;
}

/** cosign's own predicate (specs/COSIGN_PREDICATE_SPEC.md), in which it put SBOMs before 2.0. */
function unwrap(predicate: JsonValue): JsonValue {
  if (!isJsonObject(predicate)) return predicate;
  const { Data: data, Timestamp: _, ...others } = predicate;
  return data === undefined || Object.keys(others).length > 0 ? predicate : data;
}

function checkSbom(sbom: JsonValue): string | undefined {
  // `cosign attest --type spdx` signs tag-value text, or whatever the file holds
  if (typeof sbom === 'string') return checkText(sbom);
  if (sbom === null || (typeof sbom === 'object' && Object.keys(sbom).length === 0)) return 'is empty';
  if (Array.isArray(sbom)) return 'is a list, and no document';
  if (!isJsonObject(sbom)) return 'is no document';
  const { kind } = detectJsonValue(sbom);
  return kind === 'unknown' ? undefined : checkShape(kind, sbom);
}

function checkText(text: string): string | undefined {
  if (text.trim() === '') return 'is empty';
  const json = readJson(text);
  if (typeof json === 'object') return checkSbom(json);
  const bytes = new TextEncoder().encode(text);
  return detectBytes(bytes).kind === 'spdx-tag-value' ? checkSpdxTagValue(bytes) : undefined;
}

/** undefined: it is no JSON that every reader reads alike. */
function readJson(text: string): JsonValue | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return parseStrictJson(text, { what: 'the predicate' });
  } catch {
    return undefined;
  }
}
