import { type Claims, unsignedToken } from './identity.ts';
import { type LocalService, startService } from './local-service.ts';

/** GitHub's token service for jobs: who has the job's secret gets a token for the audience that it names. */
export interface OidcService extends LocalService {
  /** The variables that a job with `id-token: write` has. */
  readonly env: Readonly<Record<string, string>>;
  /** Of the tokens from now on. */
  claims: Claims;
}

const PATH = '/idtoken';
const SECRET = 'secret-of-the-job';

export async function startOidcService(claims: Claims): Promise<OidcService> {
  const service = await startService(PATH, async (_, request) => {
    if (request.headers.authorization !== `Bearer ${SECRET}`) return { statusCode: 401, response: 'who are you?' };
    const audience = new URL(request.url ?? '', 'http://127.0.0.1').searchParams.get('audience') ?? 'nobody';
    const value = unsignedToken(oidc.claims, audience);
    return { statusCode: 200, response: JSON.stringify({ count: 1, value }), contentType: 'application/json' };
  });
  const oidc: OidcService = Object.assign(service, {
    claims,
    env: {
      GITHUB_ACTIONS: 'true',
      GITHUB_SERVER_URL: 'https://github.com',
      ACTIONS_ID_TOKEN_REQUEST_URL: `${service.url}${PATH}?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: SECRET,
    },
  });
  return oidc;
}
