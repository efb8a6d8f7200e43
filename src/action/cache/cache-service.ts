import { CodedError, toCodedError } from '../../errors/coded-error.ts';
import type { BufferedResponse, HttpClient } from '../../net/types.ts';
import { parseStrictJsonObject } from '../../oci/strict-json.ts';
import { type CacheOffer, type CacheRpc, createCacheClient, readCacheOffer } from './actions-cache-client.ts';

/** GitHub's cache service as far as one entry of bytes asks for it. */
export interface CacheService extends Pick<CacheOffer, 'mode' | 'isReadable' | 'isWritable'> {
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
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Entries of another form are another's. */
  readonly version: string;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  readonly onSecret: (value: string) => void;
}

const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * The service of this job; undefined where a runner offers none. What is said to it is @actions/cache's, how it is
 * sent is this run's HTTP client's. Entries are plain bytes: nothing that comes out of the cache is ever unpacked into
 * files, as the package's own restoring does it (`tar -P`, which writes wherever the archive says).
 */
export function openCacheService(options: CacheServiceOptions): CacheService | undefined {
  const offer = readCacheOffer();
  const token = options.env['ACTIONS_RUNTIME_TOKEN'];
  if (offer === undefined || !token) return undefined;
  options.onSecret(token);
  const base = new URL(offer.url);
  const client = createCacheClient({ request: (...call) => send(call, base, token, options) });
  const { mode, isReadable, isWritable } = offer;
  return {
    mode,
    isReadable,
    isWritable,
    find: (prefixes) => find(prefixes, base, client, options),
    save: (key, bytes) => save(key, bytes, base, client, options),
  };
}

type Client = ReturnType<typeof createCacheClient>;

async function send(
  [service, method, contentType, data]: Parameters<CacheRpc['request']>,
  base: URL,
  token: string,
  { http, signal }: CacheServiceOptions,
): Promise<object> {
  const answer = await http.request(
    {
      method: 'POST',
      url: new URL(`/twirp/${service}/${method}`, base),
      headers: { authorization: `Bearer ${token}`, 'content-type': contentType },
      body: Buffer.from(JSON.stringify(data)),
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
  client: Client,
  { http, version, maxBytes, signal, onSecret }: CacheServiceOptions,
): Promise<FoundEntry | undefined> {
  const [key = ''] = prefixes;
  const asked = client.GetCacheEntryDownloadURL({ key, restoreKeys: [...prefixes], version });
  const found = await readAnswer(asked, 'GetCacheEntryDownloadURL');
  if (!found.ok) return undefined;
  const url = signedUrl(found.signedDownloadUrl, 'signed_download_url', onSecret);
  const answer = await http.request({ method: 'GET', url, onBehalfOf: base, signal }, maxBytes);
  requireOk(answer, 'the download');
  return { key: found.matchedKey || key, bytes: answer.bytes };
}

async function save(
  key: string,
  bytes: Uint8Array,
  base: URL,
  client: Client,
  { http, version, signal, onSecret }: CacheServiceOptions,
): Promise<boolean> {
  const made = await readAnswer(client.CreateCacheEntry({ key, version }), 'CreateCacheEntry');
  if (!made.ok) return false;
  const url = signedUrl(made.signedUploadUrl, 'signed_upload_url', onSecret);
  const headers = { 'x-ms-blob-type': 'BlockBlob', 'content-type': 'application/octet-stream' };
  const answer = await http.request(
    { method: 'PUT', url, headers, body: bytes, onBehalfOf: base, signal },
    MAX_ANSWER_BYTES,
  );
  requireOk(answer, 'the upload');
  const sizeBytes = String(bytes.byteLength);
  const asked = client.FinalizeCacheEntryUpload({ key, version, sizeBytes });
  const ended = await readAnswer(asked, 'FinalizeCacheEntryUpload');
  if (!ended.ok) throw new CodedError('response-invalid', 'the cache service did not take the entry');
  return true;
}

/** The generated messages throw plain errors at values of other types than the protocol's. */
async function readAnswer<T>(asked: Promise<T>, method: string): Promise<T> {
  try {
    return await asked;
  } catch (thrown) {
    const error = toCodedError(thrown);
    if (error.code !== 'internal') throw error;
    throw new CodedError('response-invalid', `the cache service's answer to ${method} is not of its protocol`, {
      cause: thrown,
    });
  }
}

/** A URL that is a key by itself: it is masked before it can be shown. */
function signedUrl(text: string, name: string, onSecret: (value: string) => void): URL {
  if (!URL.canParse(text)) throw new CodedError('response-invalid', `the cache service's answer has no ${name}`);
  onSecret(text);
  return new URL(text);
}

function requireOk({ status, url }: BufferedResponse, what: string): void {
  if (status >= 200 && status < 300) return;
  throw new CodedError('http-status', `the cache service (${url.host}) answers HTTP ${status} to ${what}`);
}
