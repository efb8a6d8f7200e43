import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { verifyExitCode } from '../../../src/commands/verify/exit-code.ts';

describe('the exit code of verify', () => {
  for (const [verdict, code] of [
    ['pass', 0],
    ['fail', 1],
    ['unknown', 3],
  ] as const) {
    it(`is ${code} for ${verdict}, and 0 in mode warn`, () => {
      assert.equal(verifyExitCode({ verdict, mode: 'enforce' }), code);
      assert.equal(verifyExitCode({ verdict, mode: 'warn' }), 0);
    });
  }
});
