/**
 * Runs every case of a folder that has the shape of sigstore/sigstore-conformance test/assets/bundle-verify: a name that
 * ends in `_fail` must be refused, every other accepted. Exit code 1 if one is not as it must be.
 *
 *     node test/conformance/run.ts --dir DIR
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readBundleCases } from './bundle-case.ts';
import { runCase } from './run-case.ts';

const { values } = parseArgs({ options: { dir: { type: 'string' } } });
if (values.dir === undefined) throw new Error('--dir DIR: the folder with the cases');

const cases = await readBundleCases(resolve(values.dir));
let wrong = 0;
for (const one of cases) {
  const result = await runCase(one);
  const isRight = result.verified !== one.mustFail;
  if (!isRight) wrong++;
  console.log(`${isRight ? 'ok   ' : 'WRONG'} ${one.name}: ${result.verified ? 'verified' : result.reason}`);
}
console.log(`${cases.length - wrong} of ${cases.length} as they must be`);
process.exitCode = wrong === 0 ? 0 : 1;
