import { CodedError } from '../../errors/coded-error.ts';
import { describeTitleProblem } from '../../oci/title.ts';

/**
 * A title (`org.opencontainers.image.title`, whoever pushed the artifact wrote it) -> the segments of a relative path.
 * One rule on every platform, so that a workflow does not pass on Linux and fail on Windows. Throws `title-unsafe`.
 */
export function parseTitle(title: string, artifact: string): string[] {
  const problem = describeTitleProblem(title);
  if (problem === undefined) return title.split('/');
  throw unsafeTitle(`${artifact} has a file titled ${JSON.stringify(title)}: ${problem}`);
}

export function unsafeTitle(message: string): CodedError {
  return new CodedError('title-unsafe', message, {
    hint: 'Nothing was written. Titles come from whoever pushed the artifact: look at it before you trust it, or fetch its blobs by digest.',
  });
}
