import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { SelfSigned } from '../self-signed.ts';
import { type Fault, type FaultEffect, type RawAnswer, rawBytes } from './fault-kinds.ts';

/** Which request a fault strikes. */
export interface Plan {
  readonly fault: Fault;
  /** The number of the request, 1 is the first. */
  readonly at: number;
  /** `once`: that one. `always`: from then on every request of the same kind (method and endpoint), so that retries meet it, too. */
  readonly how: 'once' | 'always';
}

/** A reverse proxy before a registry that lets one thing go wrong. */
export interface FaultProxy {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  /** `METHOD /path` of each request, in the order of arrival. */
  readonly seen: readonly string[];
  /** `METHOD /path` of each request that the fault struck. */
  readonly struck: readonly string[];
  /** Connections of clients that are open now. */
  readonly connections: number;
  arm(plan: Plan | undefined): void;
  close(): Promise<void>;
}

let addresses = 0;

/**
 * A loopback address of its own where the system has them all (Linux): a port that one case gave back must not answer
 * another case's client, which still knocks there.
 */
function ownAddress(): string {
  if (process.platform !== 'linux') return '127.0.0.1';
  addresses++;
  return `127.${1 + ((addresses >> 14) % 250)}.${(addresses >> 7) % 128}.${1 + (addresses % 128)}`;
}

const NO_SNAPSHOT: ReadonlyMap<string, RawAnswer> = new Map();

/** Speaks https where a certificate is given. */
export async function startFaultProxy(target: string, elsewhere: string, tls?: SelfSigned): Promise<FaultProxy> {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  let plan: Plan | undefined;
  let struckKind: string | undefined;
  const struck: string[] = [];
  const lastReads = new Map<string, IncomingMessage['headers']>();
  let snapshot = NO_SNAPSHOT;

  const strikes = (kind: string): boolean => {
    if (plan === undefined) return false;
    const isIt = seen.length === plan.at || (plan.how === 'always' && kind === struckKind);
    if (isIt) struckKind = kind;
    return isIt;
  };

  const listener = (message: IncomingMessage): void => {
    void answer(message).catch(() => message.socket.destroy());
  };

  async function answer(message: IncomingMessage): Promise<void> {
    const { method = 'GET', url: path = '/', socket } = message;
    seen.push(`${method} ${path}`);
    const isStruck = strikes(kindOf(method, path));
    const body = await readAll(message);
    if (method === 'GET') lastReads.set(path, message.headers);
    if (method === 'PUT' && path.includes('/manifests/')) snapshot = await readAgain();
    const forward = once1(() => pass(target, message, body));
    if (!isStruck || plan === undefined) {
      write(socket, { kind: 'answer', raw: rawBytes(await forward(), method) });
      return;
    }
    struck.push(`${method} ${path}`);
    const before = snapshot;
    write(
      socket,
      await plan.fault.strike({ method, path, body, elsewhere, forward, beforeLastWrite: () => before.get(path) }),
    );
  }

  /** What every URL that was read so far answers at this moment, before a write. */
  async function readAgain(): Promise<ReadonlyMap<string, RawAnswer>> {
    const answers = [...lastReads].map(
      async ([path, headers]): Promise<[string, RawAnswer]> => [
        path,
        await pass(target, { method: 'GET', url: path, headers }, Buffer.of()),
      ],
    );
    return new Map(await Promise.all(answers));
  }

  function write(socket: Socket, effect: FaultEffect): void {
    if (effect.kind === 'deaf') {
      server.close();
      for (const open of sockets) open.resetAndDestroy();
      return;
    }
    if (effect.kind === 'answer') {
      if (effect.close === true) socket.end(effect.raw);
      else socket.write(effect.raw);
      return;
    }
    if (effect.raw !== undefined) socket.write(effect.raw, () => effect.kind === 'reset' && socket.destroy());
    else if (effect.kind === 'reset') socket.resetAndDestroy();
  }

  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  // answers are written by hand: Node's own would stand in the way
  server.keepAliveTimeout = 0;
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  });
  server.listen(0, ownAddress());
  await once(server, 'listening');
  const { address, port } = server.address() as AddressInfo;
  return {
    host: `${address}:${port}`,
    address,
    port,
    seen,
    struck,
    get connections() {
      return sockets.size;
    },
    arm: (next) => {
      plan = next;
      seen.length = 0;
      struck.length = 0;
      struckKind = undefined;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

/** Requests that a retry repeats are of one kind. */
export function kindOf(method: string, path: string): string {
  const [name = ''] = path.split('?');
  const endpoint = name.includes('/blobs/uploads/') ? 'uploads' : name;
  return `${method} ${endpoint}`;
}

function once1<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

async function pass(
  target: string,
  { method, url, headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  body: Uint8Array,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(target);
  const given = { ...headers, 'content-length': String(body.byteLength) };
  delete (given as Record<string, unknown>)['transfer-encoding'];
  delete (given as Record<string, unknown>)['expect'];
  const onward = httpRequest({
    hostname,
    port,
    method: method ?? 'GET',
    path: url ?? '/',
    headers: given,
    agent: false,
  });
  const answered = once(onward, 'response') as Promise<[IncomingMessage]>;
  onward.end(body);
  const [answer] = await answered;
  const bytes = await readAll(answer);
  const kept = pairs(answer.rawHeaders).filter(([name]) => !HOP.has(name.toLowerCase()));
  const isHead = method === 'HEAD';
  const length = isHead ? answer.headers['content-length'] : String(bytes.byteLength);
  const withLength = length === undefined ? kept : [...kept, ['content-length', length] as const];
  const hasNoBody = answer.statusCode === 204 || answer.statusCode === 304;
  return { status: answer.statusCode ?? 502, headers: hasNoBody ? kept : withLength, body: bytes };
}

const HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length']);

function pairs(raw: readonly string[]): readonly (readonly [string, string])[] {
  return raw.flatMap((name, i) => (i % 2 === 0 ? [[name, raw[i + 1] ?? ''] as const] : []));
}
