import { readFile, realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { CodedError } from '../errors/coded-error.ts';
import type { Warning } from '../errors/warning.ts';
import { mayBeProposal } from './may-be-proposal.ts';

/** The certificate authorities of `ca-file`, PEM. */
export interface RegistryCa {
  readonly pem: string;
  /**
   * Whether the file may be a part of what is proposed (a pull request). It vouches for registries then, which are not
   * believed anyhow, and not for who says what the policy is, nor for who gets a token of the run.
   */
  readonly isProposed: boolean;
}

export interface CaPlace {
  readonly workspace: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onWarning?: ((warning: Warning) => void) | undefined;
}

/** Throws `ca-file-invalid`. */
export async function readRegistryCa(path: string | undefined, place: CaPlace): Promise<RegistryCa | undefined> {
  if (path === undefined) return undefined;
  const { workspace, env, onWarning } = place;
  const file = resolve(workspace, path);
  const pem = await readPem(file, path);
  const isProposed = mayBeProposal(env) && (await liesIn(workspace, file));
  if (isProposed) {
    const message = `ca-file ${JSON.stringify(path)} lies in the workspace, which may be what is proposed: it vouches for registries, and not for GitHub, which is asked with the runner's own authorities (NODE_EXTRA_CA_CERTS adds to them)`;
    onWarning?.({ code: 'ca-file-proposed', message });
  }
  return { pem, isProposed };
}

async function readPem(file: string, path: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new CodedError('ca-file-invalid', `ca-file ${JSON.stringify(path)} cannot be read`, {
      cause,
      hint: 'Expected a file of PEM certificates.',
    });
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new CodedError('ca-file-invalid', `ca-file ${JSON.stringify(path)} holds no PEM certificate`, {
    hint: 'Expected one or more blocks that begin with -----BEGIN CERTIFICATE-----.',
  });
}

/** By its name or where it leads: a change may bring a symbolic link, and be where one leads. */
async function liesIn(workspace: string, file: string): Promise<boolean> {
  return isBelow(resolve(workspace), file) || isBelow(await realpath(workspace), await realpath(file));
}

function isBelow(folder: string, file: string): boolean {
  const from = relative(folder, file);
  return from !== '..' && !from.startsWith(`..${sep}`) && !isAbsolute(from);
}
