import type { Warning } from '../errors/warning.ts';
import type { Economy, RequestTrace } from '../net/types.ts';
import type { RegistryOptions } from './common-options.ts';
import type { CommandContext, UploadProgress } from './context.ts';
import { createStores } from './open-stores.ts';
import { requestsOut } from './requests-out.ts';
import { startDeadline } from './run-deadline.ts';

/** What a shell gives to a run, and how it hears of it. */
export interface SessionHooks {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workspace: string;
  /** See CommandContext. */
  readonly readsAnywhere?: boolean;
  readonly labelOption?: (name: string) => string;
  /** Aborts when the user wants the run to end. */
  readonly interrupt: AbortSignal;
  readonly onStep?: (message: string) => void;
  readonly onProgress?: (progress: UploadProgress) => void;
  readonly onWarning?: (warning: Warning) => void;
  readonly onTrace?: ((trace: RequestTrace) => void) | undefined;
  /** Called with each secret before it is used. */
  readonly onSecret?: ((value: string) => void) | undefined;
  /** The run will write: one token for pull and push at the first need, in place of two. */
  readonly anticipatePush?: boolean | undefined;
  /** Loads what the run needs at its end; called once, when its first request is on its way. */
  readonly loadMeanwhile?: (() => Promise<unknown>) | undefined;
  /** See StoresEnvironment. */
  readonly inputRegistry?: string | null | undefined;
}

/**
 * One command's run: its stores under a deadline, and whatever the end, the connections closed and `onEconomy` told
 * what it cost.
 */
export async function runSession<Result>(
  options: RegistryOptions,
  hooks: SessionHooks,
  onEconomy: (economy: Economy) => void,
  use: (context: CommandContext, economy: () => Economy) => Promise<Result>,
): Promise<Result> {
  let describePending = (): string | undefined => undefined;
  const deadline = startDeadline(options.deadline, hooks.interrupt, () => describePending());
  const { env, workspace, onStep, onProgress, onWarning, onTrace, onSecret, anticipatePush, inputRegistry } = hooks;
  const { signal } = deadline;
  try {
    const stores = await createStores(options, {
      env,
      workspace,
      signal,
      onWarning,
      onTrace,
      onSecret,
      anticipatePush,
      inputRegistry,
    });
    describePending = stores.describePending;
    try {
      const context: CommandContext = {
        openStore: withLoading(stores.openStore, hooks.loadMeanwhile),
        http: stores.http,
        capabilities: stores.capabilities,
        workspace,
        readsAnywhere: hooks.readsAnywhere ?? false,
        ...(hooks.labelOption !== undefined && { labelOption: hooks.labelOption }),
        env,
        now: () => new Date(),
        signal,
        ...(onStep && { onStep }),
        ...(onProgress && { onProgress }),
        ...(onWarning && { onWarning }),
        ...(onSecret && { onSecret }),
      };
      return await use(context, () => stores.economy);
    } finally {
      onEconomy(stores.economy);
      await stores.close();
    }
  } finally {
    deadline.clear();
  }
}

/** A registry's first answer is waited for in any case. What cannot be loaded then says so where it is needed. */
function withLoading(
  openStore: CommandContext['openStore'],
  load: SessionHooks['loadMeanwhile'],
): CommandContext['openStore'] {
  let loading: Promise<unknown> | undefined;
  return (reference) => {
    if (load !== undefined) {
      loading ??= requestsOut().then(load);
      loading.catch(() => undefined);
    }
    return openStore(reference);
  };
}
