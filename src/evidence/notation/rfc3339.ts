const RFC3339 = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** A date-time of RFC 3339 §5.6 to the second, as the Notary Project signs them; undefined: it is none. */
export function parseRfc3339(text: string): Date | undefined {
  const [, date, time, zone] = RFC3339.exec(text) ?? [];
  if (date === undefined) return undefined;
  const day = new Date(`${date}T00:00:00Z`);
  // Date turns the 31st of June into the 1st of July
  if (Number.isNaN(day.getTime()) || !day.toISOString().startsWith(date)) return undefined;
  const at = new Date(`${date}T${time}${zone}`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}
