import type { CodedError } from '../errors/coded-error.ts';
import type { ErrorCode } from '../errors/codes.ts';
import { redactUrl } from '../net/redact.ts';
import { describeErrorBody, parseErrorBody } from '../oci/error-body.ts';
import { RegistryError } from '../oci/registry-error.ts';
import { GITHUB_TOKEN_ORIGIN } from './credentials/fixed-credentials.ts';
import type { Credential } from './types.ts';

/** An answer that refuses: of the registry, or of the token server that it names. */
export interface Refusal {
  readonly method: string;
  /** The URL that answered. */
  readonly url: URL;
  readonly status: number;
  /** What of the body was read; may be cut short or empty. */
  readonly body: Uint8Array;
}

/** Who asked, and for what. */
export interface RefusedParty {
  /** As the user names it: `docker.io`, `ghcr.io`. */
  readonly registry: string;
  readonly scopes: readonly string[];
  readonly credential: Credential | undefined;
}

/** Without a credential: `credentials-missing`. With one: what was refused, the credential or what it asks for. */
export function refusedError(party: RefusedParty, refusal: Refusal, why: 'credential' | 'scope'): RegistryError {
  if (party.credential === undefined) return credentialsMissing(party, refusal);
  return why === 'scope' ? scopeInsufficient(party, refusal) : credentialsRefused(party, refusal);
}

function credentialsMissing(party: RefusedParty, refusal: Refusal): RegistryError {
  const what = `${party.registry} asks for credentials${forScopes(party)}, and none were found`;
  return answerError('credentials-missing', what, refusal, missingHint(party.registry));
}

function credentialsRefused(party: RefusedParty, refusal: Refusal): RegistryError {
  const what = `${serverName(party, refusal)} refused ${describeCredential(party.credential)}${forScopes(party)}`;
  const check = 'Check the user name and the secret: it may have expired, or belong to another registry.';
  return answerError('credentials-refused', what, refusal, joinHints(check, permissionHint(party.registry)));
}

function scopeInsufficient(party: RefusedParty, refusal: Refusal): RegistryError {
  const what = `${describeCredential(party.credential)} may not do this at ${party.registry}${forScopes(party)}`;
  const check = 'The credential is known, but lacks the right: check the role or the scopes that it was given.';
  return answerError('scope-insufficient', what, refusal, joinHints(check, permissionHint(party.registry)));
}

/** A coded error that carries an answer: what, then the request and what was said. */
export function answerError(code: ErrorCode, what: string, refusal: Refusal, hint?: string): RegistryError {
  const url = redactUrl(refusal.url);
  const said = describeErrorBody(refusal.body);
  const answered = `${refusal.method} ${url} answered ${refusal.status}${said === undefined ? '' : ` (${said})`}`;
  const details = { method: refusal.method, url, status: refusal.status, errors: parseErrorBody(refusal.body) };
  return new RegistryError(code, `${what}: ${answered}`, details, { hint });
}

/** "the credential from /home/me/.docker/config.json". */
export function describeCredential(credential: Credential | undefined): string {
  if (credential === undefined) return 'anonymous access';
  if (credential.origin === GITHUB_TOKEN_ORIGIN) return "the job's github-token";
  return `the credential from ${credential.origin}`;
}

/**
 * What a registry that told us apart from strangers may still want before it allows something; undefined where there
 * is nothing particular to say. For 403 answers, too.
 */
function permissionHint(registry: string): string | undefined {
  if (registry !== 'ghcr.io') return undefined;
  return 'On ghcr.io the job needs `permissions: packages: write` (read is enough to list), and the package must let this repository in: package settings, "Manage Actions access". A pull request from a fork cannot write. A personal access token must be a classic one.';
}

function missingHint(registry: string): string {
  const ways = 'Give the inputs registry-username and registry-password, or log in before with docker login';
  return registry === 'ghcr.io'
    ? `${ways}; for ghcr.io the input github-token is enough, with \`permissions: packages: write\` (read to list).`
    : joinHints(`${ways}. A repository that does not exist looks the same to strangers.`, hubHint(registry));
}

/** `acme/app:1.4` is read as docker reads it, which a user of another registry may not have meant. */
function hubHint(registry: string): string | undefined {
  return registry === 'docker.io' ? 'A name without a host is one of Docker Hub: was it to be ghcr.io/...?' : undefined;
}

function joinHints(...hints: readonly (string | undefined)[]): string {
  return hints.filter((hint) => hint !== undefined).join(' ');
}

function serverName(party: RefusedParty, refusal: Refusal): string {
  const host = refusal.url.host;
  return host === party.registry ? host : `${host}, for ${party.registry},`;
}

function forScopes(party: RefusedParty): string {
  return party.scopes.length === 0 ? '' : ` (${party.scopes.join(' ')})`;
}

/** The codes with which a registry or its token server turns somebody away. */
export function isAuthRefusal(error: CodedError): boolean {
  const codes: readonly ErrorCode[] = ['credentials-missing', 'credentials-refused', 'scope-insufficient'];
  return codes.includes(error.code);
}
