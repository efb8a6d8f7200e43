import { once } from 'node:events';
import { repair } from './repair-run.ts';

/** One run of repair in a process of its own, as `attach-process.ts` is one of attach; its first argument is not used. */
const [, inputs = '{}'] = process.argv.slice(2);
process.stdout.write('ready\n');
await once(process.stdin, 'data');
process.stdin.destroy();
const { rows, exitCode } = await repair(JSON.parse(inputs) as Readonly<Record<string, string>>);
process.stdout.write(`${JSON.stringify({ rows: rows.map(({ status }) => ({ status })), exitCode })}\n`);
