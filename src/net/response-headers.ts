import type { ResponseHeaders } from './types.ts';

/** Header fields as the connection gave them: name, value, name, value, ... Values are ISO-8859-1 octets (RFC 9110 §5.5). */
export type RawHeaders = readonly (Uint8Array | string)[];

/** Response headers; names in any case, repeated fields kept apart and in order. */
export function buildResponseHeaders(raw: RawHeaders): ResponseHeaders {
  const byName = new Map<string, string[]>();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = toText(raw[i]).toLowerCase();
    const value = toText(raw[i + 1]).trim();
    const values = byName.get(name);
    if (values === undefined) byName.set(name, [value]);
    else values.push(value);
  }
  return {
    get: (name) => byName.get(name.toLowerCase())?.[0],
    all: (name) => byName.get(name.toLowerCase()) ?? [],
  };
}

function toText(octets: Uint8Array | string | undefined): string {
  if (octets === undefined) return '';
  return typeof octets === 'string' ? octets : Buffer.from(octets).toString('latin1');
}
