import type { TestContext } from 'node:test';
import { readBody, startServer } from './loopback-server.ts';

/** GitHub's cache service, version 2, on loopback: its three calls, and the storage behind its signed URLs. */
export interface FakeCacheService {
  /** What the runner gives to an Action. */
  readonly env: Readonly<Record<string, string>>;
  /** By key, in the order of saving; a test may put other bytes there. */
  readonly entries: Map<string, { version: string; bytes: Buffer }>;
  /** Names of calls, and `PUT`, `GET` of the storage. */
  readonly calls: string[];
}

const TOKEN = 'runtime-token';

export async function startCacheService(
  t: Pick<TestContext, 'after'>,
  options: {
    readonly status?: number /** To every call, in place of what it asks for. */;
    readonly answer?: unknown;
  } = {},
): Promise<FakeCacheService> {
  const entries: FakeCacheService['entries'] = new Map();
  const uploads = new Map<string, Buffer>();
  const calls: string[] = [];
  const server = await startServer(t, async (request, response) => {
    const body = await readBody(request);
    const url = new URL(request.url ?? '', server.url);
    const answer = (status: number, value: unknown = {}): unknown =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (options.status !== undefined) return answer(options.status);
    const key = url.searchParams.get('key') ?? '';
    const isSigned = url.searchParams.get('sig') === 'signed';
    if (url.pathname === '/storage') {
      calls.push(request.method ?? '');
      // no credentials go to the storage: its URLs are signed
      if (!isSigned || request.headers.authorization !== undefined) return answer(403);
      if (request.method === 'GET') return response.writeHead(200).end(entries.get(key)?.bytes);
      if (request.headers['x-ms-blob-type'] !== 'BlockBlob') return answer(400);
      uploads.set(key, body);
      return answer(201);
    }
    const [, method = ''] =
      /^\/twirp\/github\.actions\.results\.api\.v1\.CacheService\/(\w+)$/.exec(url.pathname) ?? [];
    calls.push(method);
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return answer(401);
    if (options.answer !== undefined) return answer(200, options.answer);
    const asked = JSON.parse(body.toString()) as Record<string, string> & { restore_keys?: string[] };
    const signed = (name: string): string => `${server.url.origin}/storage?sig=signed&key=${encodeURIComponent(name)}`;
    if (method === 'GetCacheEntryDownloadURL') {
      const newest = [...entries].toReversed().filter(([, { version }]) => version === asked['version']);
      const matches = (asked.restore_keys ?? []).flatMap(
        (prefix) => newest.find(([name]) => name.startsWith(prefix)) ?? [],
      );
      const [name] = matches;
      if (typeof name !== 'string') return answer(200, { ok: false });
      return answer(200, { ok: true, signed_download_url: signed(name), matched_key: name });
    }
    const name = asked['key'] ?? '';
    if (method === 'CreateCacheEntry') {
      if (entries.has(name)) return answer(409, { code: 'already_exists', msg: 'taken' });
      return answer(200, { ok: true, signed_upload_url: signed(name) });
    }
    const bytes = uploads.get(name);
    if (bytes === undefined || String(bytes.byteLength) !== asked['size_bytes']) return answer(200, { ok: false });
    entries.set(name, { version: asked['version'] ?? '', bytes });
    return answer(200, { ok: true, entry_id: '1' });
  });
  const env = { ACTIONS_CACHE_SERVICE_V2: 'True', ACTIONS_RESULTS_URL: server.url.href, ACTIONS_RUNTIME_TOKEN: TOKEN };
  return { entries, calls, env };
}
