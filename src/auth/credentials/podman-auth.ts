import { join } from 'node:path';
import type { CredentialProvider } from '../types.ts';
import { parseAuthEntry } from './auth-entry.ts';
import type { AuthFile } from './auth-file.ts';
import { askHelpers, type CredentialFileOptions } from './docker-config.ts';
import { readAuthFile } from './read-auth-file.ts';
import { lookUpRepository } from './registry-names.ts';

/**
 * Podman's files, containers-auth.json(5): `$REGISTRY_AUTH_FILE` alone where it is set, else
 * `$XDG_RUNTIME_DIR/containers/auth.json`, then `$XDG_CONFIG_HOME/containers/auth.json` (`~/.config`). Keys may name a
 * namespace or a repository, and the longest that fits wins. Each is read when first asked, once.
 */
export function createPodmanAuthProvider(options: CredentialFileOptions): CredentialProvider {
  const files = new Map<string, Promise<AuthFile | undefined>>();
  const load = (path: string): Promise<AuthFile | undefined> => {
    const file = files.get(path) ?? readAuthFile(path);
    files.set(path, file);
    return file;
  };
  return {
    async find(registry, repository) {
      for (const path of podmanAuthPaths(options)) {
        const file = await load(path);
        if (file === undefined) continue;
        const entry = lookUpRepository(file.auths, registry, repository);
        const credential =
          (await askHelpers(file, registry, options)) ??
          (entry === undefined ? undefined : parseAuthEntry(entry.value, entry.key, file.origin));
        if (credential !== undefined) return credential;
      }
      return undefined;
    },
  };
}

function podmanAuthPaths({ env, homeDir }: CredentialFileOptions): readonly string[] {
  if (env['REGISTRY_AUTH_FILE']) return [env['REGISTRY_AUTH_FILE']];
  const config = env['XDG_CONFIG_HOME'] || (homeDir === undefined ? undefined : join(homeDir, '.config'));
  return [env['XDG_RUNTIME_DIR'], config]
    .filter((directory) => directory !== undefined && directory !== '')
    .map((directory) => join(String(directory), 'containers', 'auth.json'));
}
