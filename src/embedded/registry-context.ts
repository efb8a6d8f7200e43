import type { Quirks } from './quirks.ts';
import type { Repositories } from './repositories.ts';
import type { UploadSessions } from './upload-sessions.ts';

/** What every endpoint works with. */
export interface RegistryContext {
  readonly repositories: Repositories;
  readonly uploads: UploadSessions;
  /** The switches as they are at this moment. */
  readonly quirks: Quirks;
}
