import type { VerifyResult } from '../commands/verify/result.ts';
import type { Economy } from '../net/types.ts';
import { MAX_SUMMARY_BYTES, renderSummaryFooter } from './summary-parts.ts';
import { renderVerifyPage } from './verify-page.ts';

export interface VerifySummaryOptions {
  readonly economy?: Economy | undefined;
  /** Default MAX_SUMMARY_BYTES. */
  readonly maxBytes?: number;
}

/** The job summary of a verify command, in GitHub's Markdown: at most `maxBytes`, and it says what was left out. */
export function renderVerifySummary(result: VerifyResult, options: VerifySummaryOptions = {}): string {
  const footer = renderSummaryFooter(result.warnings, options.economy);
  return renderVerifyPage(result, { maxBytes: options.maxBytes ?? MAX_SUMMARY_BYTES, footer });
}
