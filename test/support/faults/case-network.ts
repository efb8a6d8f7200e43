import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startProxy } from '../loopback-proxy.ts';
import { buildSelfSigned } from '../self-signed.ts';
import { makeTempDir } from '../temp-dir.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';

/** All that lies between a run and its registry. */
export interface CaseNetwork {
  readonly proxy: FaultProxy;
  /** The registry's host as the run names it. */
  readonly host: string;
  /** What the run needs to get there. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** Requests that went where `elsewhere` of the fault leads, and how many of them had a credential. */
  readonly askedElsewhere: number;
  readonly credentialsElsewhere: number;
  close(): Promise<void>;
}

/** Nothing on loopback is ever spoken to in https: this name is what the way through a forward proxy leads to. */
const TLS_HOST = 'registry.example';

export function startCaseNetwork(registry: string, { tls }: { readonly tls: boolean }): Promise<CaseNetwork> {
  return tls ? startTlsNetwork(registry) : startPlainNetwork(registry);
}

/** Straight; elsewhere is another port. */
async function startPlainNetwork(registry: string): Promise<CaseNetwork> {
  const elsewhere = await startElsewhere();
  const proxy = await startFaultProxy(registry, elsewhere.url);
  return {
    proxy,
    host: proxy.host,
    inputs: {},
    env: {},
    get askedElsewhere() {
      return elsewhere.asked;
    },
    get credentialsElsewhere() {
      return elsewhere.credentials;
    },
    close: async () => {
      await proxy.close();
      await elsewhere.close();
    },
  };
}

/** By https through a forward proxy; elsewhere is the same name by http, where the registry answers, too. */
async function startTlsNetwork(registry: string): Promise<CaseNetwork> {
  const tls = buildSelfSigned([TLS_HOST]);
  const folder = await makeTempDir('faults-ca-');
  const caFile = join(folder.path, 'ca.pem');
  await writeFile(caFile, tls.cert);
  const proxy = await startFaultProxy(registry, `http://${TLS_HOST}`, tls);
  const closers: (() => unknown)[] = [];
  const door = await startProxy(
    { after: (close) => void closers.push(close as () => unknown) },
    { upstream: proxy.port, address: proxy.address, clear: Number(new URL(registry).port) },
  );
  const inClear = (): number[] => door.asked.flatMap((asked, i) => (asked.startsWith('CONNECT ') ? [] : [i]));
  return {
    proxy,
    host: TLS_HOST,
    inputs: { 'ca-file': caFile },
    env: { HTTP_PROXY: door.url.href, HTTPS_PROXY: door.url.href },
    get askedElsewhere() {
      return inClear().length;
    },
    get credentialsElsewhere() {
      return inClear().filter((i) => door.headers[i]?.authorization !== undefined).length;
    },
    close: async () => {
      for (const close of closers) await close();
      await proxy.close();
      await folder.remove();
    },
  };
}

interface Elsewhere {
  readonly url: string;
  readonly asked: number;
  readonly credentials: number;
  close(): Promise<void>;
}

/** Another origin, which notes whether credentials reach it. */
async function startElsewhere(): Promise<Elsewhere> {
  let asked = 0;
  let credentials = 0;
  const server = createServer((request, response) => {
    asked++;
    if (request.headers.authorization !== undefined) credentials++;
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"errors":[{"code":"NAME_UNKNOWN"}]}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get asked() {
      return asked;
    },
    get credentials() {
      return credentials;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
