import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initTUF } from '@sigstore/tuf';
import { CodedError, hasCode } from '../errors/coded-error.ts';
import { parseTrustedRoots } from '../evidence/sigstore/trusted-root.ts';
import type { SigstoreProfile, SigstoreTrust } from '../evidence/trust.ts';
import { GITHUB_TUF_ROOT } from './github-tuf-root.ts';

/** The instances whose root can be fetched. */
export type FetchedRoot = 'public-good' | 'github';

export interface FetchRootsOptions {
  /** Where the TUF repository is; default the instance's own. */
  readonly mirrorUrl?: string | undefined;
  /** The root metadata that TUF begins with, as JSON; default the instance's, as embedded. */
  readonly initialRoot?: string | undefined;
  /** Of one request, in milliseconds; default 10 000. */
  readonly timeout?: number | undefined;
  /** Further tries of a request that failed; default 2. */
  readonly retries?: number | undefined;
  readonly now?: (() => Date) | undefined;
}

interface Instance {
  readonly mirrorUrl: string;
  /** undefined: the one that @sigstore/tuf brings along. */
  readonly initialRoot: string | undefined;
  readonly profile: SigstoreProfile;
  readonly hint: string;
}

const INSTANCES: Readonly<Record<FetchedRoot, Instance>> = {
  'public-good': {
    mirrorUrl: 'https://tuf-repo-cdn.sigstore.dev',
    initialRoot: undefined,
    profile: { transparencyLogs: 1, certificateLogs: 1, timestamps: 1 },
    hint: 'Without `refresh` the embedded root is used, which needs no network; or name a trusted_root.json as `root`.',
  },
  github: {
    mirrorUrl: 'https://tuf-repo.github.com',
    initialRoot: GITHUB_TUF_ROOT,
    profile: { transparencyLogs: 0, certificateLogs: 0, timestamps: 1 },
    hint: 'Or make a file once with `gh attestation trusted-root > trusted_root.jsonl`, and name it as `root`.',
  },
};
const TARGET = 'trusted_root.json';
/** tuf-js speaks through Node's own fetch, which knows proxies from Node 24 and 22.21 on, when told to. */
const PROXY_HINT = 'Behind a proxy this needs NODE_USE_ENV_PROXY=1 beside HTTPS_PROXY.';

/**
 * The trusted root of an instance as its publisher gives it out today, by TUF (the update framework): nothing that is not
 * signed along the chain from the embedded metadata is taken. Nothing is kept: metadata lives in a temporary folder for as
 * long as the fetch takes. Throws `trusted-root-fetch-failed`; `trusted-root-invalid` if what was fetched is no root.
 */
export async function fetchTrustedRoots(
  which: FetchedRoot,
  options: FetchRootsOptions = {},
): Promise<SigstoreTrust['roots']> {
  const instance = { ...INSTANCES[which], ...(options.initialRoot && { initialRoot: options.initialRoot }) };
  const mirrorUrl = options.mirrorUrl ?? instance.mirrorUrl;
  const folder = await mkdtemp(join(tmpdir(), 'oci-referrers-tuf-'));
  try {
    const json = await fetchTarget({ ...instance, mirrorUrl }, folder, options);
    const date = options.now?.() ?? new Date();
    return parseTrustedRoots(Buffer.from(json), { label: which, source: 'tuf', date, profile: instance.profile });
  } catch (error) {
    if (hasCode(error, 'trusted-root-invalid')) throw error;
    const message = `the trusted root ${which} could not be fetched from ${mirrorUrl}: ${describe(error)}`;
    throw new CodedError('trusted-root-fetch-failed', message, {
      cause: error,
      hint: `${instance.hint} ${PROXY_HINT}`,
    });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function fetchTarget(
  { mirrorUrl, initialRoot }: Instance,
  folder: string,
  { timeout = 10_000, retries = 2 }: FetchRootsOptions,
): Promise<string> {
  const rootPath = initialRoot === undefined ? undefined : join(folder, 'initial-root.json');
  if (rootPath !== undefined && initialRoot !== undefined) await writeFile(rootPath, initialRoot);
  const client = await initTUF({
    mirrorURL: mirrorUrl,
    cachePath: join(folder, 'cache'),
    timeout,
    retry: { retries },
    ...(rootPath !== undefined && { rootPath }),
  });
  return client.getTarget(TARGET);
}

/** The message, and those of its causes, of which the last is the telling one. */
function describe(error: unknown): string {
  const messages: string[] = [];
  for (let one = error; one instanceof Error && messages.length < 4; one = one.cause) {
    if (!messages.includes(one.message)) messages.push(one.message);
  }
  return messages.length === 0 ? String(error) : messages.join(': ');
}
