import type { SourceLocation } from '../errors/coded-error.ts';
import { isGlob, matchesGlob } from './glob.ts';
import { PolicyProblems } from './policy-problems.ts';
import type { TextPattern } from './text-pattern.ts';

/** Longest pattern; identities are URLs and e-mail addresses. */
export const MAX_PATTERN_LENGTH = 1024;

/** Longest text that is looked at; a longer one matches nothing. */
export const MAX_TEXT_LENGTH = 4096;

/** Whether the whole text is what the pattern says. Upper and lower case differ. */
export function matchesPattern(pattern: TextPattern, text: string): boolean {
  if (text.length > MAX_TEXT_LENGTH) return false;
  switch (pattern.kind) {
    case 'exact':
      return pattern.text === text;
    case 'glob':
      return matchesGlob(pattern.text, text);
    case 'regexp':
      return pattern.test(text);
  }
}

/** Text -> pattern: a glob if it has a wildcard, else exact; or what is wrong with it. */
export function plainPattern(text: string): TextPattern | { readonly problem: string } {
  const problem = lengthProblem(text);
  return problem === undefined ? { kind: isGlob(text) ? 'glob' : 'exact', text } : { problem };
}

/** The same, or with `kind` what that says. The engine of regular expressions is loaded only for one. */
export async function compilePattern(
  text: string,
  kind?: 'exact' | 'regexp',
): Promise<TextPattern | { readonly problem: string }> {
  const problem = lengthProblem(text);
  if (problem !== undefined) return { problem };
  if (kind === undefined) return plainPattern(text);
  if (kind === 'exact') return { kind, text };
  const { compileRegexp } = await import('./regexp.ts');
  const compiled = compileRegexp(text);
  if ('problem' in compiled) return { problem: `${JSON.stringify(text)} is no RE2 expression: ${compiled.problem}` };
  return { kind, text, test: compiled.test };
}

function lengthProblem(text: string): string | undefined {
  if (text === '') return 'expected a pattern, got an empty text, which would match nothing';
  if (text.length <= MAX_PATTERN_LENGTH) return undefined;
  return `expected at most ${MAX_PATTERN_LENGTH} characters, got ${text.length}`;
}

/** The same for a text of a policy file. Throws PolicyProblems. */
export async function parsePattern(
  text: string,
  { at, kind }: { readonly at: SourceLocation; readonly kind?: 'exact' | 'regexp' },
): Promise<TextPattern> {
  const pattern = await compilePattern(text, kind);
  if ('problem' in pattern) throw new PolicyProblems([{ message: pattern.problem, location: at }]);
  return pattern;
}
