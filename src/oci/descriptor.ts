import { CodedError } from '../errors/coded-error.ts';
import { type Digest, isDigest } from './digest.ts';
import { DESCRIPTOR_FIELDS, PLATFORM_FIELDS, refuseFoldedKeys } from './folded-keys.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './strict-json.ts';

/** annotation -> value, as image-spec 1.1 annotations.md: string to string. */
export type Annotations = Readonly<Record<string, string>>;

/** The platform of an index entry, image-spec 1.1 image-index.md. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly 'os.version'?: string;
  readonly 'os.features'?: readonly string[];
}

/** A content descriptor, image-spec 1.1 descriptor.md. There is none without a digest here. `size` is bytes. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Annotations;
  readonly platform?: Platform;
  readonly data?: string;
  readonly urls?: readonly string[];
}

/** JSON -> descriptor. Throws `manifest-invalid` that names the field. */
export function parseDescriptor(value: JsonValue | undefined, what: string): Descriptor {
  if (!isJsonObject(value)) throw invalid(`${what} is not an object`);
  refuseFoldedKeys(value, DESCRIPTOR_FIELDS, what);
  const { mediaType, digest, size } = value;
  if (typeof mediaType !== 'string' || mediaType === '') throw invalid(`${what} has no mediaType`);
  if (typeof digest !== 'string' || !isDigest(digest)) {
    throw invalid(`${what} has no valid digest: ${JSON.stringify(digest ?? null)}`);
  }
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw invalid(`${what} has no valid size: ${JSON.stringify(size ?? null)}`);
  }
  const artifactType = optionalString(value, 'artifactType', what);
  const data = optionalString(value, 'data', what);
  const annotations = parseAnnotations(value['annotations'], what);
  const platform = parsePlatformObject(value['platform'], what);
  return {
    mediaType,
    digest,
    size,
    ...(artifactType !== undefined && artifactType !== '' && { artifactType }),
    ...(annotations !== undefined && { annotations }),
    ...(platform !== undefined && { platform }),
    ...(data !== undefined && { data }),
  };
}

/** JSON -> annotations; null is absent. Throws `manifest-invalid` for a value that is not a string. */
export function parseAnnotations(value: JsonValue | undefined, what: string): Annotations | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value)) throw invalid(`${what}: annotations is not an object`);
  const entries = Object.entries(value).map(([key, text]): [string, string] => {
    if (typeof text !== 'string') throw invalid(`${what}: annotation ${JSON.stringify(key)} is not a string`);
    return [key, text];
  });
  // fromEntries defines own properties, so a key `__proto__` stays a key
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/**
 * A platform without a system or an architecture counts as absent: to containerd no system is the host's (platforms
 * 1.0.0-rc.5, database.go), to go-containerregistry nothing fits but what asks for nothing.
 */
function parsePlatformObject(value: JsonValue | undefined, what: string): Platform | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value)) throw invalid(`${what}: platform is not an object`);
  refuseFoldedKeys(value, PLATFORM_FIELDS, `${what}: platform`);
  const os = optionalString(value, 'os', what) ?? '';
  const architecture = optionalString(value, 'architecture', what) ?? '';
  const variant = optionalString(value, 'variant', what);
  const osVersion = optionalString(value, 'os.version', what);
  if (os === '' || architecture === '') return undefined;
  return {
    os,
    architecture,
    ...(variant !== undefined && variant !== '' && { variant }),
    ...(osVersion !== undefined && osVersion !== '' && { 'os.version': osVersion }),
  };
}

export function optionalString(object: JsonObject, key: string, what: string): string | undefined {
  const value = object[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw invalid(`${what}: ${key} is not a string`);
  return value;
}

function invalid(message: string): CodedError {
  return new CodedError('manifest-invalid', message);
}

/** Whether two annotation sets hold the same pairs, whatever their order; absent equals empty. */
export function sameAnnotations(a: Annotations | undefined, b: Annotations | undefined): boolean {
  const left = Object.entries(a ?? {});
  const right = b ?? {};
  if (left.length !== Object.keys(right).length) return false;
  return left.every(([key, value]) => Object.hasOwn(right, key) && right[key] === value);
}
