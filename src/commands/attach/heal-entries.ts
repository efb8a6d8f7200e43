import type { Digest } from '../../oci/digest.ts';
import type { HealEntry } from '../../referrers/heal.ts';
import type { AttachResult } from './result.ts';

/** What the post step of the job looks after: everything that stands in a fallback list. Layouts have no rival writers. */
export function healEntriesOf({ rows }: AttachResult): HealEntry[] {
  const bySubject = new Map<
    string,
    { readonly repository: string; readonly subject: Digest; readonly digests: Set<Digest> }
  >();
  for (const { repository, subject, digest, via, status } of rows) {
    const written = status === 'attached' || status === 'replaced' || status === 'unchanged';
    if (via !== 'tag-schema' || !written || subject === undefined || digest === undefined) continue;
    if (repository.startsWith('oci-layout:')) continue;
    const key = `${repository}@${subject}`;
    const entry = bySubject.get(key) ?? { repository, subject, digests: new Set() };
    entry.digests.add(digest);
    bySubject.set(key, entry);
  }
  return [...bySubject.values()].map((entry) => ({ ...entry, digests: [...entry.digests] }));
}
