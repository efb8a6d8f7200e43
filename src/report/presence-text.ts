import type { SubjectNode } from '../referrers/types.ts';

/** What is wrong with a platform itself; undefined where its manifest is there, or was not looked for. */
export function presenceText({ missing, unreadable }: SubjectNode): string | undefined {
  if (missing) return 'not in the registry';
  return unreadable === undefined ? undefined : 'could not be read';
}
