import { CodedError } from '../../../errors/coded-error.ts';
import type { CertificateSigner, Signer } from '../../../evidence/signer.ts';
import type { Trust } from '../../../evidence/trust.ts';
import { fetchIdentityToken, requireTokenSource } from '../../../sign/fetch-identity-token.ts';
import type { IdentityToken } from '../../../sign/identity-token.ts';
import { parseSigningKey, type SigningKey } from '../../../sign/private-key.ts';
import { parseSigningConfig } from '../../../sign/signing-config.ts';
import { githubServices, PUBLIC_GOOD_SERVICES, type SigningServices } from '../../../sign/signing-services.ts';
import type { CommandContext } from '../../context.ts';
import type { AttachOptions } from '../options.ts';
import { readInputFile } from './read-input-file.ts';
import { repositoryVisibility } from './repository-visibility.ts';

/** Who signs, and where. */
export interface SigningParty {
  readonly signer: { readonly token: string } | { readonly key: SigningKey };
  readonly services: SigningServices | undefined;
  /** For people. */
  readonly shown: string;
  /** Whether a verified signature is this party's own. */
  readonly isOwn: (signer: Signer) => boolean;
  /** By which its own signatures are verified; undefined: no root is at hand for these services. */
  readonly trust: () => Promise<Trust | undefined>;
}

/**
 * What of the party can be known before any request; the rest, an OIDC token, is asked for once, when it is first needed.
 * Throws what is wrong with the inputs: `oidc-token-missing`, `key-invalid`, `input-invalid`, `file-missing`, ...
 */
export async function prepareParty(
  options: AttachOptions,
  context: CommandContext,
  fetchRoots: () => Promise<Roots> = fetchGithubRoots,
): Promise<() => Promise<SigningParty>> {
  const { workspace } = context;
  const config = await readConfig(options, context);
  const root = options.trustedRoot;
  const rootBytes = root === undefined ? undefined : await readInputFile(root, 'trusted-root', workspace);
  const roots = rootBytes === undefined ? undefined : await parseRoots(rootBytes, options.trustedRoot ?? '');
  if (options.sign === 'key') {
    const party = keyParty(await readKey(options, workspace), config);
    return async () => party;
  }
  requireTokenSource(context.env);
  if (config !== undefined && config.fulcioUrl === undefined) {
    throw new CodedError(
      'input-conflict',
      `sign: keyless needs a certificate authority, and ${config.label} names none`,
    );
  }
  let party: Promise<SigningParty> | undefined;
  return () => {
    party ??= keylessParty(options, context, { config, roots, fetchRoots });
    return party;
  };
}

async function readConfig(options: AttachOptions, context: CommandContext): Promise<SigningServices | undefined> {
  const { signingConfig: path, sign } = options;
  if (path === undefined) return undefined;
  const bytes = await readInputFile(path, 'signing-config', context.workspace);
  const services = parseSigningConfig(bytes, path, context.now());
  if (sign === 'key' && services.rekor?.version === 2) {
    throw new CodedError('input-conflict', `sign: key cannot be logged by Rekor v2, which ${path} names`, {
      hint: 'Leave the log out of the signing configuration, or sign keyless.',
    });
  }
  return services;
}

type Roots = Extract<Trust, { kind: 'sigstore' }>['roots'];

async function parseRoots(bytes: Uint8Array, label: string): Promise<Roots> {
  const { parseTrustedRoots } = await import('../../../evidence/sigstore/trusted-root.ts');
  return parseTrustedRoots(bytes, { label, source: 'file' });
}

async function readKey(options: AttachOptions, workspace: string): Promise<SigningKey> {
  const { signingKeyFile: path, signingKey, signingKeyPassword: password } = options;
  if (path === undefined) return parseSigningKey(signingKey ?? '', 'signing-key', password);
  const pem = Buffer.from(await readInputFile(path, 'signing-key-file', workspace)).toString('latin1');
  return parseSigningKey(pem, `signing-key-file ${JSON.stringify(path)}`, password);
}

function keyParty(key: SigningKey, services: SigningServices | undefined): SigningParty {
  const { publicKey, fingerprint } = key;
  return {
    signer: { key },
    services,
    shown: `the key ${fingerprint}`,
    isOwn: (signer) => signer.kind === 'key' && signer.fingerprint === fingerprint,
    trust: async () => ({ kind: 'key', name: 'signing-key', key: publicKey, fingerprint, log: 'none' }),
  };
}

interface Given {
  readonly config: SigningServices | undefined;
  readonly roots: Roots | undefined;
  readonly fetchRoots: () => Promise<Roots>;
}

async function keylessParty(
  options: AttachOptions,
  { env, http, signal, onSecret, onStep }: CommandContext,
  { config, roots, fetchRoots }: Given,
): Promise<SigningParty> {
  const token = await fetchIdentityToken({ env, http, signal, onSecret });
  const services = config ?? (await chooseInstance(options, env, token));
  const where = services.rekor === undefined ? 'nothing is published' : `published in ${services.rekor.url}`;
  onStep?.(`signing as ${token.identity} at ${services.fulcioUrl} (${services.label}: ${where})`);
  let known: Promise<Roots | undefined> | undefined;
  return {
    signer: { token: token.token },
    services,
    shown: token.identity,
    isOwn: (signer) => signer.kind === 'certificate' && isOfToken(signer, token),
    trust: async () => {
      known ??= rootsOf(services, roots, fetchRoots);
      const found = await known;
      return found && { kind: 'sigstore', name: services.label, roots: found };
    },
  };
}

/** The roots that evidence of these services verifies under: as given, as embedded, or as GitHub publishes them. */
async function rootsOf(
  services: SigningServices,
  given: Roots | undefined,
  fetchRoots: () => Promise<Roots>,
): Promise<Roots | undefined> {
  if (given !== undefined) return given;
  if (services === PUBLIC_GOOD_SERVICES) return publicGood();
  // a tenant's own root is not published there
  return services.fulcioUrl === githubServices(undefined).fulcioUrl ? fetchRoots() : undefined;
}

/** By TUF: they change every few months, and an embedded copy would soon know none of the newest. */
async function fetchGithubRoots(): Promise<Roots> {
  const { fetchTrustedRoots } = await import('../../../tuf/fetch-trusted-roots.ts');
  return fetchTrustedRoots('github');
}

function isOfToken(signer: CertificateSigner, token: IdentityToken): boolean {
  return signer.identity === token.identity && signer.issuer === token.issuer;
}

async function publicGood(): Promise<Roots> {
  const { publicGoodRoots } = await import('../../../evidence/sigstore/public-good-roots.ts');
  return publicGoodRoots();
}

/** As actions/attest decides: what is not known to be public is not published. Outside of Actions there is only one. */
async function chooseInstance(
  { sigstoreInstance }: AttachOptions,
  env: CommandContext['env'],
  token: IdentityToken,
): Promise<SigningServices> {
  const github = githubServices(env['GITHUB_SERVER_URL']);
  if (sigstoreInstance !== 'auto') return sigstoreInstance === 'github' ? github : PUBLIC_GOOD_SERVICES;
  if (env['GITHUB_ACTIONS'] !== 'true') return PUBLIC_GOOD_SERVICES;
  const visibility = (await repositoryVisibility(env)) ?? token.visibility;
  return visibility === 'public' ? PUBLIC_GOOD_SERVICES : github;
}
