import { CodedError } from '../../errors/coded-error.ts';
import { describeTitleProblem, foldTitle } from '../../oci/title.ts';
import type { PreparedFile } from './prepare.ts';

/**
 * Refuses names that whoever downloads the artifact could not write: two that are one on a file system without case
 * (`input-conflict`), or that no system or not every one has (`file-line-invalid`).
 */
export function requireTitles(files: readonly Pick<PreparedFile, 'title' | 'shownPath'>[]): void {
  const seen = new Map<string, string>();
  for (const { title, shownPath } of files) {
    const problem = describeTitleProblem(title);
    if (problem !== undefined) {
      throw new CodedError(
        'file-line-invalid',
        `the name of ${JSON.stringify(shownPath)} cannot be a title: ${problem}`,
        {
          hint: 'Rename the file: such a title is refused by whoever downloads it.',
        },
      );
    }
    const folded = foldTitle(title);
    const other = seen.get(folded);
    if (other !== undefined) {
      throw new CodedError(
        'input-conflict',
        `${JSON.stringify(other)} and ${JSON.stringify(shownPath)} would both have the title ${JSON.stringify(title)} in one artifact`,
        {
          hint: 'A title is the file name without folders. Rename one of them, or leave artifact-type out so that each becomes an artifact of its own.',
        },
      );
    }
    seen.set(folded, shownPath);
  }
}
