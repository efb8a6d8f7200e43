import { CodedError } from '../errors/coded-error.ts';
import { isJsonObject, type JsonObject, parseStrictJson } from '../oci/strict-json.ts';

/** An OIDC token with what is read from it here; Fulcio is who verifies it. */
export interface IdentityToken {
  readonly token: string;
  readonly issuer: string;
  /** What Fulcio will write into the certificate as its name, as far as that can be told. */
  readonly identity: string;
  /** `repository_visibility` of GitHub's tokens. */
  readonly visibility: string | undefined;
}

/**
 * A JWT -> its claims. `serverUrl`: of the GitHub that issues it, default https://github.com. Throws `sign-failed`;
 * nothing of the token is shown.
 */
export function parseIdentityToken(token: string, serverUrl = 'https://github.com'): IdentityToken {
  const claims = readClaims(token);
  const [issuer, subject, email] = [textOf(claims, 'iss'), textOf(claims, 'sub'), textOf(claims, 'email')];
  if (issuer === undefined || subject === undefined) throw invalid('it has no iss or no sub');
  if (email !== undefined && claims['email_verified'] !== true) throw invalid('its issuer did not verify the email');
  const workflow = textOf(claims, 'job_workflow_ref');
  // fulcio pkg/identity/github: the workflow that signs; pkg/identity/email; the subject of others
  const identity = workflow === undefined ? (email ?? subject) : `${serverUrl.replace(/\/+$/, '')}/${workflow}`;
  return { token, issuer, identity, visibility: textOf(claims, 'repository_visibility') };
}

function readClaims(token: string): JsonObject {
  const [, payload, signature, ...rest] = token.split('.');
  if (payload === undefined || signature === undefined || rest.length > 0) throw invalid('it is no JWT');
  try {
    const claims = parseStrictJson(Buffer.from(payload, 'base64url'), { what: 'the token' });
    if (isJsonObject(claims)) return claims;
  } catch {
    // the message of the parser may quote the token
  }
  throw invalid('its claims are no JSON object');
}

function textOf(claims: JsonObject, name: string): string | undefined {
  const value = claims[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function invalid(why: string): CodedError {
  return new CodedError('sign-failed', `the OIDC token cannot be used to sign: ${why}`);
}
