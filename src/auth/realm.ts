import { CodedError } from '../errors/coded-error.ts';
import { redactUrl } from '../net/redact.ts';

/**
 * The token server that a challenge names, if it may be asked at all. The realm is the registry's word, so a hostile
 * registry chooses it (CVE-2026-48978, CVE-2026-33990): https unless the registry itself is http, no userinfo. Where
 * its address leads is the HTTP client's to judge, and whether it may see a credential is mayReceiveCredential's.
 * Throws `realm-refused`.
 */
export function parseRealm(realm: string, registry: URL): URL {
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  if (url === undefined) throw refused(JSON.stringify(realm.slice(0, 200)), registry, 'it is not an absolute URL');
  const shown = redactUrl(url);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw refused(shown, registry, `its scheme is ${url.protocol} where https: is expected`);
  }
  if (url.protocol === 'http:' && registry.protocol !== 'http:') {
    throw refused(shown, registry, 'it is http while the registry is https');
  }
  if (url.username !== '' || url.password !== '') throw refused(shown, registry, 'it holds a user name or a password');
  url.hash = '';
  return url;
}

export function refused(realm: string, registry: URL, why: string, cause?: unknown): CodedError {
  return new CodedError('realm-refused', `${registry.host} names the token server ${realm}, refused: ${why}`, {
    cause,
    hint: 'Check the name of the registry. If it is right, its token server is set up wrongly, or the registry is hostile.',
  });
}
