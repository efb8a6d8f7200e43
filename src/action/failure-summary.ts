import { appendFileSync } from 'node:fs';
import type { CodedError } from '../errors/coded-error.ts';
import { escapeHtml } from '../report/escape.ts';
import { errorPage } from './error-page.ts';

/**
 * The job summary of a run that ended before there was a result: a wrong input, an interrupt. Written directly, since
 * such a run is to end at once and not load what it takes to report a result.
 */
export function writeFailureSummary(error: CodedError, env: Readonly<Record<string, string | undefined>>): void {
  const path = env['GITHUB_STEP_SUMMARY'];
  if (!path) return;
  const hint =
    error.hint === undefined ? '' : `<br>${escapeHtml(error.hint).replaceAll(/`(.+?)`/g, '<code>$1</code>')}`;
  const page = errorPage(error.code, env);
  const code = `<code>${error.code}</code>`;
  const linked = page === undefined ? code : `<a href="${escapeHtml(page)}">${code}</a>`;
  try {
    appendFileSync(path, `## OCI Referrers\n\n<p>❌ ${linked}: ${escapeHtml(error.message)}${hint}</p>\n`);
  } catch {
    // the error itself is in the log; a summary that cannot be written must not hide it
  }
}
