import type { ExitCode } from '../../errors/codes.ts';
import type { Verdict } from '../../policy/verdict.ts';
import type { VerifyResult } from './result.ts';

const EXIT_CODES: Readonly<Record<Verdict, ExitCode>> = { pass: 0, fail: 1, unknown: 3 };

/**
 * In mode `warn` 0 whatever the verdict: the report says loudly what would have been. A shard without images holds nothing
 * back either: its verdict is `unknown`, and the joined one asks for every image. What was to be downloaded and is not
 * all there fails the run in any mode.
 */
export function verifyExitCode(
  result: Pick<VerifyResult, 'verdict' | 'mode' | 'shard' | 'images' | 'error' | 'download'>,
): ExitCode {
  const isLetThrough = result.mode === 'warn' || isEmptyShard(result) || result.verdict === 'pass';
  return isLetThrough ? (result.download?.error?.exitCode ?? 0) : EXIT_CODES[result.verdict];
}

/** More shards than images: others judge. */
function isEmptyShard({ shard, images, error }: Pick<VerifyResult, 'shard' | 'images' | 'error'>): boolean {
  return shard !== undefined && shard.total > 0 && images.length === 0 && error === undefined;
}
