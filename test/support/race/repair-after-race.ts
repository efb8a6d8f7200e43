import { buildReferrersTag } from '../../../src/oci/referrers-tag.ts';
import { repairReferrers } from '../../../src/referrers/repair-referrers.ts';
import { type RaceOutcome, readList } from '../attach-race.ts';
import { openTestStore } from '../listing.ts';

/** One repair after a race, and what the list lacks then of what was attached. */
export async function repairAfterRace(host: string, { repository, subject, attached }: RaceOutcome): Promise<number> {
  const ends: (() => unknown)[] = [];
  try {
    const store = openTestStore({ after: (end) => void ends.push(end as () => unknown) }, host, { repository });
    const [repaired] = await repairReferrers({ store, subjects: [subject.digest] });
    if (repaired?.error !== undefined) throw repaired.error;
    const listed = await readList(host, repository, buildReferrersTag(subject.digest));
    return attached.filter((digest) => !listed.includes(digest)).length;
  } finally {
    for (const end of ends) await end();
  }
}
