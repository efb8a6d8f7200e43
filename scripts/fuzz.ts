/**
 * Runs every test that has properties again and again, each time with another seed, for as many minutes as asked
 * (10 if nothing is): `npm run fuzz -- 30`. Ends at the first run that fails, with what failed and its SEED.
 */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { glob, readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const minutes = Number(process.argv[2] ?? 10);
if (!(minutes > 0)) throw new RangeError(`${JSON.stringify(process.argv[2])} are no minutes: give a number above 0`);

const files = await propertyTests();
const end = performance.now() + minutes * 60_000;
let runs = 0;
while (performance.now() < end) {
  const seed = randomInt(2 ** 31);
  const { isPassed, output } = await runTests(files, seed);
  if (!isPassed) {
    console.error(output.slice(Math.max(output.lastIndexOf('✖ failing tests:'), 0)));
    console.error(`Failed with SEED=${seed}, run ${runs + 1} of ${files.length} test files`);
    process.exitCode = 1;
    break;
  }
  console.log(`run ${++runs}: SEED=${seed} passed`);
}
if (process.exitCode === undefined) console.log(`${runs} runs of ${files.length} test files, each passed`);

async function propertyTests(): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const path of glob('test/!(interop)/**/*.test.ts', { cwd: ROOT })) {
    const file = resolve(ROOT, path);
    if ((await readFile(file, 'utf8')).includes('support/fast-check.ts')) found.push(relative(ROOT, file));
  }
  return found.toSorted();
}

function runTests(
  paths: readonly string[],
  seed: number,
): Promise<{ readonly isPassed: boolean; readonly output: string }> {
  const child = spawn(process.execPath, ['--test', '--test-reporter=spec', ...paths], {
    cwd: ROOT,
    env: { ...process.env, SEED: String(seed) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const { promise, resolve: end, reject } = Promise.withResolvers<{ isPassed: boolean; output: string }>();
  child.once('error', reject);
  child.once('close', (code) => end({ isPassed: code === 0, output: Buffer.concat(chunks).toString() }));
  return promise;
}
