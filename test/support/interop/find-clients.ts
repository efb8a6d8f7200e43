import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { ClientRow, InteropClient } from './client.ts';
import { containerdClient } from './clients/containerd.ts';
import { cosignClient } from './clients/cosign.ts';
import { craneClient } from './clients/crane.ts';
import { notationClient } from './clients/notation.ts';
import { orasClient } from './clients/oras.ts';
import { regctlClient } from './clients/regctl.ts';
import { SKOPEO, skopeoClient } from './clients/skopeo.ts';
import { haveProgram, PEERS, type PeerName } from './peers.ts';

type Maker = (
  path: string,
  version: string,
  home: string,
) => InteropClient | Promise<InteropClient | readonly InteropClient[]>;

/** Every client of the matrix, each with a home below `folder`; building the programs is part of it. */
export async function findClients(folder: string): Promise<readonly ClientRow[]> {
  const found = [
    await findPeer('oras', folder, orasClient),
    await findPeer('regctl', folder, regctlClient),
    await findPeer('crane', folder, craneClient),
    await findPeer('notation', folder, notationClient),
    await findPeer('containerd', folder, containerdClient),
    await findPeer('cosign', folder, cosignClient),
    await findSkopeo(folder),
  ];
  return found.flat();
}

async function findPeer(name: PeerName, folder: string, make: Maker): Promise<ClientRow | readonly ClientRow[]> {
  const tool = PEERS[name];
  const version = 'version' in tool ? tool.version : await versionInModule(tool.folder);
  const program = await haveProgram(name);
  if ('refused' in program) return { name, version, refused: program.refused };
  const home = join(folder, name);
  await mkdir(home);
  return make(program.path, version, home);
}

/** The version of the module that a program of our own is about: the first one that its go.mod requires. */
async function versionInModule(folder: string): Promise<string> {
  const text = await readFile(resolve(import.meta.dirname, '../../..', folder, 'go.mod'), 'utf8');
  return /\s(v\d+\.\d+\.\d+)/.exec(text)?.[1] ?? 'unknown';
}

async function findSkopeo(folder: string): Promise<ClientRow> {
  if (!existsSync(SKOPEO)) return { name: 'skopeo', version: 'Debian', refused: 'the Debian package is not there' };
  const { stdout } = await promisify(execFile)(SKOPEO, ['--version']);
  const home = join(folder, 'skopeo');
  await mkdir(home);
  return skopeoClient(`v${/\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? stdout.trim()}`, home);
}
