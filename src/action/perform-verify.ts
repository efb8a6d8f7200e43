import type { CommandContext } from '../commands/context.ts';
import { runSession } from '../commands/run-session.ts';
import { verifyExitCode } from '../commands/verify/exit-code.ts';
import { furtherProblems } from '../commands/verify/further-problems.ts';
import type { VerifyOptions } from '../commands/verify/options.ts';
import { publishVerdict } from '../commands/verify/publish.ts';
import { runVerify } from '../commands/verify/run.ts';
import type { ExitCode } from '../errors/codes.ts';
import type { ActionShell } from './action-shell.ts';
import type { RunCache } from './cache/open-cache.ts';
import { sessionHooks } from './session-hooks.ts';

/** The Action `verify`: judges, then says what it found and why. */
export async function performVerify(options: VerifyOptions, shell: ActionShell): Promise<ExitCode> {
  const { hooks, onEconomy } = sessionHooks(shell);
  const loadMeanwhile = () => import('./report-verify.ts');
  return runSession(options, { ...hooks, loadMeanwhile }, onEconomy, async (context, economy) => {
    const cache = options.cache && options.reports.length === 0 ? await openCache(options, context, shell) : undefined;
    const result = await runVerify(options, { ...context, ...(cache && { blobs: cache.blobs }) }).catch(
      (thrown: unknown) => {
        for (const problem of furtherProblems(thrown)) shell.log.problem(problem);
        throw thrown;
      },
    );
    const { reportVerify } = await import('./report-verify.ts');
    await reportVerify(result, economy(), shell);
    for (const warning of await publishVerdict(result, options, context)) shell.log.warning(warning);
    await cache?.save();
    return verifyExitCode(result);
  });
}

async function openCache({ shard }: VerifyOptions, context: CommandContext, shell: ActionShell): Promise<RunCache> {
  const { openCache: open } = await import('./cache/open-cache.ts');
  return open(context, shell, shard);
}
