import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import type { SuspectEntry } from '../oci/index-entries.ts';
import type { Candidate } from './candidate.ts';
import type { ListSettings } from './list-settings.ts';
import type { ReferrerSource, UnreadSource } from './types.ts';

/**
 * The entries of a list of referrers. One that is no valid descriptor but names a digest can still be asked for; what one
 * stands for that names none nobody can find out: it goes to `unread`, since it is not "none".
 */
export function listedCandidates(
  source: ReferrerSource,
  subject: Digest,
  entries: { readonly descriptors: readonly Descriptor[]; readonly suspects: readonly SuspectEntry[] },
  { warn }: Pick<ListSettings, 'warn'>,
  unread: UnreadSource[],
): Candidate[] {
  const sound = entries.descriptors.map((listed): Candidate => ({ digest: listed.digest, listed, sources: [source] }));
  const lost: string[] = [];
  const askable = entries.suspects.flatMap(({ digest, problem }): Candidate[] => {
    if (digest === undefined) {
      lost.push(problem);
      return [];
    }
    const message = `${source} of ${subject}: ${problem}; its manifest is asked`;
    warn({ code: 'descriptor-differs', message, subject });
    return [{ digest, listed: undefined, sources: [source] }];
  });
  const [first] = lost;
  if (first !== undefined) {
    const which = lost.length === 1 ? 'an entry of the list names' : `${lost.length} entries of the list name`;
    const reason = `${which} no manifest: ${first}`;
    unread.push({ source, subject, code: 'referrers-invalid', reason, hint: HINT });
    warn({ code: 'source-unread', message: `${source} of ${subject} could not be read whole: ${reason}`, subject });
  }
  return [...sound, ...askable];
}

const HINT = 'Whoever wrote the list left an entry in it that is no descriptor: write the list again without it.';
