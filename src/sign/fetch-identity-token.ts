import { CodedError } from '../errors/coded-error.ts';
import type { HttpClient } from '../net/types.ts';
import { isJsonObject, type JsonValue, parseStrictJson } from '../oci/strict-json.ts';
import { type IdentityToken, parseIdentityToken } from './identity-token.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Whom the token is for; Fulcio takes no other. */
const AUDIENCE = 'sigstore';
const MAX_BYTES = 64 * 1024;

export interface TokenRequest {
  readonly env: Env;
  readonly http: Pick<HttpClient, 'request'>;
  readonly signal: AbortSignal;
  /** Called with the token before it is used. */
  readonly onSecret?: ((value: string) => void) | undefined;
}

interface ActionsService {
  readonly url: URL;
  readonly bearer: string;
}

/** Throws `oidc-token-missing` where this run has no way to a token. Sends nothing. */
export function requireTokenSource(env: Env): void {
  if (tokenOfEnv(env) === undefined && actionsService(env) === undefined) throw missing(env);
}

/**
 * The OIDC token that stands for this run: GitHub's for the job (docs.github.com, "OpenID Connect reference": asked for
 * with ACTIONS_ID_TOKEN_REQUEST_URL and _TOKEN), else SIGSTORE_ID_TOKEN, as cosign takes it. Throws `oidc-token-missing`, `sign-failed`.
 */
export async function fetchIdentityToken({ env, http, signal, onSecret }: TokenRequest): Promise<IdentityToken> {
  const service = actionsService(env);
  const token = service === undefined ? tokenOfEnv(env) : await askActions(service, http, signal);
  if (token === undefined) throw missing(env);
  onSecret?.(token);
  return parseIdentityToken(token, env['GITHUB_SERVER_URL'] || undefined);
}

async function askActions(
  { url, bearer }: ActionsService,
  http: TokenRequest['http'],
  signal: AbortSignal,
): Promise<string> {
  const headers = { accept: 'application/json', authorization: `Bearer ${bearer}` };
  const { status, bytes } = await http.request({ method: 'GET', url, headers, purpose: 'auth', signal }, MAX_BYTES);
  if (status !== 200) {
    throw new CodedError(
      'sign-failed',
      `GitHub's OIDC service ${url.host} answered ${status}: there is no token to sign with`,
      {
        hint: 'Run the job again. If it stays so, check that the job has `permissions: id-token: write`.',
      },
    );
  }
  const token = readToken(bytes);
  if (token === undefined) {
    throw new CodedError('sign-failed', `GitHub's OIDC service ${url.host} answered 200 without a token`);
  }
  return token;
}

function readToken(bytes: Uint8Array): string | undefined {
  let answer: JsonValue;
  try {
    answer = parseStrictJson(bytes, { what: 'the answer' });
  } catch {
    return undefined; // the message of the parser may quote the token
  }
  const value = isJsonObject(answer) ? answer['value'] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function actionsService(env: Env): ActionsService | undefined {
  const url = env['ACTIONS_ID_TOKEN_REQUEST_URL'] || undefined;
  const bearer = env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] || undefined;
  if (url === undefined || bearer === undefined || !URL.canParse(url)) return undefined;
  const asked = new URL(url);
  asked.searchParams.set('audience', AUDIENCE);
  return { url: asked, bearer };
}

function tokenOfEnv(env: Env): string | undefined {
  return env['SIGSTORE_ID_TOKEN']?.trim() || undefined;
}

function missing(env: Env): CodedError {
  if (env['GITHUB_ACTIONS'] === 'true') {
    return new CodedError('oidc-token-missing', 'sign: keyless needs an OIDC token, and this job may not ask for one', {
      hint: 'Add to the job: `permissions: { id-token: write }` (besides those that it has; a pull request from a fork never gets it).',
    });
  }
  return new CodedError('oidc-token-missing', 'sign: keyless needs an OIDC token, and there is none', {
    hint: 'In GitHub Actions add `permissions: { id-token: write }` to the job; elsewhere set SIGSTORE_ID_TOKEN to a token for the audience sigstore.',
  });
}
