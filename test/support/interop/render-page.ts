import type { ClientRow } from './client.ts';
import type { Cell, Matrix, MatrixRow } from './matrix.ts';
import { CLIENT_ROWS } from './matrix-rows.ts';
import { PEERS, type Program } from './peers.ts';
import type { RegistryColumn } from './registries.ts';
import { DEEP_ROW, GAINS_API_ROW } from './registry-rows.ts';

export interface MatrixPage {
  readonly columns: readonly RegistryColumn[];
  readonly rows: readonly ClientRow[];
  readonly matrix: Matrix;
  readonly suite: Program;
  readonly buildSeconds: number;
  readonly runSeconds: number;
  readonly date: Date;
}

/** docs/interop.md: what works with whom. Reasons are numbered below each table. */
export function renderMatrixPage(page: MatrixPage): string {
  return [
    '# What works with whom',
    '',
    'Real registries and clients against this project, on one machine, over loopback, nothing replaced. `npm run test:interop` runs them; with `INTEROP_REPORT=docs/interop.md` it writes this page.',
    '',
    ...summary(page),
    '',
    '## What took part',
    '',
    ...versionTable(page),
    ...CLIENT_ROWS.flatMap((row) => ['', `## ${row.title}`, '', row.text, '', ...clientTable(page, row)]),
    ...[DEEP_ROW, GAINS_API_ROW].flatMap((row) => [
      '',
      `## ${row.title}`,
      '',
      row.text,
      '',
      ...registryTable(page, row),
    ]),
    '',
  ].join('\n');
}

function summary({ matrix, date, buildSeconds, runSeconds }: MatrixPage): string[] {
  const count = (kind: Cell['kind']): number => matrix.entries.filter(({ cell }) => cell.kind === kind).length;
  const had = `${count('pass')} cells pass, ${count('fail')} fail, ${count('cannot')} are something that the client or the registry does not do.`;
  return [
    `Run on ${date.toISOString().slice(0, 10)}: ${had} Building what was not built yet took ${buildSeconds} s, the cells ${runSeconds} s.`,
  ];
}

function versionTable({ columns, rows, suite }: MatrixPage): string[] {
  const registries = columns.map(({ name, version, refused }) => ['registry', name, version, refused]);
  const clients = rows.map((row) => ['client', row.name, row.version, 'refused' in row ? row.refused : undefined]);
  const official = 'refused' in suite ? `could not be had: ${plain(suite.refused)}` : 'is there: `npm run conformance`';
  return [
    '| | name | version | |',
    '|---|---|---|---|',
    ...[...registries, ...clients].map(
      ([kind, name, version, refused]) =>
        `| ${kind} | ${name} | ${version} | ${refused === undefined ? 'ran' : `could not be had: ${plain(refused)}`} |`,
    ),
    `| suite | distribution-spec conformance | ${PEERS.conformance.version} | ${official} |`,
    '',
    'Signatures by workflow identity (keyless, Rekor v1 and v2, time stamps, no log) are held against cosign in both directions by `test/interop/cosign.test.ts`, in a Sigstore on loopback. What the official suite looks at, and more, is asked of the embedded registry and of real ones: [what distribution-spec asks of a registry, and who does it](registry-conformance.md).',
  ];
}

/** Clients that do nothing of a row are named below its table, with their reasons. */
function clientTable(page: MatrixPage, row: MatrixRow): string[] {
  const columns = page.columns.filter(({ start }) => start !== undefined);
  const notes = new Notes();
  const lines: string[] = [];
  const absent: string[] = [];
  for (const { name } of page.rows) {
    const cells = columns.map((column) => page.matrix.cellAt(row.id, name, column.name));
    const reasons = new Set(cells.map((cell) => (cell?.kind === 'cannot' ? cell.reason : undefined)));
    const [first] = reasons;
    if (reasons.has(undefined)) lines.push(`| ${name} | ${cells.map((cell) => notes.show(cell)).join(' | ')} |`);
    else absent.push(`${name} (${first})`);
  }
  const head = columns.map(({ name }) => name);
  return [
    `| | ${head.join(' | ')} |`,
    `|---|${head.map(() => '---|').join('')}`,
    ...lines,
    ...notes.lines(),
    ...(absent.length === 0 ? [] : ['', `Not: ${plain(absent.join('; '))}.`]),
  ];
}

function registryTable({ matrix }: MatrixPage, row: MatrixRow): string[] {
  const entries = matrix.entries.filter((entry) => entry.row === row.id);
  const line = ({ registry, cell }: (typeof entries)[number]): string =>
    `| ${registry} | ${cell.kind === 'pass' ? 'yes' : '**fails**'} | ${plain(remarkOf(cell))} |`;
  return ['| registry | | |', '|---|---|---|', ...entries.map(line)];
}

/** Remarks of one table, each said once below it. */
class Notes {
  readonly #texts: string[] = [];

  show(cell: Cell | undefined): string {
    if (cell === undefined) return 'not run';
    const word = { pass: 'yes', fail: '**fails**', cannot: '–' }[cell.kind];
    const remark = remarkOf(cell);
    return remark === '' ? word : `${word} ${this.#number(remark)}`;
  }

  lines(): string[] {
    return this.#texts.length === 0 ? [] : ['', this.#texts.map((text, i) => `(${i + 1}) ${plain(text)}.`).join(' ')];
  }

  #number(text: string): string {
    if (!this.#texts.includes(text)) this.#texts.push(text);
    return `(${this.#texts.indexOf(text) + 1})`;
  }
}

function remarkOf(cell: Cell): string {
  return cell.kind === 'pass' ? (cell.note ?? '') : cell.reason;
}

function plain(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
