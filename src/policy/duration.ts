const SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400, w: 604_800 };
const UNITS = [
  ['w', 'week'],
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

/** Seconds -> `30d`, in the largest unit that is exact. Whole minutes. */
export function formatDuration(seconds: number): string {
  const [unit] = unitOf(seconds);
  return `${seconds / (SECONDS[unit] ?? 1)}${unit}`;
}

/** Seconds -> `30 days`. Whole minutes. */
export function describeDuration(seconds: number): string {
  const [unit, word] = unitOf(seconds);
  const count = seconds / (SECONDS[unit] ?? 1);
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** Weeks are said only where they were days before: `30d` is no `4.28w`, and `7d` reads better than `1w`. */
function unitOf(seconds: number): (typeof UNITS)[number] {
  const exact = UNITS.slice(1).find(([unit]) => seconds % (SECONDS[unit] ?? 1) === 0);
  return exact ?? UNITS[3];
}
