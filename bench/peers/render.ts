import { GROUND_NAMES } from './ground.ts';
import { type Line, linesOf, type RowResult } from './results.ts';
import type { Row } from './rows.ts';

/** Where and how the figures were taken. */
export interface Circumstances {
  readonly date: Date;
  readonly machine: string;
  /** Of one minute: before the first row and after the last. */
  readonly load: readonly [number, number];
  readonly delayMs: number;
  readonly seconds: number;
  readonly megabytes: number;
  readonly count: number;
  /** Rows that there was no time for. */
  readonly left: readonly Row[];
}

/** The section of docs/performance.md: a table for each row, peers that do not do it below. */
export function renderPeers(results: readonly RowResult[], where: Circumstances): string {
  const { left } = where;
  const missing = left.map(({ title, ground }) => `${title}; ${GROUND_NAMES[ground]}`).join('. ');
  const tables = results.map((result) => renderRow(result, where));
  return [intro(where), ...tables, ...(missing === '' ? [] : [`No time was left for: ${missing}.`])].join('\n\n');
}

function intro({ date, machine, load, delayMs, seconds }: Circumstances): string {
  const day = date.toISOString().slice(0, 16).replace('T', ' ');
  return [
    `Measured on ${day} UTC in ${Math.round(seconds)} s with \`npm run bench:peers\`: Node ${process.versions.node}, ${machine}, load average ${load[0].toFixed(1)} at the start and ${load[1].toFixed(1)} at the end.`,
    `Clients take turns; figures are medians, and the number in brackets is how many times ours it is, the median of the ratios within one turn: below 1 the peer is ahead.`,
    `"+${delayMs} ms" is with so much on every request. Requests and rounds (the longest chain of requests that wait for one another) are counted by a proxy that everybody goes through; CPU is user and system of the client alone, memory its peak. A file that is attached is new to the registry, and so is the repository; the empty config is there in others.`,
  ].join(' ');
}

function renderRow(result: RowResult, where: Circumstances): string {
  const { row, samples, absent } = result;
  const [first] = samples;
  const counts = `medians of ${first?.quick.length ?? 0}, with the delay of ${first?.slow.length ?? 0}`;
  const size = { upload: `: ${where.megabytes} MB`, 'list-many': `: ${where.count}` }[row.act as string] ?? '';
  const direct =
    row.act === 'upload' ? ' Without the delay it goes to the registry directly, not through the proxy.' : '';
  const remark = row.remark === undefined ? '' : ` ${row.remark}`;
  return [
    `### ${row.title}${size}; ${GROUND_NAMES[row.ground]}`,
    '',
    `${counts[0]?.toUpperCase()}${counts.slice(1)}.${direct}${remark}`,
    '',
    `| client | requests | rounds | ms | ms, +${where.delayMs} ms | CPU ms | peak MiB |`,
    '|---|---|---|---|---|---|---|',
    ...linesOf(result).map(renderLine),
    ...(absent.length === 0 ? [] : ['', `Not: ${absent.map(({ name, why }) => `${name} (${why})`).join('; ')}.`]),
  ].join('\n');
}

function renderLine({ name, requests, rounds, quickMs, slowMs, cpuMs, rssMiB }: Line): string {
  const figures = [quickMs, slowMs, cpuMs, rssMiB].map(({ value, ratio }) =>
    ratio === undefined ? `**${value.toFixed(0)}**` : `${value.toFixed(0)} (${ratio.toFixed(2)})`,
  );
  return `| ${[name, requests, rounds, ...figures].join(' | ')} |`;
}
