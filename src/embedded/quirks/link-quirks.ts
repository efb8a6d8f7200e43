import { type RegistryResponse, withHeaders } from '../exchange.ts';
import type { Call } from '../registry-context.ts';
import type { QuirkLayer } from './quirk-layer.ts';

/** The Link header of a page of referrers, as registries write it and as they should not. RFC 8288 §3. */
export const linkQuirks: QuirkLayer = {
  after(call, response) {
    const { route, quirks } = call;
    if (route.kind !== 'referrers' || response.status !== 200) return response;
    if (quirks.referrersLink === 'endless') return endless(call, response);
    const target = /^<([^>]*)>/.exec(String(response.headers['link'] ?? ''))?.[1];
    return target === undefined ? response : withHeaders(response, { link: styled(call, nextTarget(call, target)) });
  },
};

function nextTarget({ quirks }: Call, target: string): string {
  if (quirks.referrersPageDropsFilter !== true) return target;
  const [path = '', query] = target.split('?');
  const parameters = new URLSearchParams(query);
  parameters.delete('artifactType');
  return `${path}?${parameters}`;
}

function styled(call: Call, target: string): string | string[] | undefined {
  const { quirks, context, request } = call;
  const { first, second } = context.origins;
  const next = `<${target}>; rel="next"`;
  const previous = `<${request.path}?page=0>; rel="prev"`;
  switch (quirks.referrersLink ?? 'relative') {
    case 'relative':
    case 'endless':
      return next;
    case 'query-only':
      return `<${target.slice(target.indexOf('?'))}>; rel="next"`;
    case 'absolute':
      return `<${first}${target}>; rel="next"`;
    case 'unquoted':
      return `<${target}>; rel=next`;
    case 'upper-case':
      return `<${target}>; REL="NEXT"`;
    case 'several':
      return `${previous}, <${request.path}?a,b>; title="a, \\"b\\""; rel="first", ${next}`;
    case 'split':
      return [previous, next];
    case 'loop':
      return `<${request.path}?${request.query}>; rel="next"`;
    case 'cross-origin':
      return `<${quirks.otherOrigin ?? second ?? 'http://127.0.0.2:9'}${target}>; rel="next"`;
    case 'http-downgrade':
      return `<${first.replace(/^https:/, 'http:')}${target}>; rel="next"`;
    case 'previous-only':
      return previous;
    case 'other-rel':
      return `<${target}>; rel="nextpage"; title="next"`;
    case 'missing':
      return undefined;
  }
}

/** A page that always has a next one. */
function endless({ request }: Call, response: RegistryResponse): RegistryResponse {
  const page = Number(request.query.get('page') ?? 0) + 1;
  const query = new URLSearchParams(request.query);
  query.set('page', String(page));
  return withHeaders(response, { link: `<${request.path}?${query}>; rel="next"` });
}
