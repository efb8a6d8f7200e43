import { matchesPattern, plainPattern } from './text-matcher.ts';
import type { TextPattern } from './text-pattern.ts';

/** One thing that a policy asks of a signer, and what was found. */
export interface SignerRow {
  /** As the policy names it: `repository`. */
  readonly field: string;
  readonly expected: string;
  readonly found: string;
  readonly matches: boolean;
}

/** `found` undefined or empty matches nothing, whatever the pattern. */
export function compareText(
  field: string,
  pattern: TextPattern,
  found: string | undefined,
  missing = 'none',
): SignerRow {
  const isThere = found !== undefined && found !== '';
  return {
    field,
    expected: describePattern(pattern),
    found: isThere ? found : missing,
    matches: isThere && matchesPattern(pattern, found),
  };
}

export function unmetRow(field: string, expected: string, found: string | undefined): SignerRow {
  return { field, expected, found: found ?? 'none', matches: false };
}

/** A regular expression stands between slashes, so that it is not taken for a glob. */
export function describePattern(pattern: TextPattern): string {
  return pattern.kind === 'regexp' ? `/${pattern.text}/` : pattern.text;
}

/**
 * Whether only upper and lower case keep a row from matching. GitHub takes names of owners and repositories in any case,
 * and certifies them in one: what is compared stays exact, and who wrote it otherwise is told so.
 */
export function differsInCaseOnly({ expected, found, matches }: SignerRow): boolean {
  const pattern = plainPattern(expected.toLowerCase());
  return !matches && !('problem' in pattern) && matchesPattern(pattern, found.toLowerCase());
}
