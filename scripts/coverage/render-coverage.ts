import type { Count, FileCoverage } from './parse-lcov.ts';

type Counted = Pick<FileCoverage, 'lines' | 'functions' | 'branches'>;

/** A Markdown table, a row for each folder right below src, and one for all. */
export function renderCoverageTable(files: readonly FileCoverage[]): string {
  const folders = Map.groupBy(files, ({ path }) => path.split('/').slice(0, -1).slice(0, 2).join('/'));
  const rows = [...folders].map(([folder, inside]) => row(`\`${folder}\``, inside));
  const head = ['| | lines | functions | branches | not reached |', '|---|---|---|---|---|'];
  return [...head, ...rows, row('all', files)].join('\n');
}

/** docs/coverage.md. `sources` has the text of every file of src; `run` says when and with what. */
export function renderCoveragePage(
  files: readonly FileCoverage[],
  sources: ReadonlyMap<string, string>,
  run: string,
): string {
  const gaps = files.filter(({ missedBranches }) => missedBranches.length > 0);
  const loaded = new Set(files.map(({ path }) => path));
  const unseen = [...sources].filter(([path, text]) => !loaded.has(path) && hasCode(text)).map(([path]) => path);
  const lists = gaps.map((file) => renderGaps(file, sources.get(file.path) ?? ''));
  const intro =
    'What the tests of `npm test` reach of `src`, as V8 counts it. `npm run coverage` writes this page. Tests that start ' +
    'the Action or the CLI as a process run `dist`, which is not counted here: the entry points have their tests there.';
  return [
    '# Coverage',
    intro,
    `Measured on ${run}.`,
    renderCoverageTable(files),
    '## Branches that no test reaches',
    ...lists,
    '## Files that no test loads',
    unseen.length === 0
      ? 'None.'
      : unseen
          .toSorted()
          .map((path) => `- ${path}`)
          .join('\n'),
    '',
  ].join('\n\n');
}

/** Of types alone nothing is left to run, or to load. */
function hasCode(source: string): boolean {
  return /^(?:export )?(?:async )?(?:function|const|let|class|await|try|if|for) /m.test(source);
}

function renderGaps({ path, missedBranches }: FileCoverage, source: string): string {
  const lines = source.split('\n');
  const items = missedBranches.map((line) => `- ${line}: \`\` ${(lines[line - 1] ?? '').trim()} \`\``);
  return [`**${path}**`, '', ...items].join('\n');
}

function row(name: string, files: readonly Counted[]): string {
  const total = (pick: (file: Counted) => Count): Count => ({
    reached: files.reduce((sum, file) => sum + pick(file).reached, 0),
    all: files.reduce((sum, file) => sum + pick(file).all, 0),
  });
  const branches = total((file) => file.branches);
  const shares = [total((file) => file.lines), total((file) => file.functions), branches].map(share);
  return `| ${name} | ${shares.join(' | ')} | ${branches.all - branches.reached} |`;
}

/** Rounded down: 100 % is all of it. */
function share({ reached, all }: Count): string {
  return all === 0 ? '-' : `${(Math.floor((reached / all) * 1000) / 10).toFixed(1)} %`;
}
