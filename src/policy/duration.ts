const SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400, w: 604_800 };
const UNITS = [
  ['d', 'day'],
  ['h', 'hour'],
  ['m', 'minute'],
] as const;

/** Longest duration, in seconds: 100 years. */
const MAX_SECONDS = 100 * 366 * 86_400;

/** `90m`, `12h`, `30d`, `1w` -> seconds; undefined for anything else, for none and for more than 100 years. */
export function parseDuration(text: string): number | undefined {
  const [, digits, unit] = /^([0-9]{1,9})([mhdw])$/.exec(text) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  const seconds = Number(digits) * (SECONDS[unit] ?? Number.NaN);
  return seconds > 0 && seconds <= MAX_SECONDS ? seconds : undefined;
}

/** Seconds -> `30 days`, in the largest of days, hours and minutes that is exact. */
export function describeDuration(seconds: number): string {
  const [unit, word] = UNITS.find(([one]) => seconds % (SECONDS[one] ?? 1) === 0) ?? UNITS[2];
  const count = seconds / (SECONDS[unit] ?? 1);
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

const PARTS = [...UNITS.map(([unit, word]) => [SECONDS[unit] ?? 1, word] as const), [1, 'second'] as const];

/** Milliseconds -> `42 days 3 hours`, `1 minute`: the two largest units that it has, rounded up to a second. */
export function describeAge(milliseconds: number): string {
  let rest = Math.max(1, Math.ceil(milliseconds / 1000));
  const parts = PARTS.flatMap(([size, word]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? [] : [`${count} ${word}${count === 1 ? '' : 's'}`];
  });
  return parts.slice(0, 2).join(' ');
}
