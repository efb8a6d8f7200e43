import type { VerifyResult } from '../commands/verify/result.ts';
import { commentMarker } from '../github/comment-marker.ts';
import { formatTime } from './format-time.ts';
import { renderVerifyPage } from './verify-page.ts';

/** GitHub takes 65,536 characters. */
const MAX_COMMENT_BYTES = 60 * 1024;

export interface VerifyCommentOptions {
  /** Which gate's comment it is: a later run with the same key changes this comment. */
  readonly key: string;
  /** The run that wrote it. */
  readonly runUrl?: string | undefined;
}

/** The sticky comment of a pull request, with its hidden marker first: at most 60 KiB. */
export function renderVerifyComment(result: VerifyResult, { key, runUrl }: VerifyCommentOptions): string {
  const checked = `Checked ${formatTime(result.checkedAt.toISOString())}`;
  const run =
    runUrl !== undefined && /^https:\/\/[\w.:-]+\/[\w./-]+$/.test(runUrl) ? ` by <a href="${runUrl}">this run</a>` : '';
  const footer = `<sub>${checked}${run}; a new run changes this comment.</sub>\n`;
  return renderVerifyPage(result, { maxBytes: MAX_COMMENT_BYTES, marker: commentMarker(key), footer });
}
