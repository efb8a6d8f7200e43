import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { compress } from 'snappyjs';
import { createGithubClient } from '../../src/github/create-github-client.ts';
import type { GithubClient } from '../../src/github/github-client.ts';
import { createHttpClient } from '../../src/net/http-client.ts';
import type { HttpClientOptions } from '../../src/net/types.ts';
import { type LoopbackServer, readBody, startServer } from './loopback-server.ts';

/** One attestation as GitHub lists it: with its bundle, or with a URL of it (`snappy`, served here), or as given. */
export type FakeAttestation = { readonly bundle: object } | { readonly snappy: object } | { readonly raw: unknown };

export interface FakeComment {
  readonly id: number;
  body: string;
  readonly user: { readonly login: string; readonly type: 'User' | 'Bot' };
}

/** A version of a container package, as far as anybody looks at it. */
export interface FakePackageVersion {
  readonly name: string;
  readonly metadata: { readonly package_type: 'container'; readonly container: { readonly tags: readonly string[] } };
}

export function packageVersion(digest: string, tags: readonly string[] = []): FakePackageVersion {
  return { name: digest, metadata: { package_type: 'container', container: { tags } } };
}

/** A request that the stand-in got. */
export interface GithubRequest {
  readonly method: string;
  /** With the query, decoded no further than it came. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** An answer in place of the usual one. */
export interface GithubAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface FakeGithubOptions {
  /** `owner/name` of what the token may read; default acme/app. */
  readonly repositories?: readonly string[];
  /** By `owner/name digest`. */
  readonly attestations?: Readonly<Record<string, readonly FakeAttestation[]>>;
  /** By `owner/name ref path`; refs are also those of `commits`. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** By `owner/name ref`: the commit's hash. */
  readonly commits?: Readonly<Record<string, string>>;
  /** Versions of container packages, by `orgs/owner/name` or `users/owner/name`. */
  readonly packages?: Readonly<Record<string, readonly FakePackageVersion[]>>;
  readonly comments?: FakeComment[];
  /** Whose token it is; undefined: an app's, which may not ask. */
  readonly user?: string;
  /** Entries on a page; default 30. */
  readonly pageSize?: number;
  /** Asked first for every request. */
  readonly answer?: (request: GithubRequest) => GithubAnswer | undefined;
}

/** GitHub's REST API as far as the product asks for it, on loopback, and what was asked. */
export interface FakeGithub {
  readonly url: URL;
  readonly server: LoopbackServer;
  readonly requests: readonly GithubRequest[];
  readonly comments: readonly FakeComment[];
  readonly checks: readonly Readonly<Record<string, unknown>>[];
}

export async function startGithub(t: Pick<TestContext, 'after'>, options: FakeGithubOptions = {}): Promise<FakeGithub> {
  const requests: GithubRequest[] = [];
  const comments = options.comments ?? [];
  const checks: Record<string, unknown>[] = [];
  const server = await startServer(t, async (incoming, response) => {
    const text = (await readBody(incoming)).toString();
    const request: GithubRequest = {
      method: incoming.method ?? '',
      url: incoming.url ?? '',
      headers: incoming.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
    requests.push(request);
    send(response, options.answer?.(request) ?? route(request, { options, comments, checks, base: server.url }));
  });
  return { url: server.url, server, requests, comments, checks };
}

/** A client of the stand-in that retries without waiting, closed with the test. */
export function githubClient(
  t: Pick<TestContext, 'after'>,
  apiUrl: URL | string,
  { token = 'ghs_secret', ...http }: HttpClientOptions & { readonly token?: string | null } = {},
): GithubClient {
  const client = createHttpClient({ backoffBaseMs: 0, env: {}, retries: 2, ...http });
  t.after(() => client.close());
  return createGithubClient({ http: client, token: token ?? undefined, apiUrl: String(apiUrl), signal: http.signal });
}

interface World {
  readonly options: FakeGithubOptions;
  readonly comments: FakeComment[];
  readonly checks: Record<string, unknown>[];
  readonly base: URL;
}

const NOT_FOUND: GithubAnswer = {
  status: 404,
  body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest' },
};

function route(request: GithubRequest, world: World): GithubAnswer {
  const url = new URL(request.url, world.base);
  const { options } = world;
  if (url.pathname === '/user') return user(options);
  if (url.pathname.startsWith('/bundles/')) return snappyBundle(url, options);
  if (url.pathname.includes('/packages/container/')) return packageVersions(url, world);
  const [, , owner, repo, kind = '', ...rest] = url.pathname.split('/').map(decodeURIComponent);
  const repository = `${owner}/${repo}`;
  if (!(options.repositories ?? ['acme/app']).includes(repository)) return NOT_FOUND;
  if (kind === '') return { status: 200, body: { full_name: repository } };
  if (kind === 'attestations') return attestations(url, `${repository} ${rest[0]}`, world);
  if (kind === 'commits') return commit(`${repository} ${rest.join('/')}`, options);
  if (kind === 'contents') return file(url, repository, rest.join('/'), options);
  if (kind === 'issues') return issueComments(request, url, rest, world);
  if (kind === 'check-runs') return checkRun(request, world);
  return NOT_FOUND;
}

function user({ user: login }: FakeGithubOptions): GithubAnswer {
  return login === undefined
    ? { status: 403, body: { message: 'Resource not accessible by integration' } }
    : { status: 200, body: { login, type: 'User' } };
}

function attestations(url: URL, key: string, { options, base }: World): GithubAnswer {
  const all = options.attestations?.[key];
  if (all === undefined) return NOT_FOUND;
  const listed = all.map((one, i) => {
    if ('raw' in one) return one.raw;
    const own = { repository_id: 1, initiator: 'user' };
    const bundle_url = `${base.origin}/bundles/${encodeURIComponent(key)}/${i}?sig=signed`;
    return 'bundle' in one ? { ...own, bundle: one.bundle, bundle_url: '' } : { ...own, bundle: null, bundle_url };
  });
  const { items, headers } = paged(url, listed, options.pageSize ?? 30, base);
  return { status: 200, headers, body: { attestations: items } };
}

function packageVersions(url: URL, { options, base }: World): GithubAnswer {
  const [, scope, owner, , , name] = url.pathname.split('/').map(decodeURIComponent);
  const all = options.packages?.[`${scope}/${owner}/${name}`];
  if (all === undefined) return { status: 404, body: { message: 'Package not found.' } };
  const { items, headers } = paged(url, all, options.pageSize ?? 100, base);
  return { status: 200, headers, body: items };
}

function snappyBundle(url: URL, options: FakeGithubOptions): GithubAnswer {
  const [, , key = '', i] = url.pathname.split('/').map(decodeURIComponent);
  const one = options.attestations?.[key]?.[Number(i)];
  if (one === undefined || !('snappy' in one)) return { status: 404 };
  const body = compress(new TextEncoder().encode(JSON.stringify(one.snappy)));
  return { status: 200, headers: { 'content-type': 'application/x-snappy' }, body };
}

function commit(key: string, options: FakeGithubOptions): GithubAnswer {
  const hash = options.commits?.[key];
  if (hash === undefined) return { status: 422, body: { message: `No commit found for SHA: ${key}` } };
  return { status: 200, headers: { 'content-type': 'application/vnd.github.sha; charset=utf-8' }, body: hash };
}

function file(url: URL, repository: string, path: string, options: FakeGithubOptions): GithubAnswer {
  const hash = url.searchParams.get('ref');
  const ref = Object.entries(options.commits ?? {}).find(([, commit]) => commit === hash)?.[0];
  const content = ref === undefined ? undefined : options.files?.[`${ref} ${path}`];
  if (content === undefined || !ref?.startsWith(`${repository} `)) return NOT_FOUND;
  return { status: 200, headers: { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' }, body: content };
}

function issueComments(request: GithubRequest, url: URL, rest: readonly string[], world: World): GithubAnswer {
  const { comments, options, base } = world;
  const { body } = (request.body ?? {}) as { readonly body?: string };
  if (request.method === 'PATCH') {
    const found = comments.find(({ id }) => String(id) === rest[1]);
    if (found === undefined) return NOT_FOUND;
    found.body = body ?? '';
    return { status: 200, body: withUrl(found) };
  }
  if (request.method === 'POST') {
    const login = options.user ?? 'github-actions[bot]';
    const type = options.user === undefined ? ('Bot' as const) : ('User' as const);
    const made = { id: 1000 + comments.length, body: body ?? '', user: { login, type } };
    comments.push(made);
    return { status: 201, body: withUrl(made) };
  }
  const { items, headers } = paged(url, comments.map(withUrl), options.pageSize ?? 100, base);
  return { status: 200, headers, body: items };
}

function withUrl(comment: FakeComment): FakeComment & { readonly html_url: string } {
  return { ...comment, html_url: `https://github.com/acme/app/pull/7#issuecomment-${comment.id}` };
}

function checkRun({ body }: GithubRequest, { checks }: World): GithubAnswer {
  checks.push(body as Record<string, unknown>);
  return { status: 201, body: { id: checks.length, html_url: `https://github.com/acme/app/runs/${checks.length}` } };
}

function paged<T>(
  url: URL,
  all: readonly T[],
  size: number,
  base: URL,
): { items: T[]; headers: Record<string, string> } {
  const start = Number(url.searchParams.get('after') ?? 0);
  const next = new URL(`${url.pathname}?after=${start + size}`, base);
  const hasMore = start + size < all.length;
  return {
    items: all.slice(start, start + size),
    headers: hasMore ? { link: `<${base.origin}/x>; rel="prev", <${next.href}>; rel="next"` } : {},
  };
}

function send(response: ServerResponse, { status, headers, body }: GithubAnswer): void {
  const isText = typeof body === 'string' || body instanceof Uint8Array;
  response.writeHead(status, { ...(!isText && { 'content-type': 'application/json; charset=utf-8' }), ...headers });
  response.end(isText ? body : body === undefined ? '' : JSON.stringify(body));
}
