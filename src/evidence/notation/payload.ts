import { hasCode } from '../../errors/coded-error.ts';
import { type Digest, isDigest } from '../../oci/digest.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseStrictJsonObject } from '../../oci/strict-json.ts';
import { NotationFault } from './notation-fault.ts';

/** The descriptor that is signed (signature-specification.md "Payload"). */
export interface TargetArtifact {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** User metadata. */
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * Payload -> its targetArtifact. Other members are let through: they are signed, and say nothing of the target. Throws
 * a fault.
 */
export function readPayload(bytes: Uint8Array): TargetArtifact {
  const { targetArtifact } = parsePayload(bytes);
  if (!isJsonObject(targetArtifact)) throw new NotationFault('the payload has no targetArtifact');
  const { mediaType, digest, size, annotations } = targetArtifact;
  if (typeof mediaType !== 'string' || mediaType === '') throw new NotationFault('targetArtifact.mediaType is missing');
  if (typeof digest !== 'string' || !isDigest(digest)) throw new NotationFault('targetArtifact.digest is no digest');
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw new NotationFault('targetArtifact.size is no size');
  }
  return { mediaType, digest, size, annotations: readAnnotations(annotations) };
}

function parsePayload(bytes: Uint8Array): JsonObject {
  try {
    return parseStrictJsonObject(bytes, { what: 'the payload' });
  } catch (error) {
    if (hasCode(error, 'json-invalid')) throw new NotationFault(error.message, 'invalid', error);
    throw error;
  }
}

function readAnnotations(value: JsonValue | undefined): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {};
  if (!isJsonObject(value)) throw new NotationFault('targetArtifact.annotations is no object');
  const entries = Object.entries(value).map(([key, text]): [string, string] => {
    if (typeof text !== 'string') throw new NotationFault('targetArtifact.annotations has a value that is no string');
    return [key, text];
  });
  return Object.fromEntries(entries);
}
