import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFreePort, startServerProcess } from './server-process.ts';
import { WINDOWS } from './system.ts';
import { makeTempDir } from './temp-dir.ts';

/** A registry of the distribution project, as Debian's `docker-registry` (2.8): real, and without the referrers API. */
export interface DockerRegistry {
  readonly host: string;
  readonly url: string;
  /** Where it keeps its data; undefined with storage in memory. */
  readonly root: string | undefined;
  /** Removes what no manifest names from the disk, by a program beside the one that serves. */
  collectGarbage(): Promise<void>;
  close(): Promise<void>;
}

export interface DockerRegistryOptions {
  /** Default `inmemory`. */
  readonly storage?: 'inmemory' | 'filesystem';
  /** Default true. */
  readonly deleteEnabled?: boolean;
  readonly readOnly?: boolean;
  /** Remember in memory which blobs are there, as Debian's own configuration has it; default false. */
  readonly blobCache?: boolean;
  /** Another program that takes the same configuration; default Debian's. */
  readonly binary?: string;
}

const BINARY = '/usr/bin/docker-registry';

export function dockerRegistryAvailable(): boolean {
  return !WINDOWS && existsSync(BINARY);
}

/** For `it(title, { skip: skipWithoutDockerRegistry() }, ...)`: the skip is seen in the report, with its reason. */
export function skipWithoutDockerRegistry(): string | false {
  return dockerRegistryAvailable() ? false : `${BINARY} is not installed (apt-get install docker-registry)`;
}

/** Starts it on a free port of 127.0.0.1 and waits until it answers. */
export async function startDockerRegistry(options: DockerRegistryOptions = {}): Promise<DockerRegistry> {
  const dir = await makeTempDir('docker-registry-');
  const port = await findFreePort();
  const config = join(dir.path, 'config.json'); // JSON is YAML
  await writeFile(config, JSON.stringify(configOf(options, port, join(dir.path, 'data'))));
  const host = `127.0.0.1:${port}`;
  try {
    const server = await startServerProcess(options.binary ?? BINARY, ['serve', config], `http://${host}/v2/`);
    const close = async (): Promise<void> => {
      await server.stop();
      await dir.remove();
    };
    const root = options.storage === 'filesystem' ? join(dir.path, 'data') : undefined;
    const collectGarbage = async (): Promise<void> => {
      await promisify(execFile)(options.binary ?? BINARY, ['garbage-collect', config]);
    };
    return { host, url: `http://${host}`, root, collectGarbage, close };
  } catch (error) {
    await dir.remove();
    throw error;
  }
}

function configOf(options: DockerRegistryOptions, port: number, data: string): unknown {
  return {
    version: '0.1',
    log: { level: 'error' },
    storage: {
      ...(options.storage === 'filesystem' ? { filesystem: { rootdirectory: data } } : { inmemory: {} }),
      ...(options.blobCache === true && { cache: { blobdescriptor: 'inmemory' } }),
      delete: { enabled: options.deleteEnabled ?? true },
      maintenance: { uploadpurging: { enabled: false }, readonly: { enabled: options.readOnly ?? false } },
    },
    http: { addr: `127.0.0.1:${port}` },
  };
}
