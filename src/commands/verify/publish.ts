import type { Warning } from '../../errors/warning.ts';
import type { CommandContext } from '../context.ts';
import type { VerifyOptions } from './options.ts';
import type { VerifyResult } from './result.ts';

/**
 * Takes a result to where the inputs want it besides the log: a SARIF file, a comment, a check run. What keeps one from
 * being written is a warning: the verdict is what it is. Each is loaded only where it is asked for.
 */
export async function publishVerdict(
  result: VerifyResult,
  options: VerifyOptions,
  context: CommandContext,
): Promise<readonly Warning[]> {
  const warnings: (Warning | undefined)[] = [];
  if (options.sarifPath !== undefined) {
    const { writeSarif } = await import('./write-sarif.ts');
    warnings.push(await writeSarif(result, options.sarifPath, context));
  }
  if (options.comment) {
    const { writeComment } = await import('./write-comment.ts');
    warnings.push(await writeComment(result, options, context));
  }
  if (options.check) {
    const { writeCheck } = await import('./write-check.ts');
    warnings.push(await writeCheck(result, options, context));
  }
  return warnings.flatMap((warning) => warning ?? []);
}
