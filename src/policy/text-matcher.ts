import { isGlob, matchesGlob } from './glob.ts';
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

/** The same, or with `kind` an RE2 expression, whose engine is loaded here. */
export async function compilePattern(
  text: string,
  kind?: 'regexp',
): Promise<TextPattern | { readonly problem: string }> {
  const problem = lengthProblem(text);
  if (problem !== undefined) return { problem };
  if (kind === undefined) return plainPattern(text);
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
