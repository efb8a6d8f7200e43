import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import { createDefaultCredentials } from '../auth/credentials/default-credentials.ts';
import { createRegistrySession } from '../auth/registry-session.ts';
import type { CredentialProvider, RegistrySession } from '../auth/types.ts';
import { CodedError } from '../errors/coded-error.ts';
import type { Warning } from '../errors/warning.ts';
import { createHttpClient } from '../net/http-client.ts';
import { isLoopbackHost } from '../net/ip-address.ts';
import type { Economy, HttpClient, RequestTrace } from '../net/types.ts';
import { formatRepository, type LayoutReference, type Reference, type RegistryReference } from '../oci/reference.ts';
import { type CapabilityMemory, createCapabilityMemory } from '../referrers/capability.ts';
import { RegistryStore } from '../store/registry/registry-store.ts';
import type { Store } from '../store/store.ts';
import { VERSION } from '../version.ts';
import { type CapabilityFile, openCapabilityFile } from './capability-file.ts';
import type { RegistryOptions } from './common-options.ts';

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
  /** The client under them, for what is no registry. */
  readonly http: Pick<HttpClient, 'request'>;
  readonly capabilities: CapabilityMemory;
  readonly economy: Economy;
  /** See HttpClient. */
  describePending(): string | undefined;
  close(): Promise<void>;
}

/** What Docker Hub is called, and where it answers. */
const HUB_HOST = 'registry-1.docker.io';

export async function createStores(options: RegistryOptions, environment: StoresEnvironment): Promise<Stores> {
  const { env, signal, onWarning, onTrace, onSecret } = environment;
  const http = createHttpClient({
    concurrency: options.concurrency,
    retries: options.retries,
    timeoutMs: options.timeout * 1000,
    insecure: options.insecure,
    ca: await readCa(options.caFile, environment.workspace),
    env,
    signal,
    onTrace,
    userAgent: `oci-referrers/${VERSION}`,
  });
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
    http,
    capabilities: file ?? createCapabilityMemory(),
    get economy() {
      return http.economy;
    },
    describePending: () => http.describePending(),
    close: async () => {
      saveCapabilities(file, onWarning);
      await http.close();
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
  return new RegistryStore({ name: formatRepository(reference), session, repository, onWarning });
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

/** Loopback needs no TLS: nothing leaves the machine. */
export function originOf(registry: string, plainHttp: boolean): URL {
  const host = registry === 'docker.io' || registry === 'index.docker.io' ? HUB_HOST : registry;
  const url = new URL(`https://${host}`);
  return plainHttp || isLoopbackHost(url.hostname) ? new URL(`http://${host}`) : url;
}

async function openLayoutStore(reference: LayoutReference, { environment }: Wiring): Promise<Store> {
  const { openLayout } = await import('../store/layout/open-layout.ts');
  return openLayout(resolve(environment.workspace, reference.directory), { fallbackTag: true });
}

async function readCa(path: string | undefined, workspace: string): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const file = isAbsolute(path) ? path : resolve(workspace, path);
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
