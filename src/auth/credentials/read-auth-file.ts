import { readFile, stat } from 'node:fs/promises';
import { CodedError } from '../../errors/coded-error.ts';
import { type AuthFile, parseAuthFile } from './auth-file.ts';

const MAX_BYTES = 1024 * 1024;

/**
 * A credential file from disk; undefined: there is no such file. One that is there but cannot be read or parsed throws
 * `docker-config-invalid`: going on without it would be guessing that it holds nothing.
 */
export async function readAuthFile(path: string): Promise<AuthFile | undefined> {
  const text = await readText(path);
  return text === undefined ? undefined : parseAuthFile(text, path);
}

async function readText(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw unreadable(path, `it has ${size} bytes, more than ${MAX_BYTES}`);
    return new TextDecoder().decode(await readFile(path));
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unreadable(path, (cause as Error).message, cause);
  }
}

function unreadable(path: string, why: string, cause?: unknown): CodedError {
  return new CodedError('docker-config-invalid', `${path} cannot be read: ${why}`, {
    cause,
    hint: 'Make the file readable, or point DOCKER_CONFIG or REGISTRY_AUTH_FILE to another place.',
  });
}
