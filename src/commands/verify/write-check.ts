import { toCodedError } from '../../errors/coded-error.ts';
import type { Warning } from '../../errors/warning.ts';
import { renderVerifyCheck } from '../../report/verify-check.ts';
import type { CommandContext } from '../context.ts';
import { gateName } from './gate-name.ts';
import { openGithub } from './open-github.ts';
import type { VerifyOptions } from './options.ts';
import { readEvent } from './pull-request.ts';
import type { VerifyResult } from './result.ts';

/**
 * Writes the result as a check run of the commit that the run is about. What keeps it from being written, a token without
 * `checks: write` above all, is a warning.
 */
export async function writeCheck(
  result: VerifyResult,
  options: VerifyOptions,
  context: CommandContext,
): Promise<Warning | undefined> {
  try {
    const { repository, headSha, event } = await readEvent(context.env);
    if (repository === undefined || headSha === undefined) {
      return notWritten(`the event ${JSON.stringify(event || 'none')} names no commit`);
    }
    const name = gateName(result, options, context.env);
    const request = { repository, headSha, name, ...renderVerifyCheck(result) };
    const { url } = await openGithub(options, context).createCheckRun(request);
    context.onStep?.(`Wrote the check run ${name}: ${url}`);
    return undefined;
  } catch (thrown) {
    if (context.signal.aborted) return notWritten('the run was ended');
    const { message, hint } = toCodedError(thrown);
    return notWritten(hint === undefined ? message : `${message} ${hint}`);
  }
}

function notWritten(why: string): Warning {
  return { code: 'check-not-written', message: `the check run was not written: ${why}` };
}
