import { hasCode } from '../../errors/coded-error.ts';
import type { Warning } from '../../errors/warning.ts';
import type { Credential, CredentialProvider } from '../types.ts';
import { parseAuthEntry } from './auth-entry.ts';
import { parseAuthFile } from './auth-file.ts';
import { lookUpRegistry } from './registry-names.ts';

const VARIABLE = 'DOCKER_AUTH_CONFIG';

/**
 * `DOCKER_AUTH_CONFIG`: the text of a docker config of which only `auths` counts. As docker does, one that cannot be
 * used is passed over, with the warning `docker-config-ignored`, once.
 */
export function createDockerAuthVariableProvider(
  env: Readonly<Record<string, string | undefined>>,
  onWarning: (warning: Warning) => void,
): CredentialProvider {
  let warned = false;
  return {
    async find(registry) {
      try {
        return findInVariable(env[VARIABLE] ?? '', registry);
      } catch (error) {
        if (!hasCode(error, 'docker-config-invalid')) throw error;
        if (!warned) onWarning({ code: 'docker-config-ignored', message: `${error.message}; it was passed over` });
        warned = true;
        return undefined;
      }
    },
  };
}

function findInVariable(text: string, registry: string): Credential | undefined {
  const entry = lookUpRegistry(parseAuthFile(text, VARIABLE).auths, registry);
  return entry === undefined ? undefined : parseAuthEntry(entry.value, entry.key, VARIABLE);
}
