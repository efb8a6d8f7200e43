import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stalls } from './stalls.ts';

/** One writer's own way to a registry, which holds up what it reads and writes at one tag. */
export interface StallingDoor {
  readonly host: string;
  readonly requests: number;
  /** PUTs of the tag that were held up, and reads after which the process was. */
  readonly stalled: { readonly writes: number; readonly reads: number };
  /** Whose door it is. */
  belongsTo(process: ChildProcess): void;
  close(): Promise<void>;
}

export async function openStallingDoor(target: string, tag: string, stalls: Stalls): Promise<StallingDoor> {
  const stalled = { writes: 0, reads: 0 };
  const agent = new Agent({ keepAlive: true });
  let requests = 0;
  let owner: ChildProcess | undefined;
  let writing = 0;

  const pass = async (message: IncomingMessage, out: ServerResponse): Promise<void> => {
    requests++;
    const { method = 'GET', url = '/' } = message;
    const body = await readAll(message);
    const isTag = url.endsWith(`/manifests/${tag}`);
    const isWrite = isTag && method === 'PUT';
    if (isWrite) writing++;
    if (isWrite && stalls.holdsWrite()) {
      stalled.writes++;
      await sleep(stalls.milliseconds);
    }
    const answer = await forward(target, message, body, agent);
    const bytes = await readAll(answer);
    if (isWrite) writing--;
    const mayStop = isTag && method === 'GET' && writing === 0 && stalled.reads === 0;
    if (mayStop && stalls.pausesRead()) {
      stalled.reads++;
      owner?.kill('SIGSTOP');
      // only this lets it go on: nothing that runs here later may stop it for good
      setTimeout(() => owner?.kill('SIGCONT'), stalls.milliseconds);
    }
    out.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    out.end(bytes);
  };

  const server = createServer((message, out) => void pass(message, out).catch(() => out.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get requests() {
      return requests;
    },
    stalled,
    belongsTo: (process) => {
      owner = process;
    },
    close: async () => {
      owner?.kill('SIGCONT');
      agent.destroy();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function forward(
  target: string,
  { method = 'GET', url = '/', headers }: IncomingMessage,
  body: Uint8Array,
  agent: Agent,
): Promise<IncomingMessage> {
  const { hostname, port } = new URL(`http://${target}`);
  const { 'transfer-encoding': _, ...given } = headers;
  const onward = { ...given, 'content-length': String(body.byteLength) };
  // the Host header is passed on, so that locations lead back here
  const request = httpRequest({ hostname, port, method, path: url, headers: onward, agent });
  const answered = once(request, 'response') as Promise<[IncomingMessage]>;
  request.end(body);
  const [answer] = await answered;
  return answer;
}

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
