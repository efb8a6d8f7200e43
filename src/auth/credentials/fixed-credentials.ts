import { CodedError } from '../../errors/coded-error.ts';
import type { CredentialProvider } from '../types.ts';
import { isSameRegistry } from './registry-names.ts';

/**
 * The inputs registry-username and registry-password, for one registry and nowhere else: what a person typed for one
 * host is nothing that another may see. Throws `input-conflict` for one without the other.
 */
export function createInputProvider(inputs: {
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** The one registry that they are for; undefined: none that is known. Asked at each look-up. */
  readonly registry: () => string | undefined;
}): CredentialProvider {
  const { username = '', password = '' } = inputs;
  if ((username === '') !== (password === '')) {
    const [given, missing] = username === '' ? ['password', 'username'] : ['username', 'password'];
    throw new CodedError('input-conflict', `registry-${given} is given without registry-${missing}`, {
      hint: 'Give both, or neither: an empty value often is a secret that this workflow may not read.',
    });
  }
  return {
    async find(registry) {
      const own = inputs.registry();
      if (password === '' || own === undefined || !isSameRegistry(registry, own)) return undefined;
      return { kind: 'basic', username, password, origin: 'input registry-username' };
    },
  };
}

/** `Credential.origin` of the job's default token: it may be refused where anonymous reading is allowed. */
export const GITHUB_TOKEN_ORIGIN = 'github-token';

const GITHUB_REGISTRY = 'ghcr.io';

/** The job's default token, for ghcr.io and nowhere else. ghcr.io takes any user name beside a token. */
export function createGithubTokenProvider(
  token: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): CredentialProvider {
  return {
    async find(registry) {
      if (!token || registry !== GITHUB_REGISTRY) return undefined;
      const username = env['GITHUB_ACTOR'] || 'x-access-token';
      return { kind: 'basic', username, password: token, origin: GITHUB_TOKEN_ORIGIN };
    },
  };
}
