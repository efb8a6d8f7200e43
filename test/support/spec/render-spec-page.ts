import type { SpecOutcome, SpecResult } from './run-checks.ts';
import { titleOf } from './spec-check.ts';

/** What came of every check at one registry. */
export interface SpecColumn {
  /** `olareg v0.1.1`: with its version, so that another one is not held against it. */
  readonly label: string;
  readonly results: readonly SpecResult[];
}

const CELLS: Readonly<Record<SpecOutcome['kind'], string>> = { passed: 'yes', declined: '–', failed: '**no**' };

/** What the failures are, as they were looked into when the page was first made. */
const NOTES: readonly string[] = [
  'docker-registry and distribution (with their storage in memory) answer 500 to a reference that begins like a digest and is none, and 400 instead of 416 to a last chunk that does not fit; a blob that came under a digest of sha512 is given by it, named by that of sha256, and not found for a mount. docker-registry 2.8.2 takes a chunk wherever it says that it begins and adds it to the others, takes no notice of `n` and `last`, and cuts the connection in its 416 to a Range.',
  'olareg gives `"manifests": null` for a list without referrers, and one to what is no digest; `n=0` makes it drop the connection; it cancels an upload with 202.',
  "go-containerregistry's registry names no `Location` for what was pushed, has one store of blobs for all repositories, takes any bytes under any reference for a manifest, does not say how far an upload got, and reads a Range of the form `a-b` within the blob only; with its referrers on it shows the type of the config for that of the artifact and no annotations.",
];

/** docs/registry-conformance.md: a row for each check, a column for each registry. */
export function renderSpecPage(columns: readonly SpecColumn[]): string {
  const checks = columns[0]?.results.map(({ check }) => check) ?? [];
  const lines = [
    '# What distribution-spec asks of a registry, and who does it',
    '',
    `${checks.length} checks over HTTP, written from the text of distribution-spec 1.1.1 and of its main branch (\`main\`); what the official conformance suite looks at is among them (its image without a layer excepted, which a registry may refuse, and ours does unless told otherwise), and \`n\`, \`Link\` and error codes besides. They are no run of that suite. \`test/embedded/spec/spec-checks.test.ts\` asks them of the embedded registry, which has to pass every one, in memory and on disk; \`SPEC_REGISTRY=http://HOST:PORT node --test test/embedded/spec/spec-checks.test.ts\` asks any other. Real registries show that the checks can be passed, and failed: \`test/interop/spec-registries.test.ts\` runs them, fails where a cell below is another, and writes this page with \`SPEC_REPORT=docs/registry-conformance.md\`.`,
    '',
    `**yes** it does; **–** it says, as the specification lets it, that it does not; **no** it does something else.`,
    '',
    row(['', ...columns.map(({ label }) => label)]),
    row(['---', ...columns.map(() => '---')]),
    ...(['passed', 'declined', 'failed'] as const).map((kind) =>
      row([`all: ${CELLS[kind]}`, ...columns.map((column) => `${countOf(column, kind)}`)]),
    ),
    ...checks.map((check, i) => row([titleOf(check), ...columns.map(({ results }) => cellOf(results[i]))])),
    '',
    'What fails there:',
    '',
    ...NOTES.map((note) => `- ${note}`),
    '',
  ];
  return lines.join('\n');
}

/** The cells of a column by the title of their row, as a page has them; undefined: the page has no such column. */
export function readSpecColumn(page: string, label: string): Readonly<Record<string, string>> | undefined {
  const rows = page.split('\n').filter((line) => line.startsWith('| '));
  const cells = rows.map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));
  const column = cells[0]?.indexOf(label) ?? -1;
  if (column === -1) return undefined;
  const titled = cells.slice(1).filter(([title = '']) => title.includes(': ') && !title.startsWith('all: '));
  return Object.fromEntries(titled.map((cell) => [cell[0], cell[column] ?? '']));
}

/** The same of a run. */
export function columnOf(results: readonly SpecResult[]): Readonly<Record<string, string>> {
  return Object.fromEntries(results.map((result) => [titleOf(result.check), cellOf(result)]));
}

function cellOf(result: SpecResult | undefined): string {
  return result === undefined ? 'not run' : CELLS[result.outcome.kind];
}

function countOf({ results }: SpecColumn, kind: SpecOutcome['kind']): number {
  return results.filter(({ outcome }) => outcome.kind === kind).length;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
