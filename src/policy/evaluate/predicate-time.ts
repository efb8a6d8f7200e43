import { CodedError } from '../../errors/coded-error.ts';
import { LET_GO, type Statement } from '../../evidence/statement.ts';
import { isJsonObject, type JsonValue } from '../../oci/strict-json.ts';

/**
 * Where a predicate says when it was made. Of several fields the first that is there counts.
 *
 * - SLSA provenance 1: slsa.dev/spec/v1.0/provenance "BuildMetadata"; 0.2: slsa.dev/provenance/v0.2 "metadata".
 * - SLSA verification summary: slsa.dev/verification_summary/v1 `timeVerified`.
 * - in-toto attestation spec/predicates/vulns.md, vulns_02.md; cosign specs/COSIGN_VULN_ATTESTATION_SPEC.md.
 * - in-toto attestation spec/predicates/svr.md `timeCreated`.
 * - cosign specs/COSIGN_PREDICATE_SPEC.md `Timestamp`.
 * - SPDX 2.3 §6.9, CycloneDX `metadata.timestamp`, OpenVEX `timestamp`: when the document was made.
 */
const TIMES: readonly { readonly types: RegExp; readonly paths: readonly (readonly string[])[] }[] = [
  {
    types: /^https:\/\/slsa\.dev\/provenance\/v1(\.[0-9]+)?$/,
    paths: [
      ['runDetails', 'metadata', 'finishedOn'],
      ['runDetails', 'metadata', 'startedOn'],
    ],
  },
  {
    types: /^https:\/\/slsa\.dev\/provenance\/v0\.[12]$/,
    paths: [
      ['metadata', 'buildFinishedOn'],
      ['metadata', 'buildStartedOn'],
    ],
  },
  { types: /^https:\/\/slsa\.dev\/verification_summary\/v(0\.[12]|1(\.[0-9]+)?)$/, paths: [['timeVerified']] },
  {
    types: /^https:\/\/(in-toto\.io\/attestation\/vulns(\/v0\.[12])?|cosign\.sigstore\.dev\/attestation\/vuln\/v1)$/,
    paths: [
      ['metadata', 'scanFinishedOn'],
      ['metadata', 'scanStartedOn'],
    ],
  },
  { types: /^https:\/\/in-toto\.io\/attestation\/svr\/v0\.[12]$/, paths: [['timeCreated']] },
  { types: /^https:\/\/cosign\.sigstore\.dev\/attestation\/v1$/, paths: [['Timestamp']] },
  { types: /^https:\/\/spdx\.dev\/Document(\/v2\.[0-9])?$/, paths: [['creationInfo', 'created']] },
  { types: /^https:\/\/cyclonedx\.org\/bom(\/v1\.[0-9]+)?$/, paths: [['metadata', 'timestamp']] },
  { types: /^https:\/\/openvex\.dev\/ns(\/v0\.[0-9.]+)?$/, paths: [['timestamp']] },
];

/** When a statement says that it was made, with the field that says so; undefined where it does not, or not readably. */
export function predicateTime(
  statement: Statement | undefined,
): { readonly time: Date; readonly field: string } | undefined {
  const predicate = statement?.predicate;
  if (predicate === LET_GO) throw new CodedError('internal', 'a time would be read from a predicate that was let go');
  const paths = TIMES.find(({ types }) => types.test(statement?.predicateType ?? ''))?.paths ?? [];
  for (const path of paths) {
    const value = valueAt(predicate, path);
    if (value === undefined || value === null) continue;
    const time = parseTime(value);
    return time === undefined ? undefined : { time, field: `predicate.${path.join('.')}` };
  }
  return undefined;
}

function valueAt(value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  let at = value;
  for (const key of path) {
    if (!isJsonObject(at) || !Object.hasOwn(at, key)) return undefined;
    at = at[key];
  }
  return at;
}

const RFC3339 = /^([0-9]{4}-[0-9]{2}-[0-9]{2})T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$/;

/** RFC 3339 §5.6 with a zone: a time without one is no instant. */
function parseTime(value: JsonValue): Date | undefined {
  if (typeof value !== 'string') return undefined;
  const day = RFC3339.exec(value)?.[1];
  const time = new Date(value);
  if (day === undefined || Number.isNaN(time.getTime())) return undefined;
  const isDay = new Date(`${day}T00:00:00Z`).toISOString().startsWith(day); // 30 February would become 1 March
  return isDay ? time : undefined;
}
