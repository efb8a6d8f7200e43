import { CodedError } from '../../errors/coded-error.ts';
import type { BufferedResponse } from '../../net/types.ts';
import { type IndexEntries, parseIndexEntries } from '../../oci/index-entries.ts';
import { bareMediaType, OCI_INDEX } from '../../oci/media-types.ts';
import { parseStrictJsonObject } from '../../oci/strict-json.ts';

/**
 * One page of the referrers API: an OCI image index and nothing else, under its own Content-Type ("MUST be",
 * distribution-spec 1.1 "Listing Referrers"; parameters do not matter). Throws `referrers-invalid`, `json-invalid` or
 * `manifest-invalid`.
 */
export function readReferrersPage(response: BufferedResponse, what: string): IndexEntries {
  const type = bareMediaType(response.headers.get('content-type'));
  if (type !== OCI_INDEX) {
    throw new CodedError(
      'referrers-invalid',
      `${what}: ${response.url.host} answered 200 with ${type?.slice(0, 100) ?? 'no Content-Type'}, expected ${OCI_INDEX}`,
      {
        hint: 'A login page or a proxy may have answered in place of the registry. This is not taken for "no referrers".',
      },
    );
  }
  const json = parseStrictJsonObject(response.bytes, { what });
  const mediaType = json['mediaType'];
  const saysOther = mediaType !== undefined && mediaType !== OCI_INDEX;
  if (saysOther || 'layers' in json || 'config' in json) {
    throw new CodedError('referrers-invalid', `${what}: the answer of ${response.url.host} is not an image index`, {
      hint: saysOther
        ? `Its mediaType is ${JSON.stringify(mediaType).slice(0, 100)}.`
        : 'It has layers or a config beside its manifests.',
    });
  }
  return parseIndexEntries(json, what);
}

/** Telemetry only: whether the registry says that it applied the filter (a list of names, RFC 9110 §5.6.1). */
export function saysFiltered(response: BufferedResponse): boolean {
  const applied = response.headers.all('oci-filters-applied').join(',').split(',');
  return applied.some((name) => name.trim().toLowerCase() === 'artifacttype');
}
