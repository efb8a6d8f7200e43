// The official conformance suite of distribution-spec against the embedded registry, in memory and on disk.
// node scripts/conformance.ts; OCI_CONFORMANCE_BIN names a program that is there already.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSuite, SPEC_VERSIONS, type SuiteRun } from './conformance/run-suite.ts';
import { findSuite } from './conformance/suite-binary.ts';

const suite = await findSuite({ install: true });
if ('unavailable' in suite) {
  console.error(`conformance suite not available: ${suite.unavailable}`);
  process.exitCode = 3;
} else {
  for (const version of SPEC_VERSIONS) {
    report('in memory', await runSuite(suite.path, version));
    const root = await mkdtemp(join(tmpdir(), 'conformance-root-'));
    report('on disk', await runSuite(suite.path, version, root));
    await rm(root, { recursive: true, force: true });
  }
}

function report(place: string, run: SuiteRun): void {
  console.log(`\ndistribution-spec ${run.version}, ${place}`);
  for (const { group, name, status } of run.results) console.log(`  ${group.padEnd(5)}${name.padEnd(40)}${status}`);
  if (run.problems.length === 0) return;
  console.error(run.output);
  for (const problem of run.problems) console.error(`  problem: ${problem}`);
  process.exitCode = 1;
}
