import type { RepairResult, RepairRow } from '../commands/repair/result.ts';
import type { RepairedEntry } from '../referrers/repair-types.ts';
import { plural } from './plural.ts';

type Change = RepairedEntry['change'];

export const REPAIR_STATUS_TEXT: Readonly<Record<RepairRow['status'], string>> = {
  sound: 'nothing to do',
  repaired: 'list rewritten',
  planned: 'list would be rewritten',
  api: 'nothing to do: the registry has the referrers API',
  failed: 'failed',
};

/** What is worth a line: entries that are as they were are only counted. */
export function changedEntries(entries: readonly RepairedEntry[]): RepairedEntry[] {
  return entries.filter(({ change }) => change !== 'kept');
}

/** `2 lists: 1 rewritten, 1 as it was; 3 entries added, 1 not read`. */
export function repairTally({ rows, dryRun }: RepairResult): string {
  const entries = rows.flatMap((row) => row.entries);
  const lists = (statuses: readonly RepairRow['status'][]): number =>
    rows.filter(({ status }) => statuses.includes(status)).length;
  const ofLists = [
    count(lists(['repaired', 'planned']), dryRun ? 'to be rewritten' : 'rewritten'),
    count(lists(['sound', 'api']), 'with nothing to do'),
    count(lists(['failed']), 'failed'),
  ].filter((text) => text !== '');
  const changed = (['added', 'corrected', 'removed', 'unread'] as const satisfies readonly Change[])
    .map((change) => count(entries.filter((entry) => entry.change === change).length, ENTRY_WORDS[change]))
    .filter((text) => text !== '');
  const what = changed.length === 0 ? '' : `; entries: ${changed.join(', ')}`;
  return `${plural(rows.length, 'list')}: ${ofLists.join(', ') || 'none'}${what}`;
}

const ENTRY_WORDS: Readonly<Record<Exclude<Change, 'kept'>, string>> = {
  added: 'added',
  corrected: 'corrected',
  removed: 'removed',
  unread: 'not read',
};

function count(number: number, word: string): string {
  return number === 0 ? '' : `${number} ${word}`;
}
