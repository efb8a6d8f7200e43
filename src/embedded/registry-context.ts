import type { RegistryRequest } from './exchange.ts';
import type { Quirks } from './quirks.ts';
import type { Repositories } from './repositories.ts';
import type { Route } from './route.ts';
import type { UploadSessions } from './upload-sessions.ts';
import type { VisibilityLag } from './visibility-lag.ts';

/** What every endpoint works with. */
export interface RegistryContext {
  readonly repositories: Repositories;
  readonly uploads: UploadSessions;
  /** The switches as they are at this moment. */
  readonly quirks: Quirks;
  /** What readers do not see yet. */
  readonly lag: VisibilityLag;
  /** Where the registry is, and its second origin if it has one: `http://127.0.0.1:5000`. */
  readonly origins: Origins;
}

export interface Origins {
  readonly first: string;
  readonly second: string | undefined;
}

/** One request on its way through the registry. */
export interface Call {
  readonly request: RegistryRequest;
  readonly route: Route;
  readonly context: RegistryContext;
  readonly quirks: Quirks;
}
