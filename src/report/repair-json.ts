import type { RepairResult, RepairRow } from '../commands/repair/result.ts';
import type { CodedError } from '../errors/coded-error.ts';
import type { RepairedEntry } from '../referrers/repair-types.ts';

/** A list as `repair` found and left it. What does not apply is null, so that every row has the same keys. */
export interface RepairedJson {
  readonly repository: string;
  readonly requested: string;
  readonly subject: string | null;
  readonly platform: string | null;
  readonly status: RepairRow['status'];
  readonly entries: readonly EntryJson[];
  readonly error: ErrorJson | null;
  /** Why referrers that the list lacks may not have been found. */
  readonly unlooked: readonly ErrorJson[];
}

interface ErrorJson {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

export interface EntryJson {
  readonly digest: string;
  readonly artifactType: string | null;
  readonly change: RepairedEntry['change'];
  readonly sources: readonly string[];
  readonly why: string;
}

/** The lists of a repair command, for `--format json`. */
export function buildRepairJson({ rows }: RepairResult): RepairedJson[] {
  return rows.map(({ repository, requested, subject, platform, status, entries, error, unlooked }) => ({
    repository,
    requested,
    subject: subject ?? null,
    platform: platform ?? null,
    status,
    entries: entries.map(entryJson),
    error: error === undefined ? null : errorJson(error),
    unlooked: unlooked.map(errorJson),
  }));
}

/** What is not as it was, a row an entry, for the output `changes`. */
export function buildRepairChanges({ rows }: RepairResult): object[] {
  return rows.flatMap(({ repository, subject, entries }) =>
    entries
      .filter(({ change }) => change !== 'kept')
      .map((entry) => {
        const { digest, artifactType, change, why } = entryJson(entry);
        return { repository, subject: subject ?? null, digest, artifactType, change, why };
      }),
  );
}

function errorJson({ code, message, hint }: CodedError): ErrorJson {
  return { code, message, hint: hint ?? null };
}

function entryJson({ digest, artifactType, change, sources, why }: RepairedEntry): EntryJson {
  return { digest, artifactType: artifactType ?? null, change, sources, why };
}
