import { hasCode } from '../../errors/coded-error.ts';
import { isJsonObject, type JsonObject, parseStrictJsonObject } from '../../oci/strict-json.ts';
import { decodeBase64 } from '../base64.ts';

type Reading = { readonly json: JsonObject } | { readonly reason: string };

/** cosign's `bundle` annotation (an entry of Rekor v1 with its promise) -> `tlogEntries` of a Sigstore bundle. */
export function convertLogEntry(annotation: string): Reading {
  const bundle = parseAnnotation(annotation, 'its annotation bundle');
  if ('reason' in bundle) return bundle;
  const payload = bundle.json['Payload'];
  const { SignedEntryTimestamp: promise } = bundle.json;
  if (!isJsonObject(payload) || typeof promise !== 'string') return { reason: 'its annotation bundle has no entry' };
  const { body, integratedTime, logIndex, logID } = payload;
  if (typeof body !== 'string' || typeof logID !== 'string' || !/^[0-9a-f]{64}$/.test(logID)) {
    return { reason: 'the log entry in its annotations has no body or no log id' };
  }
  if (!Number.isSafeInteger(integratedTime) || !Number.isSafeInteger(logIndex)) {
    return { reason: 'the log entry in its annotations has no time or no index' };
  }
  const entry = parseAnnotation(decodeBase64(body) ?? '', 'the log entry in its annotations');
  if ('reason' in entry) return entry;
  return {
    json: {
      logIndex: String(logIndex),
      logId: { keyId: Buffer.from(logID, 'hex').toString('base64') },
      kindVersion: { kind: entry.json['kind'], version: entry.json['apiVersion'] },
      integratedTime: String(integratedTime),
      inclusionPromise: { signedEntryTimestamp: promise },
      canonicalizedBody: body,
    },
  };
}

/** cosign's `rfc3161timestamp` annotation -> `rfc3161Timestamps` of a Sigstore bundle. */
export function convertTimestamp(annotation: string): Reading {
  const parsed = parseAnnotation(annotation, 'its annotation rfc3161timestamp');
  if ('reason' in parsed) return parsed;
  const signedTimestamp = parsed.json['SignedRFC3161Timestamp'];
  if (typeof signedTimestamp !== 'string') return { reason: 'its annotation rfc3161timestamp has no timestamp' };
  return { json: { signedTimestamp } };
}

function parseAnnotation(input: string | Uint8Array, what: string): Reading {
  try {
    return { json: parseStrictJsonObject(input, { what }) };
  } catch (error) {
    if (hasCode(error, 'json-invalid')) return { reason: error.message };
    throw error;
  }
}
