const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/** A time to any precision: whole seconds since 1970, and the digits of the fraction without trailing zeros. */
interface Instant {
  readonly seconds: number;
  readonly fraction: string;
}

/** RFC 3339 §5.6 -> instant; undefined for anything else, a 30th of February too. */
export function parseInstant(text: string): Instant | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const [fraction = '', sign, offsetHours, offsetMinutes] = match.slice(7);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isDay = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  // second 60 is a leap second
  if (!isDay || hour > 23 || minute > 59 || second > 60) return undefined;
  const [ahead, aheadMinutes] = [Number(offsetHours ?? 0), Number(offsetMinutes ?? 0)];
  if (ahead > 23 || aheadMinutes > 59) return undefined;
  const offset = (ahead * 3600 + aheadMinutes * 60) * (sign === '-' ? -1 : 1);
  const seconds = date.getTime() / 1000 + hour * 3600 + minute * 60 + second - offset;
  return { seconds, fraction: fraction.replace(/0+$/, '') };
}

/**
 * The order of two annotation values, as of Array.sort: RFC 3339 times as instants (zones and fractions of any length),
 * everything else as strings. A time and another value compare as strings.
 */
export function compareSortValues(a: string, b: string): number {
  const [left, right] = [parseInstant(a), parseInstant(b)];
  if (left === undefined || right === undefined) return compareStrings(a, b);
  return left.seconds - right.seconds || compareStrings(left.fraction, right.fraction);
}

function compareStrings(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
