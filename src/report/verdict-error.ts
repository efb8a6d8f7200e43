import type { VerifyResult } from '../commands/verify/result.ts';
import { CodedError } from '../errors/coded-error.ts';
import { describeVerdict } from './verify-words.ts';

/**
 * What a verdict that lets nothing through ends a run with, for whoever sees no report: `policy-not-met`,
 * `policy-undecided`. Undefined where the run goes on (a pass, mode `warn`, a shard without images), or where the result
 * has an error of its own.
 */
export function verdictError(result: VerifyResult): CodedError | undefined {
  const { verdict, mode, error, images, shard } = result;
  if (verdict === 'pass' || mode === 'warn' || error !== undefined) return undefined;
  if (images.length === 0 && shard !== undefined) return undefined;
  return verdict === 'fail'
    ? new CodedError('policy-not-met', describeVerdict(result), {
        hint: 'The report says for each candidate why it did not count.',
      })
    : new CodedError('policy-undecided', describeVerdict(result), {
        hint: 'It is not safe to go on: try again, or mend what could not be read.',
      });
}
