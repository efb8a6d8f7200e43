import type { CodedError } from '../errors/coded-error.ts';
import type { Warning } from '../errors/warning.ts';
import type { Economy } from '../net/types.ts';
import { renderEconomyLine } from './economy-line.ts';
import { markdownDetails, markdownHint, markdownText } from './markdown.ts';
import { plural } from './plural.ts';

/** GitHub takes 1 MiB a step; the rest is room for what others write in the same step. */
export const MAX_SUMMARY_BYTES = 900 * 1024;

const MAX_WARNINGS = 50;
const MAX_MESSAGE_BYTES = 1024;

/** How the run went, first thing: the error that ends it, or what was found. `found` is Markdown of our own. */
export function renderVerdict(error: CodedError | undefined, found: string, clean: boolean): string {
  if (error === undefined) return `${clean ? '✅' : '⚠️'} ${found}`;
  const hint = error.hint === undefined ? '' : `\n\n> ${markdownHint(error.hint)}`;
  return `❌ <b>${error.code}</b>: ${markdownText(error.message, MAX_MESSAGE_BYTES)}\n\n${found}${hint}`;
}

/** Warnings, folded, and what the run cost. At most some 350 kB, whatever the warnings hold. */
export function renderSummaryFooter(warnings: readonly Warning[], economy: Economy | undefined): string {
  const blocks = [
    ...(warnings.length > 0 ? [warningDetails(warnings)] : []),
    ...(economy === undefined ? [] : [`<sub>${renderEconomyLine(economy)}</sub>`]),
  ];
  return blocks.map((block) => `${block}\n`).join('\n');
}

function warningDetails(warnings: readonly Warning[]): string {
  const shown = warnings.slice(0, MAX_WARNINGS).map(warningLine);
  const more = warnings.length - shown.length;
  const lines = [...shown, ...(more > 0 ? [`- … and ${more} more in the log`] : [])];
  return markdownDetails(`⚠️ ${plural(warnings.length, 'warning')}`, lines.join('\n'));
}

function warningLine({ code, message }: Warning): string {
  return `- <b>${code}</b>: ${markdownText(message, MAX_MESSAGE_BYTES)}`;
}
