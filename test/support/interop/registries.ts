import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startEmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import { dockerRegistryAvailable, startDockerRegistry } from '../docker-registry.ts';
import { findFreePort, startServerProcess } from '../server-process.ts';
import { makeTempDir } from '../temp-dir.ts';
import { haveProgram, PEERS, type PeerName } from './peers.ts';

/** A running registry of the matrix. */
export interface InteropRegistry {
  readonly host: string;
  close(): Promise<void>;
}

/** How a kind of registry keeps referrers, and what it tells of them. */
export interface RegistryTraits {
  readonly via: 'api' | 'tag-schema';
  /** False: no `OCI-Subject`, so that clients which go by it write the referrers tag as well. */
  readonly ociSubject: boolean;
  /** False: its list gives wrong types and no annotations. */
  readonly describes: boolean;
}

/** A column of the matrix. */
export interface RegistryColumn {
  readonly name: string;
  readonly version: string;
  readonly traits: RegistryTraits;
  /** Undefined where it cannot be had; then `refused` says why. */
  readonly start: (() => Promise<InteropRegistry>) | undefined;
  readonly refused?: string;
  /** The program, where it is one of others. */
  readonly path?: string;
}

const API: RegistryTraits = { via: 'api', ociSubject: true, describes: true };
const TAG_SCHEMA: RegistryTraits = { via: 'tag-schema', ociSubject: false, describes: true };

/** Every registry that the matrix knows; building the programs is part of it. */
export async function findRegistries(): Promise<readonly RegistryColumn[]> {
  return [
    { name: 'embedded', version: 'of this project', traits: API, start: () => startEmbeddedRegistry() },
    {
      name: 'embedded, API off',
      version: 'of this project',
      traits: TAG_SCHEMA,
      start: () => startEmbeddedRegistry({ quirks: { referrersApi: false } }),
    },
    await findDockerRegistry(),
    await findPeer('distribution', 'distribution', TAG_SCHEMA, (binary) => startDockerRegistry({ binary })),
    await findPeer('olareg', 'olareg', API, startOlareg),
    await findPeer('registry of go-containerregistry', 'ggcr-registry', TAG_SCHEMA, (path) =>
      startOnPort(path, (port) => ['-port', `${port}`]),
    ),
    await findPeer(
      'the same with referrers on',
      'ggcr-referrers',
      { via: 'api', ociSubject: false, describes: false },
      (path) => startOnPort(path, (port) => [`127.0.0.1:${port}`]),
    ),
    await findPeer('zot', 'zot', API, () => Promise.reject(new Error('zot was never had'))),
  ];
}

async function findPeer(
  name: string,
  peer: PeerName,
  traits: RegistryTraits,
  start: (path: string) => Promise<InteropRegistry>,
): Promise<RegistryColumn> {
  const tool = PEERS[peer];
  const version = 'version' in tool ? tool.version : PEERS['ggcr-registry'].version;
  const program = await haveProgram(peer);
  if ('refused' in program) return { name, version, traits, start: undefined, refused: program.refused };
  return { name, version, traits, path: program.path, start: () => start(program.path) };
}

async function findDockerRegistry(): Promise<RegistryColumn> {
  const column = { name: "Debian's docker-registry", traits: TAG_SCHEMA };
  if (!dockerRegistryAvailable()) {
    return { ...column, version: '2.8', start: undefined, refused: 'the Debian package docker-registry is not there' };
  }
  const { stdout } = await promisify(execFile)('/usr/bin/docker-registry', ['--version']);
  const version = /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? stdout.trim();
  return { ...column, version, start: () => startDockerRegistry() };
}

/** `root` is kept, so that another one may be started over it. */
export async function startOlaregAt(path: string, root: string, referrers: boolean): Promise<InteropRegistry> {
  const serve = ['serve', '--addr', '127.0.0.1', '--dir', root, '--api-delete', '--api-blob-delete'];
  return startOnPort(path, (port) => [...serve, `--api-referrer=${referrers}`, '--port', `${port}`]);
}

async function startOlareg(path: string): Promise<InteropRegistry> {
  const dir = await makeTempDir('olareg-');
  const registry = await startOlaregAt(path, join(dir.path, 'root'), true);
  const close = async (): Promise<void> => {
    await registry.close();
    await dir.remove();
  };
  return { host: registry.host, close };
}

async function startOnPort(path: string, args: (port: number) => readonly string[]): Promise<InteropRegistry> {
  const port = await findFreePort();
  const host = `127.0.0.1:${port}`;
  const server = await startServerProcess(path, args(port), `http://${host}/v2/`);
  return { host, close: () => server.stop() };
}
