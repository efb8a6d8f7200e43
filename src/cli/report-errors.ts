import type { CodedError } from '../errors/coded-error.ts';
import { renderErrorLines } from '../report/error-text.ts';
import type { CliShell } from './cli-shell.ts';

/**
 * Errors on stderr, each once, beside the result on stdout: who pipes the result away must still see why it failed. On
 * a terminal that shows both, the text result has said it already.
 */
export function reportErrors(
  errors: readonly (CodedError | undefined)[],
  { stdout, stderr, styles }: CliShell,
  format: 'text' | 'json',
): void {
  if (format === 'text' && stdout.isTTY === true && stderr.isTTY === true) return;
  for (const error of new Set(errors)) {
    if (error === undefined) continue;
    for (const line of renderErrorLines(error, styles.stderr)) stderr.write(`${line}\n`);
  }
}
