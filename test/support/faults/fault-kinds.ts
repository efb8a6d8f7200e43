import { gzipSync } from 'node:zlib';
import { digestOf } from '../../../src/oci/digest.ts';

/** An answer as it will be written, byte by byte. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}

/** What a fault may look at to make its answer. */
export interface FaultContext {
  readonly method: string;
  readonly path: string;
  /** What was sent. */
  readonly body: Uint8Array;
  /** Another origin, where it is noted what is asked for and with what credentials. */
  readonly elsewhere: string;
  /** Forwards the request, at most once, and gives the registry's answer. */
  readonly forward: () => Promise<RawAnswer>;
  /** What the same GET answered before the last write to the registry; undefined where nothing was written yet. */
  readonly beforeLastWrite: () => RawAnswer | undefined;
}

/**
 * What happens to the connection.
 * - `answer`: this, and no more than this; `close` ends the connection after it, at once.
 * - `reset`: nothing is answered; `stall`: nothing ever comes after `answer`'s part, if there is one.
 * - `deaf`: reset, and nobody listens from now on.
 */
export type FaultEffect =
  | { readonly kind: 'answer'; readonly raw: Uint8Array; readonly close?: boolean }
  | { readonly kind: 'reset'; readonly raw?: Uint8Array }
  | { readonly kind: 'stall'; readonly raw?: Uint8Array }
  | { readonly kind: 'deaf' };

/**
 * - `loud`: HTTP shows that something is wrong: the result is right, or an error.
 * - `altered`: other bytes than were sent. Hashes show it, but a list has none, and may name something else.
 * - `lie`: an answer that nothing in HTTP tells from a true one.
 */
export type FaultClass = 'loud' | 'altered' | 'lie';

export interface Fault {
  readonly name: string;
  readonly class: FaultClass;
  /** Over once it has struck: who asks again gets the right answer, so that the result has to be right. */
  readonly passes?: boolean;
  /** The registry speaks https, and `elsewhere` is the same host by http: nothing may be sent there. */
  readonly overTls?: boolean;
  readonly strike: (context: FaultContext) => Promise<FaultEffect>;
}

const CRLF = '\r\n';

export function rawBytes({ status, headers, body }: RawAnswer, method: string): Uint8Array {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  const head = `HTTP/1.1 ${status} X${CRLF}${lines.join(CRLF)}${CRLF}${CRLF}`;
  return Buffer.concat([Buffer.from(head, 'latin1'), method === 'HEAD' ? Buffer.of() : Buffer.from(body)]);
}

function withHeader(answer: RawAnswer, name: string, value: string | undefined): RawAnswer {
  const rest = answer.headers.filter(([other]) => other.toLowerCase() !== name);
  return { ...answer, headers: value === undefined ? rest : [...rest, [name, value]] };
}

function plain(status: number, text: string, headers: Readonly<Record<string, string>> = {}): RawAnswer {
  const body = Buffer.from(text);
  const all = { 'content-type': 'application/json', 'content-length': String(body.byteLength), ...headers };
  return { status, headers: Object.entries(all), body };
}

const errorBody = (code: string): string => JSON.stringify({ errors: [{ code, message: 'a fault of the test' }] });

function answering(name: string, make: (context: FaultContext) => RawAnswer | Promise<RawAnswer>): Fault {
  const strike: Fault['strike'] = async (context) => ({
    kind: 'answer',
    raw: rawBytes(await make(context), context.method),
  });
  return { name, class: 'loud', strike };
}

const CODES: Readonly<Record<number, string>> = {
  400: 'UNSUPPORTED',
  401: 'UNAUTHORIZED',
  403: 'DENIED',
  404: 'MANIFEST_UNKNOWN',
  405: 'UNSUPPORTED',
  413: 'SIZE_INVALID',
  416: 'RANGE_INVALID',
  429: 'TOOMANYREQUESTS',
};

/** Those that a client is told, or may hope, to pass by themselves. */
const PASSING = (fault: Fault): Fault => ({ ...fault, passes: true });

const STATUSES = [400, 401, 403, 405, 406, 408, 409, 412, 413, 416, 500, 502, 503, 504].map((status) => {
  const fault = answering(String(status), () =>
    plain(
      status,
      errorBody(CODES[status] ?? 'UNKNOWN'),
      status === 401 ? { 'www-authenticate': 'Basic realm="the same"' } : {},
    ),
  );
  return status === 408 || status >= 500 ? PASSING(fault) : fault;
});

const RATE_LIMITS = [
  PASSING(answering('429', () => plain(429, errorBody('TOOMANYREQUESTS')))),
  PASSING(answering('429 seconds', () => plain(429, errorBody('TOOMANYREQUESTS'), { 'retry-after': '1' }))),
  PASSING(
    answering('429 date', () =>
      plain(429, errorBody('TOOMANYREQUESTS'), { 'retry-after': new Date(Date.now() + 1000).toUTCString() }),
    ),
  ),
  answering('429 too long', () => plain(429, errorBody('TOOMANYREQUESTS'), { 'retry-after': '86400' })),
  PASSING(
    answering('429 in the message', () =>
      plain(
        429,
        JSON.stringify({ errors: [{ code: 'TOOMANYREQUESTS', message: 'retry-after: 200ms, allowed: 1/s' }] }),
      ),
    ),
  ),
];

/** Acted upon, and yet answered with an error: a gateway that lost the answer. */
const AFTER = [500, 502, 504].map((status) =>
  PASSING(
    answering(`${status} after it was done`, async ({ forward }) => {
      await forward();
      return plain(status, '<html>bad gateway</html>', { 'content-type': 'text/html' });
    }),
  ),
);

