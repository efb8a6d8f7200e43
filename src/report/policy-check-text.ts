import type { PolicyCheckResult } from '../commands/policy-check/result.ts';
import { formatLocation } from '../policy/policy-problems.ts';
import { escapeTerminal } from './escape.ts';
import { plainStyle, type TextStyle } from './text-style.ts';

/** The findings of a checked policy as compilers write them, `file:line:column: error: …`, each with its hint below. */
export function renderPolicyFindings({ findings }: PolicyCheckResult, style: TextStyle = plainStyle): string {
  const lines = findings.flatMap(({ severity, message, hint, location }) => [
    `${escapeTerminal(formatLocation(location))}: ${severity === 'error' ? style.bad('error') : style.warn('warning')}: ${escapeTerminal(message)}`,
    ...(hint === undefined ? [] : [`  hint: ${escapeTerminal(hint)}`]),
  ]);
  return lines.map((line) => `${line}\n`).join('');
}

/** What the policy asks for, and the digest to pin it with; empty where it cannot be read. */
export function renderPolicyExplanation({ explanation, digest }: PolicyCheckResult): string {
  if (explanation === undefined) return '';
  return [
    ...explanation.split('\n').map(escapeTerminal),
    '',
    `policy-sha256: ${digest.replace(/^sha256:/, '')}`,
    '',
  ].join('\n');
}
