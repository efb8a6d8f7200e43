import { isJsonObject, type JsonObject, type JsonValue } from '../../oci/strict-json.ts';

/** Signed attestations of large SBOMs have several MiB; a DSSE payload is base64. */
export const MAX_BUNDLE_BYTES = 16 * 1024 * 1024;
const MAX_LOG_ENTRIES = 4; // the duplicate check over them is quadratic
const MAX_TIMESTAMPS = 4;
const MAX_PROOF_HASHES = 64; // a tree of 2^64 leaves
const MAX_CERTIFICATES = 8;
/** Of one certificate, timestamp or checkpoint: each is parsed whole before any signature is looked at. */
const MAX_PART_CHARS = 64 * 1024;

/**
 * Why a bundle may not be given to the library: two answers where the format has one (a reader would choose), or more
 * of something than honest bundles have (work before the first signature check). undefined: it may.
 */
export function checkBundleShape(json: JsonObject): string | undefined {
  const contents = present(json, ['dsseEnvelope', 'messageSignature']);
  if (contents !== 1) return `it has ${contents} of dsseEnvelope and messageSignature, not one`;
  const material = json['verificationMaterial'];
  if (!isJsonObject(material)) return 'it has no verificationMaterial';
  const keys = present(material, ['publicKey', 'x509CertificateChain', 'certificate']);
  if (keys !== 1) return `it has ${keys} of publicKey, x509CertificateChain and certificate, not one`;
  return checkCertificates(material) ?? checkLogEntries(material) ?? checkTimestamps(material);
}

function checkCertificates(material: JsonObject): string | undefined {
  const chain = material['x509CertificateChain'];
  const certificates = isJsonObject(chain) ? listOf(chain['certificates']) : [material['certificate'] ?? null];
  if (certificates.length > MAX_CERTIFICATES) {
    return `it has ${certificates.length} certificates, more than ${MAX_CERTIFICATES}`;
  }
  return certificates.some((one) => isLong(one, 'rawBytes')) ? 'a certificate in it is too long' : undefined;
}

function checkLogEntries(material: JsonObject): string | undefined {
  const entries = listOf(material['tlogEntries']);
  if (isNoList(material['tlogEntries'])) return 'its tlogEntries are no array';
  if (entries.length > MAX_LOG_ENTRIES) return `it has ${entries.length} log entries, more than ${MAX_LOG_ENTRIES}`;
  for (const entry of entries) {
    const proof = isJsonObject(entry) ? entry['inclusionProof'] : undefined;
    if (!isJsonObject(proof)) continue;
    // the library asks for it in a bundle v0.2 and later, and reads it in any
    if (!isJsonObject(proof['checkpoint'])) return 'an inclusion proof in it has no checkpoint';
    if (isLong(proof['checkpoint'], 'envelope')) return 'a checkpoint in it is too long';
    const hashes = listOf(proof['hashes']).length;
    if (hashes > MAX_PROOF_HASHES) return `an inclusion proof has ${hashes} hashes, more than ${MAX_PROOF_HASHES}`;
  }
  return undefined;
}

function checkTimestamps(material: JsonObject): string | undefined {
  const data = material['timestampVerificationData'];
  const timestamps = isJsonObject(data) ? listOf(data['rfc3161Timestamps']) : [];
  if (isJsonObject(data) && isNoList(data['rfc3161Timestamps'])) return 'its rfc3161Timestamps are no array';
  if (timestamps.length > MAX_TIMESTAMPS) return `it has ${timestamps.length} timestamps, more than ${MAX_TIMESTAMPS}`;
  return timestamps.some((one) => isLong(one, 'signedTimestamp')) ? 'a timestamp in it is too long' : undefined;
}

function present(json: JsonObject, keys: readonly string[]): number {
  return keys.filter((key) => json[key] !== undefined && json[key] !== null).length;
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

/** The library would take it for an empty one. */
function isNoList(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && !Array.isArray(value);
}

function isLong(value: JsonValue, key: string): boolean {
  const text = isJsonObject(value) ? value[key] : undefined;
  return typeof text === 'string' && text.length > MAX_PART_CHARS;
}
