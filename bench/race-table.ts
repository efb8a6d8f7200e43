/** One kind of race, and each time that it was run. */
export interface RaceCell {
  readonly registry: string;
  readonly writers: number;
  readonly isStalled: boolean;
  readonly client: string;
  readonly runs: readonly RaceRun[];
}

export interface RaceRun {
  /** In the end, after a repair where there was one. */
  readonly lost: number;
  readonly lostBefore: number;
  readonly failed: number;
  readonly milliseconds: number;
  /** NaN, or null once it was JSON: nobody counted. */
  readonly requests: number | null;
  readonly warned: readonly string[];
  /** `2026-11-22`; not in files of before it was kept. */
  readonly day?: string;
}

export type RaceKey = Pick<RaceCell, 'registry' | 'writers' | 'isStalled' | 'client'>;

/** The same for the same kind of race. */
export function raceId({ registry, writers, isStalled, client }: RaceKey): string {
  return JSON.stringify({ registry, writers, isStalled, client });
}

/** Each kind of race once, with all its runs, in the order of the table; the clients in the order in which they come. */
export function mergeRaces(cells: readonly RaceCell[]): RaceCell[] {
  const merged = new Map<string, RaceCell>();
  for (const cell of cells) {
    const id = raceId(cell);
    merged.set(id, { ...cell, runs: [...(merged.get(id)?.runs ?? []), ...cell.runs] });
  }
  const clients = [...new Set(cells.map(({ client }) => client))];
  return [...merged.values()].sort(
    (a, b) =>
      a.writers - b.writers ||
      Number(a.isStalled) - Number(b.isStalled) ||
      a.registry.localeCompare(b.registry) ||
      clients.indexOf(a.client) - clients.indexOf(b.client),
  );
}

/** `2026-11-22`, or from which day to which the races were run; undefined where none of them says. */
export function daysOf(cells: readonly RaceCell[]): string | undefined {
  const days = cells.flatMap(({ runs }) => runs.flatMap(({ day }) => day ?? [])).sort();
  const [first] = days;
  const last = days.at(-1);
  return first === last ? first : `${first} to ${last}`;
}

/** Races as a Markdown table, a row each. */
export function renderRaceTable(cells: readonly RaceCell[]): string {
  const header =
    '| writers | stalls | registry | client | runs | entries lost, of all | runs that lost some | most in a run | failed | seconds (median) | requests a writer |';
  return [header, '|---|---|---|---|---|---|---|---|---|---|---|', ...cells.map(row)].join('\n');
}

function row({ writers, isStalled, registry, client, runs }: RaceCell): string {
  const total = runs.length * writers;
  const lost = sum(runs.map((run) => run.lost));
  const before = sum(runs.map((run) => run.lostBefore));
  const share = lost === 0 ? '0' : `${lost} (${((100 * lost) / total).toFixed(1)} %)`;
  const repaired = before === lost ? '' : `; ${before} before the repair`;
  const cells = [
    writers,
    isStalled ? 'yes' : 'no',
    registry,
    client,
    runs.length,
    `${share} of ${total}${repaired}`,
    runs.filter((run) => run.lost > 0).length,
    Math.max(...runs.map((run) => run.lost)),
    sum(runs.map(({ failed }) => failed)),
    (median(runs.map(({ milliseconds }) => milliseconds)) / 1000).toFixed(1),
    runs.some(({ requests }) => requests === null || Number.isNaN(requests))
      ? ''
      : (sum(runs.map(({ requests }) => requests ?? 0)) / total).toFixed(1),
  ];
  return `| ${cells.join(' | ')} |`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
