import { startEmbeddedRegistry } from '../../embedded/embedded-registry.ts';
import type { ServeOptions } from './options.ts';

/** A registry that runs until `close`. */
export interface ServeResult extends AsyncDisposable {
  /** `http://127.0.0.1:5000`. */
  readonly url: string;
  /** `127.0.0.1:5000`, as it stands in an image name. */
  readonly host: string;
  /** Where the layouts are; undefined: in memory. */
  readonly root: string | undefined;
  close(): Promise<void>;
}

/** Starts the embedded registry over a directory, or in memory; one that asks for Basic where a user name is given. */
export async function runServe(options: ServeOptions): Promise<ServeResult> {
  const { root, host, port, username, password } = options;
  const registry = await startEmbeddedRegistry({
    root,
    host,
    port,
    auth: username === undefined ? undefined : { kind: 'basic', users: { [username]: { password: password ?? '' } } },
    quirks: {
      referrersApi: options.referrersApi,
      referrersHeaders: options.referrersHeaders,
      sparseIndex: options.sparseIndex,
      readOnly: options.readOnly ? 405 : undefined,
    },
  });
  const close = (): Promise<void> => registry.close();
  return { url: registry.url, host: registry.host, root, close, [Symbol.asyncDispose]: close };
}
