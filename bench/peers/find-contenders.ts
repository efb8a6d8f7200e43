import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { GoTool } from '../../test/support/go-tools.ts';
import { haveProgram, PEERS } from '../../test/support/interop/peers.ts';
import { runProcess } from '../measure.ts';
import type { Contender } from './contender.ts';
import { cosignContender } from './contenders/cosign.ts';
import { craneContender } from './contenders/crane.ts';
import { orasContender } from './contenders/oras.ts';
import { OUR_LIBRARY, ourAction, ourBareAction } from './contenders/ours.ts';
import { regctlContender } from './contenders/regctl.ts';
import { sigstoreOciContender, warmSigstoreOci } from './contenders/sigstore-oci.ts';

const SIGSTORE_OCI = '0.7.2';

export interface Field {
  /** Ours first, of each kind. */
  readonly contenders: readonly Contender[];
  /** Those that could not be had, with why. */
  readonly refused: readonly { readonly name: string; readonly why: string }[];
  readonly cosign: string | undefined;
}

/** Everybody that takes part: programs are built, the package is installed beside, if they are not there. */
export async function findContenders(dist: string, packages: string): Promise<Field> {
  const contenders: Contender[] = [ourAction(dist), ourBareAction(dist)];
  const refused: { readonly name: string; readonly why: string }[] = [];
  let cosign: string | undefined;
  const makers = { oras: orasContender, regctl: regctlContender, cosign: cosignContender } as const;
  for (const name of ['oras', 'regctl', 'cosign'] as const) {
    const program = await haveProgram(name);
    const tool: GoTool = PEERS[name];
    const version = 'version' in tool ? tool.version : '';
    if ('refused' in program) refused.push({ name: `${name} ${version}`, why: program.refused });
    else {
      contenders.push(makers[name](program.path, version));
      if (name === 'cosign') cosign = program.path;
    }
  }
  contenders.push(craneContender(PEERS.crane.version));
  const lacking = await installSigstoreOci(packages);
  if (lacking === undefined) contenders.push(sigstoreOciContender(packages, SIGSTORE_OCI));
  else refused.push({ name: `@sigstore/oci ${SIGSTORE_OCI}`, why: lacking });
  contenders.push(OUR_LIBRARY);
  if (lacking === undefined) contenders.push(warmSigstoreOci(SIGSTORE_OCI));
  return { contenders, refused, cosign };
}

/** Undefined: it is there, in this version. */
async function installSigstoreOci(folder: string): Promise<string | undefined> {
  const manifest = join(folder, 'node_modules/@sigstore/oci/package.json');
  const there = await readFile(manifest, 'utf8').catch(() => '{}');
  if ((JSON.parse(there) as { readonly version?: string }).version !== SIGSTORE_OCI) {
    const words = ['install', '--silent', '--no-audit', '--no-fund', '--prefix', folder];
    const install = await runProcess('npm', [...words, `@sigstore/oci@${SIGSTORE_OCI}`]);
    if (install.code !== 0) return install.output.trim().split('\n').at(-1) ?? 'npm install failed';
  }
  createRequire(join(folder, 'package.json')).resolve('@sigstore/oci');
  return undefined;
}
