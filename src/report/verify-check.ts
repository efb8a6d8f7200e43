import type { VerifyResult } from '../commands/verify/result.ts';
import type { CheckRunRequest } from '../github/github-client.ts';
import { escapeTerminal } from './escape.ts';
import { truncateBytes } from './truncate.ts';
import { renderVerifyPage } from './verify-page.ts';
import { countVerdict } from './verify-words.ts';

/** GitHub takes 65,535 characters. */
const MAX_CHECK_BYTES = 60 * 1024;

/** What a check run says: `failure` also for what is undecided, `neutral` for either in mode `warn`. */
export function renderVerifyCheck(result: VerifyResult): Pick<CheckRunRequest, 'conclusion' | 'title' | 'summary'> {
  const isHeld = result.mode === 'warn' ? 'neutral' : 'failure';
  return {
    conclusion: result.verdict === 'pass' ? 'success' : isHeld,
    title: truncateBytes(escapeTerminal(countVerdict(result)), 200),
    summary: renderVerifyPage(result, { maxBytes: MAX_CHECK_BYTES }),
  };
}
