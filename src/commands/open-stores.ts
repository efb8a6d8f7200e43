import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { createDefaultCredentials } from '../auth/credentials/default-credentials.ts';
import { createRegistrySession } from '../auth/registry-session.ts';
import type { CredentialProvider, RegistrySession } from '../auth/types.ts';
import type { Warning } from '../errors/warning.ts';
import { EconomyCounter } from '../net/economy.ts';
import { createHttpClient } from '../net/http-client.ts';
import { isLoopbackHost } from '../net/ip-address.ts';
import { PendingRequests } from '../net/pending-requests.ts';
import type { Economy, HttpClient, HttpClientOptions, RequestTrace } from '../net/types.ts';
import { formatRepository, type LayoutReference, type Reference, type RegistryReference } from '../oci/reference.ts';
import { type CapabilityMemory, createCapabilityMemory } from '../referrers/capability.ts';
import { RegistryStore } from '../store/registry/registry-store.ts';
import type { Store } from '../store/store.ts';
import { VERSION } from '../version.ts';
import { type CapabilityFile, openCapabilityFile } from './capability-file.ts';
import type { RegistryOptions } from './common-options.ts';
import { readRegistryCa } from './registry-ca.ts';

export interface StoresEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workspace: string;
  readonly signal: AbortSignal;
  readonly onWarning?: ((warning: Warning) => void) | undefined;
  readonly onTrace?: ((trace: RequestTrace) => void) | undefined;
  /** Called with each secret before it is used. */
  readonly onSecret?: ((value: string) => void) | undefined;
  /** The run will write: one token for pull and push at the first need, in place of two. */
  readonly anticipatePush?: boolean | undefined;
  /**
   * The registry that registry-username and registry-password are for, null for none. Default: the registry of the first
   * store that is opened. No other ever gets them.
   */
  readonly inputRegistry?: string | null | undefined;
}

/** The stores of a run, over one HTTP client and one set of credentials. */
export interface Stores {
  readonly openStore: (reference: Reference) => Promise<Store>;
  /** For what is no registry (GitHub's API, its OIDC service): `insecure` is not for those. */
  readonly http: Pick<HttpClient, 'request'>;
  readonly capabilities: CapabilityMemory;
  readonly economy: Economy;
  /** What the run waits for now, in words, or did last; undefined before the first request. For messages; not escaped. */
  describePending(): string | undefined;
  close(): Promise<void>;
}

/** What Docker Hub is called, and where it answers. */
const HUB_HOST = 'registry-1.docker.io';

export async function createStores(options: RegistryOptions, environment: StoresEnvironment): Promise<Stores> {
  const { env, signal, onWarning, onTrace, onSecret } = environment;
  const ca = await readRegistryCa(options.caFile, environment);
  const economy = new EconomyCounter();
  const pending = new PendingRequests();
  const settings: HttpClientOptions = {
    concurrency: options.concurrency,
    retries: options.retries,
    timeoutMs: options.timeout * 1000,
    env,
    signal,
    onTrace,
    userAgent: `oci-referrers/${VERSION}`,
    economy,
    pending,
  };
  const http = createHttpClient({ ...settings, insecure: options.insecure, ca: ca?.pem });
  // what is no registry says what the policy is, and gets tokens of the run
  const isStrict = !options.insecure && ca?.isProposed !== true;
  const outside = isStrict ? http : createHttpClient({ ...settings, ca: ca?.isProposed ? undefined : ca?.pem });
  let inputRegistry = environment.inputRegistry;
  const credentials = createDefaultCredentials({
    inputRegistry: () => inputRegistry ?? undefined,
    username: options.registryUsername,
    password: options.registryPassword,
    githubToken: options.githubToken,
    env,
    homeDir: homedir(),
    onSecret,
    onWarning,
  });
  const runnerTemp = env['RUNNER_TEMP'];
  const file = runnerTemp ? openCapabilityFile(runnerTemp) : undefined;
  const open = new Map<string, Promise<Store>>();
  const isOfInputs = (registry: string): boolean =>
    options.registryUsername !== undefined && registry === inputRegistry;
  const wiring: Wiring = { options, environment, http, credentials, isOfInputs, sessions: new Map() };
  return {
    openStore: (reference) => {
      if (inputRegistry === undefined && reference.kind === 'registry') inputRegistry = reference.registry;
      const name = formatRepository(reference);
      const store = open.get(name) ?? openOne(reference, wiring);
      open.set(name, store);
      return store;
    },
    http: outside,
    capabilities: file ?? createCapabilityMemory(),
    economy,
    describePending: () => pending.describe(),
    close: async () => {
      saveCapabilities(file, onWarning);
      await Promise.all([...new Set([http, outside])].map((client) => client.close()));
    },
  };
}

interface Wiring {
  readonly options: RegistryOptions;
  readonly environment: StoresEnvironment;
  readonly http: HttpClient;
  readonly credentials: CredentialProvider;
  /** Whether the inputs hold a login for the registry. */
  readonly isOfInputs: (registry: string) => boolean;
  /** One for each registry: what one repository learned of its token service serves the next. */
  readonly sessions: Map<string, RegistrySession>;
}

async function openOne(reference: Reference, wiring: Wiring): Promise<Store> {
  return reference.kind === 'registry' ? openRegistryStore(reference, wiring) : openLayoutStore(reference, wiring);
}

function openRegistryStore(reference: RegistryReference, wiring: Wiring): Store {
  const { registry, repository } = reference;
  const session = wiring.sessions.get(registry) ?? openSession(registry, wiring);
  wiring.sessions.set(registry, session);
  const { onWarning } = wiring.environment;
  const { retries } = wiring.options;
  return new RegistryStore({ name: formatRepository(reference), session, repository, retries, onWarning });
}

function openSession(registry: string, wiring: Wiring): RegistrySession {
  const { http, credentials, environment, options } = wiring;
  const { onWarning, onSecret, anticipatePush } = environment;
  const origin = originOf(registry, options.plainHttp);
  // who may write is nearly always asked who they are, but for registries within reach and without TLS
  const expectChallenge = anticipatePush === true && (origin.protocol === 'https:' || wiring.isOfInputs(registry));
  const common = { http, credentials, origin, registry, onWarning, onSecret };
  return createRegistrySession({ ...common, anticipatePush, expectChallenge });
}

/** Unless it is asked for, loopback needs no TLS: nothing leaves the machine. */
export function originOf(registry: string, plainHttp: boolean | undefined): URL {
  const host = registry === 'docker.io' || registry === 'index.docker.io' ? HUB_HOST : registry;
  const url = new URL(`https://${host}`);
  return (plainHttp ?? isLoopbackHost(url.hostname)) ? new URL(`http://${host}`) : url;
}

async function openLayoutStore(reference: LayoutReference, { environment }: Wiring): Promise<Store> {
  const { openLayout } = await import('../store/layout/open-layout.ts');
  return openLayout(resolve(environment.workspace, reference.directory), { fallbackTag: true });
}

function saveCapabilities(file: CapabilityFile | undefined, onWarning: StoresEnvironment['onWarning']): void {
  try {
    file?.save();
  } catch (thrown) {
    onWarning?.({
      code: 'capability-not-saved',
      message: `what was learned of the registry could not be kept for later steps: ${String(thrown)}`,
    });
  }
}
