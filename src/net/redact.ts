/** Query parameters of the distribution API, and of token services, whose values are harmless and help to read a log. */
const HARMLESS = new Set(['artifactType', 'n', 'last', 'digest', 'mount', 'from', 'tag', 'page', 'scope', 'service']);

/**
 * A URL fit for logs and messages: no userinfo, no fragment, and of the query only the values that are known to be
 * harmless. Signed storage URLs and upload states (`_state`, `X-Amz-Signature`, ...) are credentials for as long as
 * they live.
 */
export function redactUrl(url: URL): string {
  const origin = url.host === '' ? url.protocol : `${url.protocol}//${url.host}`;
  return `${origin}${url.pathname}${redactQuery(url.search)}`;
}

function redactQuery(search: string): string {
  if (search === '') return '';
  const parts = search.slice(1).split('&').map(redactParameter);
  return `?${parts.join('&')}`;
}

function redactParameter(parameter: string): string {
  const equals = parameter.indexOf('=');
  const name = equals < 0 ? parameter : parameter.slice(0, equals);
  if (HARMLESS.has(name)) return parameter;
  // A parameter without "=" is all value: there is no saying that it is a name.
  return equals < 0 ? '***' : `${name}=***`;
}
