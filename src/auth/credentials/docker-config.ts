import { join } from 'node:path';
import type { Credential, CredentialProvider } from '../types.ts';
import { parseAuthEntry } from './auth-entry.ts';
import type { AuthFile } from './auth-file.ts';
import { readAuthFile } from './read-auth-file.ts';
import { helperServerName, lookUpRegistry } from './registry-names.ts';

export interface CredentialFileOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home directory; undefined: there is none to look in. */
  readonly homeDir: string | undefined;
  /** Milliseconds that a credential helper may take, default 30 000. */
  readonly helperTimeoutMs?: number | undefined;
}

/**
 * Docker's own file, `$DOCKER_CONFIG/config.json` or `~/.docker/config.json`: `credHelpers` of the registry, then
 * `credsStore`, then `auths`. Read when first asked, once; a helper runs once a registry.
 */
export function createDockerConfigProvider(options: CredentialFileOptions): CredentialProvider {
  const path = dockerConfigPath(options);
  let file: Promise<AuthFile | undefined> | undefined;
  const found = new Map<string, Promise<Credential | undefined>>();
  const look = async (registry: string): Promise<Credential | undefined> => {
    if (path === undefined) return undefined;
    file ??= readAuthFile(path);
    const loaded = await file;
    return loaded === undefined ? undefined : await findInFile(loaded, registry, options);
  };
  return {
    async find(registry) {
      const credential = found.get(registry) ?? look(registry);
      found.set(registry, credential);
      return await credential;
    },
  };
}

function dockerConfigPath({ env, homeDir }: CredentialFileOptions): string | undefined {
  const directory = env['DOCKER_CONFIG'] || (homeDir === undefined ? undefined : join(homeDir, '.docker'));
  return directory === undefined ? undefined : join(directory, 'config.json');
}

async function findInFile(
  file: AuthFile,
  registry: string,
  options: CredentialFileOptions,
): Promise<Credential | undefined> {
  const fromHelper = await askHelpers(file, registry, options);
  if (fromHelper !== undefined) return fromHelper;
  const entry = lookUpRegistry(file.auths, registry);
  return entry === undefined ? undefined : parseAuthEntry(entry.value, entry.key, file.origin);
}

/** The helper of the registry, then the one for all; a helper that has nothing leaves it to the next. */
export async function askHelpers(
  file: AuthFile,
  registry: string,
  options: CredentialFileOptions,
): Promise<Credential | undefined> {
  const own = lookUpRegistry(file.credHelpers, registry)?.value;
  const helpers = new Set([own, file.credsStore].filter((helper) => typeof helper === 'string' && helper !== ''));
  for (const helper of helpers) {
    const { askCredentialHelper } = await import('./credential-helper.ts'); // most runs need no helper
    const credential = await askCredentialHelper({
      helper: String(helper),
      server: helperServerName(registry),
      origin: file.origin,
      env: options.env,
      timeoutMs: options.helperTimeoutMs,
    });
    if (credential !== undefined) return credential;
  }
  return undefined;
}
