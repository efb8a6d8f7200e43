import type { JsonGeneralName } from '@peculiar/x509';

export const GITHUB_ISSUER = 'https://token.actions.githubusercontent.com';

/** Claims of an OIDC token, from which Fulcio makes the certificate. */
export type Claims = Readonly<Record<string, unknown>>;

export interface GithubIdentityOptions {
  /** `owner/name`, default `acme/app`. */
  readonly repository?: string;
  /** Path of the workflow that was started (the caller), default `.github/workflows/release.yml`. */
  readonly workflow?: string;
  /** Default `refs/tags/v1.4.0`. */
  readonly ref?: string;
  /** A reusable workflow that does the signing, `owner/name/path@ref`; default the workflow itself. */
  readonly signer?: string;
  /** Default `github-hosted`. */
  readonly runner?: 'github-hosted' | 'self-hosted';
  /** Default 40 times `a`. */
  readonly sha?: string;
  readonly repositoryId?: string;
  readonly ownerId?: string;
  /** Default `public`. */
  readonly visibility?: 'public' | 'private' | 'internal';
  readonly event?: string;
  readonly extra?: Claims;
}

/** The claims of a GitHub Actions job (docs.github.com, "OpenID Connect reference"), as far as Fulcio reads them. */
export function githubIdentity(options: GithubIdentityOptions = {}): Claims {
  const {
    repository = 'acme/app',
    workflow = '.github/workflows/release.yml',
    ref = 'refs/tags/v1.4.0',
    runner = 'github-hosted',
    sha = 'a'.repeat(40),
    repositoryId = '1001',
    ownerId = '2002',
    visibility = 'public',
    event = 'push',
  } = options;
  const caller = `${repository}/${workflow}@${ref}`;
  return {
    iss: GITHUB_ISSUER,
    sub: `repo:${repository}:ref:${ref}`,
    event_name: event,
    sha,
    workflow: 'Release',
    repository,
    repository_id: repositoryId,
    repository_owner: repository.split('/', 1)[0],
    repository_owner_id: ownerId,
    repository_visibility: visibility,
    ref,
    workflow_ref: caller,
    workflow_sha: sha,
    job_workflow_ref: options.signer ?? caller,
    job_workflow_sha: sha,
    runner_environment: runner,
    run_id: '77',
    run_attempt: '1',
    ...options.extra,
  };
}

/** Somebody who signed in with a mail address. */
export function emailIdentity(email: string, issuer = 'https://accounts.example'): Claims {
  return { iss: issuer, sub: email, email, email_verified: true };
}

/** A service account or workload: its subject, a URI, becomes the certificate's name. */
export function uriIdentity(uri: string, issuer = 'https://accounts.example'): Claims {
  return { iss: issuer, sub: uri };
}

/** Names of the certificate as given, where Fulcio would make them from the claims; `upn` is an OtherName. */
export function withNames(claims: Claims, names: readonly JsonGeneralName[]): Claims {
  return { ...claims, [NAMES_CLAIM]: names };
}

/** A certificate without an issuer extension, as GitHub's release signer has it. */
export function withoutIssuer(claims: Claims): Claims {
  return { ...claims, iss: NO_ISSUER };
}

/** Our own: no real token has it. */
export const NAMES_CLAIM = 'test_certificate_names';
export const NO_ISSUER = 'test:no-issuer';

/** A JWT without a signature: the local Fulcio believes what stands in it. */
export function unsignedToken(claims: Claims, audience = 'sigstore'): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none', typ: 'JWT' })}.${part({ aud: audience, ...claims })}.`;
}
