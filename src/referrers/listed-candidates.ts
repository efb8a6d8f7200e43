import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import type { SuspectEntry } from '../oci/index-entries.ts';
import type { Candidate } from './candidate.ts';
import type { ListSettings } from './list-settings.ts';
import type { ReferrerSource } from './types.ts';

/** The entries of a list of referrers. One that is no valid descriptor but names a digest can still be asked for. */
export function listedCandidates(
  source: ReferrerSource,
  subject: Digest,
  descriptors: readonly Descriptor[],
  suspects: readonly SuspectEntry[],
  { warn }: Pick<ListSettings, 'warn'>,
): Candidate[] {
  const sound = descriptors.map((listed): Candidate => ({ digest: listed.digest, listed, sources: [source] }));
  const askable = suspects.flatMap(({ digest, problem }): Candidate[] => {
    const done = digest === undefined ? 'it was left out' : 'its manifest is asked';
    warn({ code: 'descriptor-differs', message: `${source} of ${subject}: ${problem}; ${done}`, subject });
    return digest === undefined ? [] : [{ digest, listed: undefined, sources: [source] }];
  });
  return [...sound, ...askable];
}
