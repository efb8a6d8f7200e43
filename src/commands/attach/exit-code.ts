import type { ExitCode } from '../../errors/codes.ts';
import type { AttachResult } from './result.ts';

/** What a run of attach ends with: 0, or the code of what failed. A definite refusal outweighs "could not look". */
export function attachExitCode({ rows }: AttachResult): ExitCode {
  const codes = rows.flatMap(({ status, error }) => (status === 'failed' ? (error?.exitCode ?? 1) : []));
  if (codes.includes(1)) return 1;
  return codes[0] ?? 0;
}
