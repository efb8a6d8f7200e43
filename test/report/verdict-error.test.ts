import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VerifyResult } from '../../src/commands/verify/result.ts';
import { CodedError } from '../../src/errors/coded-error.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { verdictError } from '../../src/report/verdict-error.ts';
import { sampleBroken, sampleFail, samplePass, sampleResult, sampleUnknown } from '../support/sample-verdict.ts';

describe('the error that a verdict ends with', () => {
  const shard = { number: 3, of: 8, total: 2, list: digestOf('list') };
  const error = new CodedError('policy-not-on-base', 'not there');
  const rows: Readonly<Record<string, readonly [VerifyResult, code: string | undefined]>> = {
    'a pass': [sampleResult([samplePass()]), undefined],
    'a fail': [sampleResult([sampleFail()]), 'policy-not-met'],
    'an unknown': [sampleResult([sampleUnknown()]), 'policy-undecided'],
    'an image that could not be judged': [sampleResult([sampleBroken()]), 'policy-undecided'],
    'a fail in mode warn': [sampleResult([sampleFail()], { mode: 'warn' }), undefined],
    'a result with an error of its own': [sampleResult([], { error }), undefined],
    'a shard without images': [sampleResult([], { shard }), undefined],
  };
  for (const [what, [result, code]] of Object.entries(rows)) {
    it(`${what}: ${code ?? 'none'}`, () => {
      const ending = verdictError(result);
      assert.equal(ending?.code, code);
      if (ending !== undefined) assert.ok(ending.message.startsWith(`${result.verdict}: `), ending.message);
    });
  }
});
