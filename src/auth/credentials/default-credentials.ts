import type { Warning } from '../../errors/warning.ts';
import type { Credential, CredentialProvider } from '../types.ts';
import { secretsOf } from './credential-secrets.ts';
import { createDockerAuthVariableProvider } from './docker-auth-variable.ts';
import { createDockerConfigProvider } from './docker-config.ts';
import { createGithubTokenProvider, createInputProvider } from './fixed-credentials.ts';
import { createPodmanAuthProvider } from './podman-auth.ts';

export interface DefaultCredentialsOptions {
  /** The inputs registry-username and registry-password; absent or empty: not given. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** The one registry that username and password are for; while it gives undefined nobody gets them. */
  readonly inputRegistry?: (() => string | undefined) | undefined;
  /** The input github-token; used for ghcr.io when nothing else has a credential for it. */
  readonly githubToken?: string | undefined;
  /** DOCKER_AUTH_CONFIG, DOCKER_CONFIG, REGISTRY_AUTH_FILE, XDG_*, GITHUB_ACTOR, and the PATH of helpers. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home directory; undefined: there is none to look in. */
  readonly homeDir: string | undefined;
  /** Milliseconds that a credential helper may take, default 30 000. */
  readonly helperTimeoutMs?: number | undefined;
  /** Called with each secret before it is used: mask it. */
  readonly onSecret?: ((value: string) => void) | undefined;
  readonly onWarning?: ((warning: Warning) => void) | undefined;
}

/**
 * Credentials as users of docker and podman expect them, first hit wins: inputs, `DOCKER_AUTH_CONFIG`, docker's config
 * file, podman's auth files, the job's token for ghcr.io. No file is read and no helper run before a registry asks.
 */
export function createDefaultCredentials(options: DefaultCredentialsOptions): CredentialProvider {
  const { env, onSecret, onWarning = () => undefined, inputRegistry = () => undefined } = options;
  const chain = createCredentialChain([
    createInputProvider({ username: options.username, password: options.password, registry: inputRegistry }),
    createDockerAuthVariableProvider(env, onWarning),
    createDockerConfigProvider(options),
    createPodmanAuthProvider(options),
    createGithubTokenProvider(options.githubToken, env),
  ]);
  return onSecret === undefined ? chain : reportSecrets(chain, onSecret);
}

/** The first credential that one of the providers has; one that could not look ends the search with its error. */
function createCredentialChain(providers: readonly CredentialProvider[]): CredentialProvider {
  return {
    async find(registry, repository) {
      for (const provider of providers) {
        const credential = await provider.find(registry, repository);
        if (credential !== undefined) return credential;
      }
      return undefined;
    },
  };
}

function reportSecrets(provider: CredentialProvider, onSecret: (value: string) => void): CredentialProvider {
  return {
    async find(registry, repository): Promise<Credential | undefined> {
      const credential = await provider.find(registry, repository);
      if (credential !== undefined) for (const secret of secretsOf(credential)) onSecret(secret);
      return credential;
    },
  };
}
