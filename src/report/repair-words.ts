import type { RepairResult, RepairRow } from '../commands/repair/result.ts';
import type { RepairedEntry } from '../referrers/repair-types.ts';
import { plural } from './plural.ts';

type Change = RepairedEntry['change'];

const STATUS_TEXT: Readonly<Record<RepairRow['status'], string>> = {
  sound: 'nothing to do',
  repaired: 'list rewritten',
  planned: 'list would be rewritten',
  api: 'nothing to do: the registry has the referrers API',
  failed: 'failed',
};

/** What became of a list. Where something could not be looked at, "nothing to do" is not the whole truth. */
export function repairStatusText({ status, entries, unlooked }: RepairRow): string {
  const isPartial = unlooked.length > 0 || entries.some(({ change }) => change === 'unread');
  return status === 'sound' && isPartial ? 'nothing to do as far as could be looked' : STATUS_TEXT[status];
}

/** Entries of the list before and after: `4`, or `4 → 5`; nothing where nobody looked. */
export function entryCounts({ status, entries }: RepairRow): string {
  if (status === 'failed' || status === 'api') return '';
  const before = entries.filter(({ sources }) => sources.includes('list')).length;
  const count = (change: Change): number => entries.filter((entry) => entry.change === change).length;
  const after = before + count('added') - count('removed');
  return before === after ? String(before) : `${before} → ${after}`;
}

/** What is worth a line: entries that are as they were are only counted. */
export function changedEntries(entries: readonly RepairedEntry[]): RepairedEntry[] {
  return entries.filter(({ change }) => change !== 'kept');
}

/** `2 lists: 1 rewritten, 1 with nothing to do; entries: 3 added, 1 not read`. */
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
