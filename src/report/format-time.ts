const RFC3339 = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}):\d{2}(?:\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** An RFC 3339 time to the minute, `2026-11-20 09:15 UTC`; any other text as it is. */
export function formatTime(text: string): string {
  const match = RFC3339.exec(text);
  if (match === null) return text;
  const [, day, minute, zone] = match;
  return `${day} ${minute} ${zone === 'Z' ? 'UTC' : zone}`;
}
