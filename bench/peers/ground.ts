import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startDockerRegistry } from '../../test/support/docker-registry.ts';
import type { SampleTarget } from '../../test/support/sample-image.ts';

/** Whom registries with a token service know. */
export const USER = { name: 'bench', password: 'only for the bench' } as const;

/** What the proxy is told; each order is answered with a report. */
export interface ProxyOrder {
  readonly delayMs?: number;
  readonly clear?: boolean;
}

export interface ProxyReport {
  readonly host: string;
  readonly requests: number;
  readonly rounds: number;
}

export type GroundKind = 'api' | 'api-token' | 'tag' | 'tag-token' | 'disk' | 'many';

export const GROUND_NAMES: Readonly<Record<GroundKind, string>> = {
  api: 'referrers API (embedded registry), anonymous',
  'api-token': 'referrers API (embedded registry), token',
  tag: 'tag schema (docker-registry), anonymous',
  'tag-token': 'tag schema (embedded registry without the API), token',
  disk: 'docker-registry, on disk',
  many: 'referrers API in pages of 500, from memory',
};

/** A registry in a process of its own, and the proxy before it in another. */
export interface Ground {
  /** The registry itself: what is prepared and checked there is not counted. */
  readonly direct: string;
  /** The proxy. */
  readonly host: string;
  readonly asksForToken: boolean;
  /** Of `many` alone: the image that has so many. */
  readonly subject: string | undefined;
  /** Gives the order to the proxy; what it counted until then. */
  order(order: ProxyOrder): Promise<ProxyReport>;
  /** Where samples are pushed to. */
  target(repository: string): Promise<SampleTarget>;
  close(): Promise<void>;
}

interface Registry {
  readonly host: string;
  readonly subject?: string;
  close(): Promise<void>;
}

export async function openGround(kind: GroundKind, count: number): Promise<Ground> {
  const registry = await startRegistry(kind, count);
  const proxy = forkBeside('./proxy-process.ts', [registry.host]);
  const [{ host }] = (await once(proxy, 'message')) as [ProxyReport];
  const asksForToken = kind.endsWith('-token');
  return {
    direct: registry.host,
    host,
    asksForToken,
    subject: registry.subject,
    order: async (order) => {
      proxy.send(order);
      const [report] = (await once(proxy, 'message')) as [ProxyReport];
      return report;
    },
    target: async (repository) => ({
      host: registry.host,
      repository,
      ...(asksForToken && { authorization: await fetchToken(registry.host, repository) }),
    }),
    close: async () => {
      proxy.kill();
      await registry.close();
    },
  };
}

async function startRegistry(kind: GroundKind, count: number): Promise<Registry> {
  if (kind === 'tag') return startDockerRegistry();
  if (kind === 'disk') return startDockerRegistry({ storage: 'filesystem' });
  const [api, auth = ''] = kind.split('-');
  const child =
    kind === 'many'
      ? forkBeside('../many-referrers-server.ts', [String(count)])
      : forkBeside('./registry-process.ts', [api ?? '', auth]);
  const [ready] = (await once(child, 'message')) as [{ readonly host: string; readonly subject?: string }];
  const close = async (): Promise<void> => {
    child.kill();
  };
  return { ...ready, close };
}

function forkBeside(file: string, args: readonly string[]): ChildProcess {
  return fork(fileURLToPath(new URL(file, import.meta.url)), args);
}

async function fetchToken(host: string, repository: string): Promise<string> {
  const scope = encodeURIComponent(`repository:${repository}:pull,push`);
  const response = await fetch(`http://${host}/token?service=embedded-registry&scope=${scope}`, {
    headers: { authorization: `Basic ${Buffer.from(`${USER.name}:${USER.password}`).toString('base64')}` },
  });
  if (!response.ok) throw new Error(`no token: ${response.status} ${await response.text()}`);
  return `Bearer ${((await response.json()) as { readonly token: string }).token}`;
}
