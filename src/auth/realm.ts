import { CodedError } from '../errors/coded-error.ts';
import { redactUrl } from '../net/redact.ts';

/**
 * The token server that a challenge names, if it may be asked at all. The realm is the registry's word, so a hostile
 * registry chooses it (CVE-2026-48978, CVE-2026-33990): https unless the registry itself is http, no userinfo. Where
 * its address leads is the HTTP client's to judge, and whether it may see a credential is mayReceiveCredential's.
 * `asked` is the request that the challenge answered, for messages. Throws `realm-refused`.
 */
export function parseRealm(realm: string, registry: URL, asked?: string): URL {
  const refuse = (shown: string, why: string): CodedError =>
    refused(shown, registry, asked === undefined ? why : `${why} (in answer to ${asked})`);
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  if (url === undefined) throw refuse(JSON.stringify(realm.slice(0, 200)), 'it is not an absolute URL');
  const shown = redactUrl(url);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw refuse(shown, `its scheme is ${url.protocol} where https: is expected`);
  }
  if (url.protocol === 'http:' && registry.protocol !== 'http:') {
    throw refuse(shown, 'it is http while the registry is https');
  }
  if (url.username !== '' || url.password !== '') throw refuse(shown, 'it holds a user name or a password');
  url.hash = '';
  return url;
}

export function refused(realm: string, registry: URL, why: string, cause?: unknown): CodedError {
  return new CodedError('realm-refused', `${registry.host} names the token server ${realm}, refused: ${why}`, {
    cause,
    hint: 'Check the name of the registry. If it is right, its token server is set up wrongly, or the registry is hostile.',
  });
}
