import { CodedError, hasCode } from '../errors/coded-error.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseStrictJsonObject } from '../oci/strict-json.ts';
import type { SigningServices } from './signing-services.ts';

const MEDIA_TYPE = 'application/vnd.dev.sigstore.signingconfig.v0.2+json';
const MAX_BYTES = 1024 * 1024;
/** Host names of URLs that lead nowhere else. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

interface Service {
  readonly url: string;
  readonly version: number;
  /** Milliseconds. */
  readonly start: number;
}

/**
 * Bytes of a signing_config.json -> the services to sign with: of each kind the newest that is valid at `now` and speaks
 * a version of the API that is known here (protobuf-specs sigstore_trustroot.proto, SigningConfig v0.2). `cosign
 * signing-config create` writes such files. `what` names it in messages. Throws `input-invalid`.
 */
export function parseSigningConfig(bytes: Uint8Array, what: string, now: Date): SigningServices {
  const json = readObject(bytes, what);
  if (json['mediaType'] !== MEDIA_TYPE) {
    throw invalid(what, `its mediaType is ${JSON.stringify(json['mediaType'] ?? null)}, expected ${MEDIA_TYPE}`);
  }
  const choose = (key: string, maxVersion: number): Service | undefined =>
    chooseService(json[key], {
      where: `${what}: ${key}`,
      maxVersion,
      now: now.getTime(),
      getsToken: key === 'caUrls',
    });
  requireOne(json, 'rekorTlogConfig', what);
  requireOne(json, 'tsaConfig', what);
  const rekor = choose('rekorTlogUrls', 2);
  const services = {
    label: what,
    fulcioUrl: choose('caUrls', 1)?.url,
    rekor: rekor && { url: rekor.url, version: rekor.version === 2 ? (2 as const) : (1 as const) },
    tsaUrl: choose('tsaUrls', 1)?.url,
  };
  if (services.fulcioUrl === undefined && services.rekor === undefined && services.tsaUrl === undefined) {
    throw invalid(what, 'it names no service that is valid now and speaks an API that is known here');
  }
  return services;
}

function readObject(bytes: Uint8Array, what: string): JsonObject {
  if (bytes.byteLength > MAX_BYTES) throw invalid(what, `it has ${bytes.byteLength} bytes, more than ${MAX_BYTES}`);
  try {
    return parseStrictJsonObject(bytes, { what });
  } catch (error) {
    if (hasCode(error, 'json-invalid')) throw invalid(what, error.message, error);
    throw error;
  }
}

/** `ANY`: one of the services is enough. Whoever asks for several wants more than is done here. */
function requireOne(json: JsonObject, key: string, what: string): void {
  const config = json[key];
  if (config === undefined || config === null) return;
  const selector = isJsonObject(config) ? config['selector'] : config;
  if (selector === 'ANY' || (selector === 'EXACT' && isJsonObject(config) && config['count'] === 1)) return;
  throw invalid(what, `${key}.selector is ${JSON.stringify(selector ?? null)}, and one service of each kind is used`);
}

interface ServiceRules {
  /** Milliseconds. */
  readonly now: number;
  /** Whether the OIDC token goes there. */
  readonly getsToken: boolean;
}

function chooseService(
  list: JsonValue | undefined,
  { where, maxVersion, ...rules }: ServiceRules & { readonly where: string; readonly maxVersion: number },
): Service | undefined {
  if (list === undefined || list === null) return undefined;
  if (!Array.isArray(list)) throw invalid(where, 'it is not an array');
  const services = list.flatMap((value, at) => readService(value, `${where}[${at}]`, rules) ?? []);
  return services.filter(({ version }) => version <= maxVersion).sort((a, b) => b.start - a.start)[0];
}

/** A service; undefined if it is not valid now. */
function readService(value: JsonValue, where: string, { now, getsToken }: ServiceRules): Service | undefined {
  if (!isJsonObject(value)) throw invalid(where, 'it is not an object');
  const { url, majorApiVersion: version, validFor } = value;
  if (typeof url !== 'string' || !isServiceUrl(url)) throw invalid(where, `url is ${JSON.stringify(url ?? null)}`);
  const { username, password, protocol, hostname } = new URL(url);
  if (username !== '' || password !== '') throw invalid(where, 'url holds a login, which errors and logs would show');
  if (getsToken && protocol === 'http:' && !LOOPBACK.test(hostname)) {
    throw invalid(where, `${url} has no TLS, and gets the OIDC token`);
  }
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw invalid(where, `majorApiVersion is ${JSON.stringify(version ?? null)}`);
  }
  const start = readTime(validFor, 'start', where) ?? 0;
  const end = readTime(validFor, 'end', where) ?? Number.POSITIVE_INFINITY;
  return start <= now && now <= end ? { url: url.replace(/\/+$/, ''), version, start } : undefined;
}

function isServiceUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function readTime(range: JsonValue | undefined, key: 'start' | 'end', where: string): number | undefined {
  const text = isJsonObject(range) ? range[key] : undefined;
  if (text === undefined || text === null) return undefined;
  const time = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw invalid(where, `validFor.${key} is ${JSON.stringify(text)}`);
  return time;
}

function invalid(what: string, why: string, cause?: unknown): CodedError {
  return new CodedError('input-invalid', `${what} is no signing configuration: ${why}`, {
    cause,
    hint: 'Expected a signing_config.json of Sigstore, as `cosign signing-config create` writes it.',
  });
}
