const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  µs: 1e-3,
  us: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * The wait that a `Retry-After` header asks for, in milliseconds; undefined when it cannot be read. Seconds or an
 * HTTP date (RFC 9110 §10.2.3; a date that has passed is 0), or a duration as Go prints it ("1.88ms", "1m30s"),
 * which ghcr.io has been seen to send.
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  return parseGoDuration(text) ?? parseHttpDate(text, now);
}

/** ghcr.io says it within the error message too: `retry-after: 880.092µs, allowed: 44000/minute`. */
const IN_MESSAGE = /retry-after:\s*([^\s,;"}]+)/i;

/** The wait that an error body asks for, in milliseconds; undefined when it asks for none. */
export function parseRetryAfterBody(body: Uint8Array): number | undefined {
  const text = Buffer.from(body)
    .toString('utf8')
    .replaceAll(/\\u(00b5|03bc)/gi, 'µ');
  const duration = IN_MESSAGE.exec(text)?.[1];
  return duration === undefined ? undefined : parseRetryAfter(duration, Date.now());
}

const GO_DURATION = /^(\d+(\.\d+)?(ns|µs|us|ms|s|m|h))+$/;

function parseGoDuration(text: string): number | undefined {
  // Go prints U+00B5; U+03BC is its twin; in a header its UTF-8 octets arrive as two ISO-8859-1 characters.
  const plain = text.replaceAll(/Â?µ|Î¼|μ/g, 'µ');
  if (!GO_DURATION.test(plain)) return undefined;
  let total = 0;
  for (const [, number, , unit] of plain.matchAll(/(\d+(\.\d+)?)(ns|µs|us|ms|s|m|h)/g)) {
    total += Number(number) * (UNIT_MS[unit ?? ''] ?? 0);
  }
  return total;
}

/** IMF-fixdate and the two obsolete forms name a day or a month; Date.parse alone would also take "12" or "2 fish". */
const HTTP_DATE = /^(mon|tue|wed|thu|fri|sat|sun)/i;

function parseHttpDate(text: string, now: number): number | undefined {
  if (!HTTP_DATE.test(text)) return undefined;
  // The obsolete asctime form has no zone and means UTC like the others.
  const at = Date.parse(/gmt$/i.test(text) ? text : `${text} GMT`);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
