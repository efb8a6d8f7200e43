import { toCodedError } from '../../errors/coded-error.ts';
import type { Warning } from '../../errors/warning.ts';
import { renderVerifyComment } from '../../report/verify-comment.ts';
import type { CommandContext } from '../context.ts';
import { mayBeProposal } from '../may-be-proposal.ts';
import { gateKey } from './gate-name.ts';
import { openGithub } from './open-github.ts';
import type { VerifyOptions } from './options.ts';
import { readEvent } from './pull-request.ts';
import type { VerifyResult } from './result.ts';

/**
 * Writes the result to the pull request, in place of the comment of an earlier run. What keeps it from being written, a
 * fork's token above all, is a warning: the verdict is what it is.
 */
export async function writeComment(
  result: VerifyResult,
  options: VerifyOptions,
  context: CommandContext,
): Promise<Warning | undefined> {
  try {
    const { repository, number, event } = await readEvent(context.env);
    if (number === undefined && event !== '' && !mayBeProposal(context.env)) {
      // one workflow for pull requests and pushes: there is nothing amiss
      context.onStep?.(`No comment is written: the event ${JSON.stringify(event)} is about no pull request`);
      return undefined;
    }
    if (repository === undefined || number === undefined) {
      return notWritten(`the event ${JSON.stringify(event || 'none')} names no pull request`);
    }
    const key = options.commentKey ?? gateKey(result, options, context.env);
    const body = renderVerifyComment(result, { key, runUrl: runUrlOf(context.env) });
    const written = await openGithub(options, context).upsertComment({ repository, issue: number, key, body });
    context.onStep?.(`${written.updated ? 'Updated' : 'Wrote'} the comment ${written.url}`);
    return undefined;
  } catch (thrown) {
    if (context.signal.aborted) return notWritten('the run was ended');
    const { message, hint } = toCodedError(thrown);
    return notWritten(hint === undefined ? message : `${message} ${hint}`);
  }
}

function runUrlOf(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  return server && repository && run ? `${server}/${repository}/actions/runs/${run}` : undefined;
}

function notWritten(why: string): Warning {
  return { code: 'comment-not-written', message: `the comment was not written: ${why}` };
}
