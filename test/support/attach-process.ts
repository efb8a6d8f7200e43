import { once } from 'node:events';
import { type AttachInputs, attach } from './attach-run.ts';

/**
 * One run of attach in a process of its own: `node attach-process.ts WORKSPACE INPUTS_AS_JSON`. It says `ready` when all
 * is loaded, begins when it is sent a line, and prints what came of it as JSON.
 */
const [workspace = '', inputs = '{}'] = process.argv.slice(2);
process.stdout.write('ready\n');
await once(process.stdin, 'data');
process.stdin.destroy();
const began = performance.now();
const run = await attach(JSON.parse(inputs) as AttachInputs, { workspace });
const { economy, warned, rows } = run;
const outcome = {
  milliseconds: Math.round(performance.now() - began),
  rows: rows.map(({ status, digest, via, error }) => ({ status, digest, via, error: error?.message })),
  warned,
  requests: economy.requests,
  byPurpose: economy.byPurpose,
  peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
};
process.stdout.write(`${JSON.stringify(outcome)}\n`);
