import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeTempDir } from './temp-dir.ts';

/** Debian's `docker-registry` (distribution 2.8): a real registry without the referrers API. */
export interface DockerRegistry {
  readonly host: string;
  readonly url: string;
  /** Where it keeps its data; undefined with storage in memory. */
  readonly root: string | undefined;
  close(): Promise<void>;
}

export interface DockerRegistryOptions {
  /** Default `inmemory`. */
  readonly storage?: 'inmemory' | 'filesystem';
  /** Default true. */
  readonly deleteEnabled?: boolean;
  readonly readOnly?: boolean;
}

const BINARY = '/usr/bin/docker-registry';
const START_MS = 15_000;

export function dockerRegistryAvailable(): boolean {
  return existsSync(BINARY);
}

/** For `it(title, { skip: skipWithoutDockerRegistry() }, ...)`: the skip is seen in the report, with its reason. */
export function skipWithoutDockerRegistry(): string | false {
  return dockerRegistryAvailable() ? false : `${BINARY} is not installed (apt-get install docker-registry)`;
}

/** Starts it on a free port of 127.0.0.1 and waits until it answers. */
export async function startDockerRegistry(options: DockerRegistryOptions = {}): Promise<DockerRegistry> {
  const dir = await makeTempDir('docker-registry-');
  const port = await freePort();
  const config = join(dir.path, 'config.json'); // JSON is YAML
  await writeFile(config, JSON.stringify(configOf(options, port, join(dir.path, 'data'))));
  const child = spawn(BINARY, ['serve', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  const output = collect(child);
  const host = `127.0.0.1:${port}`;
  const close = async (): Promise<void> => {
    await stop(child);
    await dir.remove();
  };
  try {
    await untilItAnswers(`http://${host}/v2/`, child, output);
  } catch (error) {
    await close();
    throw error;
  }
  const root = options.storage === 'filesystem' ? join(dir.path, 'data') : undefined;
  return { host, url: `http://${host}`, root, close };
}

function configOf(options: DockerRegistryOptions, port: number, data: string): unknown {
  return {
    version: '0.1',
    log: { level: 'error' },
    storage: {
      ...(options.storage === 'filesystem' ? { filesystem: { rootdirectory: data } } : { inmemory: {} }),
      delete: { enabled: options.deleteEnabled ?? true },
      maintenance: { uploadpurging: { enabled: false }, readonly: { enabled: options.readOnly ?? false } },
    },
    http: { addr: `127.0.0.1:${port}` },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function collect(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-4000);
  });
  return () => text;
}

async function untilItAnswers(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const deadline = performance.now() + START_MS;
  while (performance.now() < deadline && child.exitCode === null) {
    const answer = await fetch(url).catch(() => undefined); // refused: not listening yet
    await answer?.body?.cancel();
    if (answer?.ok === true) return;
    await sleep(20);
  }
  throw new Error(`docker-registry did not answer at ${url}:\n${output()}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
