import { nearName } from '../../errors/near-name.ts';
import { isJsonObject, type JsonValue } from '../../oci/strict-json.ts';
import { decodeBase64 } from '../base64.ts';
import { parseRfc3339 } from '../notation/rfc3339.ts';

type Shape = 'scalar' | 'bytes' | 'time' | readonly [Shape] | { readonly [key: string]: Shape };

// sigstore/protobuf-specs sigstore_trustroot.proto and sigstore_common.proto, in the JSON mapping of protobuf
const TIMES: Shape = { start: 'time', end: 'time' };
const ID: Shape = { keyId: 'bytes' };
const LOG: Shape = {
  baseUrl: 'scalar',
  hashAlgorithm: 'scalar',
  publicKey: { rawBytes: 'bytes', keyDetails: 'scalar', validFor: TIMES },
  logId: ID,
  checkpointKeyId: ID,
  operator: 'scalar',
};
const AUTHORITY: Shape = {
  subject: { organization: 'scalar', commonName: 'scalar' },
  uri: 'scalar',
  certChain: { certificates: [{ rawBytes: 'bytes' }] },
  validFor: TIMES,
  operator: 'scalar',
};
const ROOT: Shape = {
  mediaType: 'scalar',
  tlogs: [LOG],
  certificateAuthorities: [AUTHORITY],
  ctlogs: [LOG],
  timestampAuthorities: [AUTHORITY],
};

/**
 * Why the JSON of a trusted root may not be given to the library, which reads over what it does not know and makes
 * nothing of what has another type: without its `ctlogs` a root would ask for no promise of one, and without its `end` an
 * authority would be trusted for ever. A key that is new to us is let through unless it is nearly one that we know: in a
 * file that is a slip, and in what its publisher signed (`isPublished`) it is new. undefined: it may.
 */
export function describeRootShape(json: JsonValue, isPublished: boolean): string | undefined {
  return describe(json, ROOT, '', isPublished);
}

function describe(value: JsonValue | undefined, shape: Shape, at: string, isPublished: boolean): string | undefined {
  if (value === undefined || value === null) return undefined; // unset
  if (shape === 'scalar') return typeof value === 'object' ? `${at} is no single value` : undefined;
  if (shape === 'bytes') return typeof value === 'string' && decodeBase64(value) ? undefined : `${at} is no base64`;
  if (shape === 'time') {
    return typeof value === 'string' && parseRfc3339(value) ? undefined : `${at} is no time of RFC 3339`;
  }
  if (isList(shape)) {
    if (!Array.isArray(value)) return `${at} is no list`;
    return firstOf(value.map((item, position) => () => describe(item, shape[0], `${at}[${position}]`, isPublished)));
  }
  if (!isJsonObject(value)) return `${at} is no object`;
  return firstOf(
    Object.entries(value).map(([key, member]) => () => {
      const path = at === '' ? key : `${at}.${key}`;
      const known = Object.hasOwn(shape, key) ? shape[key] : undefined;
      if (known !== undefined) return describe(member, known, path, isPublished);
      return describeUnknown(key, path, shape, isPublished);
    }),
  );
}

function describeUnknown(
  key: string,
  path: string,
  shape: { readonly [key: string]: Shape },
  isPublished: boolean,
): string | undefined {
  const near = isPublished ? undefined : nearName(key, Object.keys(shape));
  if (near !== undefined) return `${path} is not known; did it mean ${near}?`;
  return shape === TIMES ? `${path} is not known` : undefined;
}

function isList(shape: Exclude<Shape, string>): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function firstOf(checks: readonly (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const problem = check();
    if (problem !== undefined) return problem;
  }
  return undefined;
}
