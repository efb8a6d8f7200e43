import { headersAcross } from '../net/redirect.ts';
import type { HttpClient, HttpRequest } from '../net/types.ts';
import { parseChallenges } from './challenge.ts';
import { chooseChallenge } from './choose-challenge.ts';
import { parseRealm } from './realm.ts';
import { type AnyResponse, discard } from './refusal-body.ts';
import { createTokenService } from './token-service.ts';

/**
 * A registry redirected a read to another host, and that one wants a token (gcr.io and vanity names do so): one
 * anonymous exchange for that host alone, never with the registry's credential or token. Where that is not possible,
 * the 401 is the answer.
 */
export async function askForeignHost<R extends AnyResponse>(
  request: HttpRequest,
  response: R,
  transport: (request: HttpRequest) => Promise<R>,
  options: {
    readonly http: HttpClient;
    readonly origin: URL;
    readonly onSecret?: ((value: string) => void) | undefined;
  },
): Promise<R> {
  const challenge = chooseChallenge(parseChallenges(response.headers.all('www-authenticate')));
  if (challenge?.scheme !== 'bearer') return response;
  await discard(response);
  const origin = new URL(response.url.origin);
  const { value } = await createTokenService(options).fetchToken({
    registry: origin.host,
    origin,
    realm: parseRealm(challenge.realm, origin),
    service: challenge.service,
    scopes: challenge.scopes,
    credential: undefined,
  });
  const harmless = headersAcross(request.url, response.url, request.headers ?? {});
  const headers = { ...harmless, authorization: `Bearer ${value}` };
  return await transport({ ...request, url: response.url, headers, onBehalfOf: options.origin });
}
