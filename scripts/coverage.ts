/**
 * What the tests of `npm test` reach of src: `npm run coverage` prints it by folder, and writes every branch that none
 * of them reaches into docs/coverage.md. Processes that tests start (the bundled Action, the CLI) do not count, since
 * they run dist. `npm run coverage -- 'test/oci/*.test.ts'` asks about some tests alone, and writes nothing.
 */
import { spawn } from 'node:child_process';
import { glob, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { parseLcov } from './coverage/parse-lcov.ts';
import { renderCoveragePage, renderCoverageTable } from './coverage/render-coverage.ts';

const ROOT = resolve(import.meta.dirname, '..');
const ALL = ['test/!(interop)/**/*.test.ts', 'test/*.test.ts'];
const asked = process.argv.slice(2);

const folder = await mkdtemp(join(tmpdir(), 'coverage-'));
try {
  const lcov = join(folder, 'lcov.info');
  const exitCode = await runTests(asked.length === 0 ? ALL : asked, lcov);
  const files = parseLcov(await readFile(lcov, 'utf8'), ROOT);
  console.log(renderCoverageTable(files));
  if (exitCode !== 0) {
    console.error('Tests failed: what they would have reached is not known.');
    process.exitCode = 1;
  } else if (asked.length === 0) {
    const sources = new Map<string, string>();
    for await (const path of glob('src/**/*.ts', { cwd: ROOT })) {
      sources.set(path.replaceAll(sep, '/'), await readFile(join(ROOT, path), 'utf8'));
    }
    const day = new Date().toISOString().slice(0, 10);
    await writeFile(
      join(ROOT, 'docs/coverage.md'),
      renderCoveragePage(files, sources, `${day}, Node ${process.versions.node}`),
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function runTests(tests: readonly string[], lcov: string): Promise<number | null> {
  const args = [
    ...['--test', '--experimental-test-coverage', '--test-coverage-include=src/**'],
    ...['--test-reporter=dot', '--test-reporter-destination=stdout'],
    ...['--test-reporter=lcov', `--test-reporter-destination=${lcov}`],
  ];
  const child = spawn(process.execPath, [...args, ...tests], { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', done);
  });
}
