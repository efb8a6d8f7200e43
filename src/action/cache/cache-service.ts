import { CodedError } from '../../errors/coded-error.ts';
import type { BufferedResponse, HttpClient } from '../../net/types.ts';
import { isJsonObject, type JsonObject, parseStrictJsonObject } from '../../oci/strict-json.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** GitHub's cache service as far as one entry of bytes asks for it. */
export interface CacheService {
  /** The newest entry whose key begins with one of the prefixes, the first that has any; undefined: there is none. */
  readonly find: (prefixes: readonly string[]) => Promise<FoundEntry | undefined>;
  /** False: an entry of this key is there. */
  readonly save: (key: string, bytes: Uint8Array) => Promise<boolean>;
}

export interface FoundEntry {
  readonly key: string;
  readonly bytes: Uint8Array;
}

export interface CacheServiceOptions {
  readonly http: Pick<HttpClient, 'request'>;
  readonly env: Env;
  /** Entries of another form are another's. */
  readonly version: string;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  readonly onSecret: (value: string) => void;
}

/** Protocol of the service, version 2 (actions/toolkit, packages/cache, results/api/v1/cache.proto). */
const SERVICE = 'twirp/github.actions.results.api.v1.CacheService';
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * The service of this job; undefined where a runner offers none. Entries are plain bytes: nothing that comes out of the
 * cache is ever unpacked into files, as @actions/cache does it (`tar -P`, which writes wherever the archive says).
 */
export function openCacheService(options: CacheServiceOptions): CacheService | undefined {
  const { ACTIONS_RESULTS_URL: results, ACTIONS_RUNTIME_TOKEN: token } = options.env;
  if (!results || !token) return undefined;
  options.onSecret(token);
  const base = new URL(results.endsWith('/') ? results : `${results}/`);
  const ask = (method: string, body: JsonObject): Promise<JsonObject> => call(base, token, method, body, options);
  return {
    find: (prefixes) => find(prefixes, base, ask, options),
    save: (key, bytes) => save(key, bytes, base, ask, options),
  };
}

type Ask = (method: string, body: JsonObject) => Promise<JsonObject>;

async function call(
  base: URL,
  token: string,
  method: string,
  body: JsonObject,
  { http, signal }: CacheServiceOptions,
): Promise<JsonObject> {
  const answer = await http.request(
    {
      method: 'POST',
      url: new URL(`${SERVICE}/${method}`, base),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(body)),
      signal,
    },
    MAX_ANSWER_BYTES,
  );
  // twirp answers `already_exists` to a key that is taken
  if (answer.status === 409) return { ok: false };
  requireOk(answer, method);
  return parseStrictJsonObject(answer.bytes, { what: `the cache service's answer to ${method}` });
}

async function find(
  prefixes: readonly string[],
  base: URL,
  ask: Ask,
  { http, version, maxBytes, signal, onSecret }: CacheServiceOptions,
): Promise<FoundEntry | undefined> {
  const [key = ''] = prefixes;
  const found = await ask('GetCacheEntryDownloadURL', { key, restore_keys: [...prefixes], version });
  if (found['ok'] !== true) return undefined;
  const url = signedUrl(found, 'signed_download_url', 'signedDownloadUrl', onSecret);
  const answer = await http.request({ method: 'GET', url, onBehalfOf: base, signal }, maxBytes);
  requireOk(answer, 'the download');
  const matched = found['matched_key'] ?? found['matchedKey'];
  return { key: typeof matched === 'string' ? matched : key, bytes: answer.bytes };
}

async function save(
  key: string,
  bytes: Uint8Array,
  base: URL,
  ask: Ask,
  { http, version, signal, onSecret }: CacheServiceOptions,
): Promise<boolean> {
  const made = await ask('CreateCacheEntry', { key, version });
  if (made['ok'] !== true) return false;
  const url = signedUrl(made, 'signed_upload_url', 'signedUploadUrl', onSecret);
  const headers = { 'x-ms-blob-type': 'BlockBlob', 'content-type': 'application/octet-stream' };
  const answer = await http.request(
    { method: 'PUT', url, headers, body: bytes, onBehalfOf: base, signal },
    MAX_ANSWER_BYTES,
  );
  requireOk(answer, 'the upload');
  const ended = await ask('FinalizeCacheEntryUpload', { key, version, size_bytes: String(bytes.byteLength) });
  if (ended['ok'] !== true) throw new CodedError('response-invalid', 'the cache service did not take the entry');
  return true;
}

/** A URL that is a key by itself: it is masked before it can be shown. */
function signedUrl(answer: JsonObject, name: string, other: string, onSecret: (value: string) => void): URL {
  const text = isJsonObject(answer) ? (answer[name] ?? answer[other]) : undefined;
  if (typeof text === 'string' && URL.canParse(text)) {
    onSecret(text);
    return new URL(text);
  }
  throw new CodedError('response-invalid', `the cache service's answer has no ${name}`);
}

function requireOk({ status, url }: BufferedResponse, what: string): void {
  if (status >= 200 && status < 300) return;
  throw new CodedError('http-status', `the cache service (${url.host}) answers HTTP ${status} to ${what}`);
}
