/**
 * Runs every fault at every request of every flow and writes what came of it into docs/reliability.md, between its
 * markers: `npm run reliability`. Takes some minutes.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { arch, cpus, platform } from 'node:os';
import { FLOWS } from '../test/support/faults/all-flows.ts';
import { FAULTS } from '../test/support/faults/fault-kinds.ts';
import type { CaseResult } from '../test/support/faults/run-case.ts';
import { describeCase, runMatrix } from '../test/support/faults/run-matrix.ts';
import { renderFaultTable } from './reliability/fault-table.ts';

const PAGE = new URL('../docs/reliability.md', import.meta.url);
const BEGIN = '<!-- measured:faults -->';
const END = '<!-- /measured:faults -->';

const results: CaseResult[] = [];
for (const flow of FLOWS) {
  const began = performance.now();
  const ofFlow = await runMatrix(flow, { step: 1 });
  results.push(...ofFlow);
  console.log(`${flow.name}: ${ofFlow.length} cases in ${((performance.now() - began) / 1000).toFixed(0)} s`);
}
for (const wrong of results.filter(({ wrongs }) => wrongs.length > 0)) console.error(describeCase(wrong));

const page = await readFile(PAGE, 'utf8');
const [before, rest] = page.split(BEGIN);
const after = rest?.split(END)[1];
if (before === undefined || after === undefined) throw new Error(`docs/reliability.md lacks ${BEGIN} or ${END}`);
const machine = `${platform()} ${arch()}, ${cpus().length} cores, Node ${process.versions.node}`;
const heading = `${new Date().toISOString().slice(0, 10)}, ${machine}: ${results.length} cases, ${results.filter(({ wrongs }) => wrongs.length === 0).length} as they must be, ${results.filter(({ wrongs }) => wrongs.length > 0).length} not.`;
const table = renderFaultTable(
  results,
  FLOWS.map(({ name }) => name),
  FAULTS.map(({ name }) => name),
);
await writeFile(PAGE, `${before}${BEGIN}\n\n${heading}\n\n${table}\n\n${END}${after}`);
if (results.some(({ wrongs }) => wrongs.length > 0)) process.exitCode = 1;
