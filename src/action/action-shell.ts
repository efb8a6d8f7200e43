import type { ActionLog } from './action-log.ts';

/** What an Action's command works with: the log, and the world outside as values. */
export interface ActionShell {
  readonly log: ActionLog;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts when the job is cancelled: the runner sends SIGINT, and 7.5 s later SIGTERM. */
  readonly interrupt: AbortSignal;
}
