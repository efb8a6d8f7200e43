import type { ExitCode } from '../../errors/codes.ts';
import type { Verdict } from '../../policy/verdict.ts';
import type { VerifyResult } from './result.ts';

const EXIT_CODES: Readonly<Record<Verdict, ExitCode>> = { pass: 0, fail: 1, unknown: 3 };

/** In mode `warn` 0 whatever the verdict: the report says loudly what would have been. */
export function verifyExitCode({ verdict, mode }: Pick<VerifyResult, 'verdict' | 'mode'>): ExitCode {
  return mode === 'warn' ? 0 : EXIT_CODES[verdict];
}
