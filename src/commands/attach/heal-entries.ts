import type { Digest } from '../../oci/digest.ts';
import type { HealEntry } from '../../referrers/heal.ts';
import type { AttachedRow, AttachResult } from './result.ts';

/**
 * What the post step of the job looks after: everything that stands in a fallback list, and what was to stand there
 * and could not be confirmed. Layouts have no rival writers.
 */
export function healEntriesOf({ rows }: AttachResult): HealEntry[] {
  const bySubject = new Map<
    string,
    { readonly repository: string; readonly subject: Digest; readonly digests: Set<Digest> }
  >();
  for (const row of rows) {
    const { repository, subject, digest } = row;
    if (!isByTag(row) || subject === undefined || digest === undefined) continue;
    if (repository.startsWith('oci-layout:')) continue;
    const key = `${repository}@${subject}`;
    const entry = bySubject.get(key) ?? { repository, subject, digests: new Set() };
    entry.digests.add(digest);
    bySubject.set(key, entry);
  }
  return [...bySubject.values()].map((entry) => ({ ...entry, digests: [...entry.digests] }));
}

function isByTag({ status, via, error }: AttachedRow): boolean {
  if (status === 'failed') return error?.code === 'fallback-update-unconfirmed';
  return via === 'tag-schema' && status !== 'planned';
}
