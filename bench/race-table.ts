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

/** Each kind of race once, with all its runs. */
export function mergeRaces(cells: readonly RaceCell[]): RaceCell[] {
  const merged = new Map<string, RaceCell>();
  for (const cell of cells) {
    const id = raceId(cell);
    merged.set(id, { ...cell, runs: [...(merged.get(id)?.runs ?? []), ...cell.runs] });
  }
  return [...merged.values()];
}

/** `2026-11-22`, or from which day to which the races were run, those included that a text names. */
export function daysOf(cells: readonly RaceCell[], text = ''): string {
  const today = new Date().toISOString().slice(0, 10);
  const own = cells.flatMap(({ runs }) => runs.map(({ day = today }) => day));
  const days = [...own, ...(text.match(/\b\d{4}-\d\d-\d\d\b/g) ?? [])].sort();
  const [first = today] = days;
  const last = days.at(-1) ?? today;
  return first === last ? first : `${first} to ${last}`;
}

/**
 * Races as a Markdown table, a row each. Rows of `before`, an older table, stay where these were not run again.
 */
export function renderRaceTable(cells: readonly RaceCell[], before = ''): string {
  const header =
    '| writers | stalls | registry | client | runs | entries lost, of all | runs that lost some | most in a run | failed | seconds (median) | requests a writer |';
  const rows = new Map([...rowsOf(before), ...cells.map(row)].map((line) => [keyOf(line).join('|'), line]));
  const registries = [...new Set([...rows.values()].map((line) => keyOf(line)[2]))].sort();
  const ranks = (line: string): number[] => {
    const [writers, stalls, registry = ''] = keyOf(line);
    return [Number(writers), stalls === 'yes' ? 1 : 0, registries.indexOf(registry)];
  };
  const sorted = [...rows.values()].sort((a, b) => {
    const [left, right] = [ranks(a), ranks(b)];
    return left.map((rank, i) => rank - (right[i] ?? 0)).find((difference) => difference !== 0) ?? 0;
  });
  return [header, '|---|---|---|---|---|---|---|---|---|---|---|', ...sorted].join('\n');
}

/** The rows of a table that was written before. */
export function rowsOf(table: string): string[] {
  return table.split('\n').filter((line) => /^\| \d/.test(line));
}

/** Writers, stalls, registry, client. */
function keyOf(line: string): string[] {
  return line
    .split(' | ')
    .slice(0, 4)
    .map((text) => text.replace(/^\| /, ''));
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