const REDIRECTS = [
  answering('redirect to another host', ({ path, elsewhere }) => plain(307, '', { location: `${elsewhere}${path}` })),
  answering('redirect loop', ({ path }) => plain(307, '', { location: path })),
  answering('redirect to file:', () => plain(307, '', { location: 'file:///etc/passwd' })),
];

/** From https to http on the same host, in each way that a registry can lead a client. */
const DOWNGRADES: readonly Fault[] = [
  answering('http downgrade', ({ path, elsewhere }) => plain(307, '', { location: `${elsewhere}${path}` })),
  // where an upload goes on, and where a list does
  answering('http downgrade of a link', async ({ path, elsewhere, forward }) => {
    const answer = await forward();
    const location = answer.headers.find(([name]) => name.toLowerCase() === 'location')?.[1];
    if (location !== undefined) return withHeader(answer, 'location', new URL(location, elsewhere).href);
    const next = `${path}${path.includes('?') ? '&' : '?'}page=2`;
    return withHeader(answer, 'link', `<${elsewhere}${next}>; rel="next"`);
  }),
  answering('http downgrade of the token server', ({ elsewhere }) =>
    plain(401, errorBody('UNAUTHORIZED'), { 'www-authenticate': `Bearer realm="${elsewhere}/token",service="x"` }),
  ),
].map((fault) => ({ ...fault, overTls: true }));

const WIRE: readonly Fault[] = [
  { name: 'connection refused', class: 'loud', strike: async () => ({ kind: 'deaf' }) },
  { name: 'reset before', class: 'loud', passes: true, strike: async () => ({ kind: 'reset' }) },
  {
    name: 'reset after',
    class: 'loud',
    passes: true,
    strike: async ({ forward }) => {
      await forward();
      return { kind: 'reset' };
    },
  },
  { name: 'stall', class: 'loud', passes: true, strike: async () => ({ kind: 'stall' }) },
  {
    name: 'stall in the body',
    class: 'loud',
    passes: true,
    strike: async (context) => ({ kind: 'stall', raw: await half(context) }),
  },
  {
    name: 'truncated body',
    class: 'loud',
    passes: true,
    strike: async (context) => ({ kind: 'reset', raw: await half(context) }),
  },
  {
    name: 'truncated body, closed in order',
    class: 'loud',
    passes: true,
    strike: async (context) => ({ kind: 'answer', raw: await half(context), close: true }),
  },
];

async function half({ method, forward }: FaultContext): Promise<Uint8Array> {
  const answer = await forward();
  const whole = rawBytes(answer, method);
  return whole.subarray(
    0,
    whole.byteLength - Math.ceil(answer.body.byteLength / 2) - (answer.body.byteLength > 0 ? 0 : 4),
  );
}

const BODIES: readonly Fault[] = [
  {
    ...answering('one byte is another', async ({ forward }) => {
      const answer = await forward();
      const body = Buffer.from(answer.body);
      const at = Math.floor(body.byteLength / 2);
      if (body.byteLength > 0) body[at] = (body[at] ?? 0) ^ 1;
      return { ...answer, body };
    }),
    class: 'altered',
  },
  PASSING(answering('Content-Length too large', async ({ forward }) => changeLength(await forward(), 7))),
  answering('Content-Length too small', async ({ forward }) => changeLength(await forward(), -7)),
  answering('a web page, 200', () =>
    plain(200, '<!doctype html><title>Sign in</title>', { 'content-type': 'text/html' }),
  ),
  answering('gzip bomb', async ({ forward }) => {
    const answer = await forward();
    return withHeader(changeBody(answer, gzipSync(Buffer.alloc(32 << 20))), 'content-encoding', 'gzip');
  }),
  answering('headers of 300 KB', async ({ forward }) => withHeader(await forward(), 'x-big', 'x'.repeat(300 * 1024))),
  answering('the page again', async ({ forward, path }) => {
    const answer = await forward();
    const again = `${path}${path.includes('?') ? '&' : '?'}again=1`;
    return path.includes('/referrers/') && !path.includes('again=1')
      ? withHeader(answer, 'link', `<${again}>; rel="next"`)
      : answer;
  }),
];

function changeLength(answer: RawAnswer, by: number): RawAnswer {
  const length = Math.max(0, answer.body.byteLength + by);
  return withHeader(withHeader(answer, 'transfer-encoding', undefined), 'content-length', String(length));
}

function changeBody(answer: RawAnswer, body: Uint8Array): RawAnswer {
  return withHeader(
    withHeader({ ...answer, body }, 'transfer-encoding', undefined),
    'content-length',
    String(body.byteLength),
  );
}

/** A write that is answered as if it were done. */
export const NOT_DONE = 'a write that is not done';

const LIES: readonly Fault[] = [
  { ...answering('404', () => plain(404, errorBody('MANIFEST_UNKNOWN'))), class: 'lie' },
  {
    ...answering('stale read', async ({ forward, method, beforeLastWrite }) => {
      const answer = await forward();
      return method === 'GET' ? (beforeLastWrite() ?? answer) : answer;
    }),
    class: 'lie',
  },
  // what follows shows it, where somebody looks
  answering(NOT_DONE, async ({ forward, method, path, body }) => {
    if (method !== 'PUT') return forward();
    const digest = new URL(path, 'http://x').searchParams.get('digest') ?? digestOf(body);
    return plain(201, '', { location: path, 'docker-content-digest': digest });
  }),
];

/** Every fault that a request can meet. */
export const FAULTS: readonly Fault[] = [
  ...WIRE,
  ...BODIES,
  ...STATUSES,
  ...RATE_LIMITS,
  ...AFTER,
  ...REDIRECTS,
  ...DOWNGRADES,
  ...LIES,
];
