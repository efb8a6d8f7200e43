import type { CodedError } from '../../errors/coded-error.ts';
import type { Warning } from '../../errors/warning.ts';
import type { RepairedEntry, RepairedSubject } from '../../referrers/repair-types.ts';

/** One list of one image, or an image whose lists could not be looked at. */
export interface RepairRow {
  readonly requested: string;
  /** `ghcr.io/acme/app` */
  readonly repository: string;
  /** `linux/amd64`; undefined for the image itself. */
  readonly platform?: string | undefined;
  /** Undefined where the image could not be read. */
  readonly subject: string | undefined;
  readonly status: RepairedSubject['status'];
  readonly entries: readonly RepairedEntry[];
  readonly error?: CodedError | undefined;
  /** See RepairedSubject. */
  readonly unlooked: readonly CodedError[];
}

/** GitHub's Packages API gave no answer: what only it knows of is not in the lists. */
export interface UnreadPackages {
  readonly repository: string;
  readonly error: CodedError;
}

export interface RepairResult {
  readonly rows: readonly RepairRow[];
  readonly unreadPackages: readonly UnreadPackages[];
  /** Everything that keeps the repair from being whole, in order. */
  readonly errors: readonly CodedError[];
  readonly dryRun: boolean;
  readonly warnings: readonly Warning[];
}
