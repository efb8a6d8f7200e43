import { listenForInterrupt } from '../commands/interrupt.ts';
import { runSession } from '../commands/run-session.ts';
import { toCodedError } from '../errors/coded-error.ts';
import { parseReference } from '../oci/reference.ts';
import { type HealEntry, type HealOutcome, healReferrers } from '../referrers/heal.ts';
import { createActionLog } from './action-log.ts';
import type { ActionShell } from './action-shell.ts';
import { parseHealState } from './heal-state.ts';
import { inputRegistryOf } from './input-registry.ts';
import { loadRegistryInputs } from './load-inputs.ts';
import { sessionHooks } from './session-hooks.ts';
import { writeStdout } from './write-stdout.ts';

/** The post step: looks once more whether what attach listed by tag is still listed, and lists it again if not. */
export async function runPost(state: string): Promise<void> {
  const { env } = process;
  const log = createActionLog(writeStdout, env);
  const { signal: interrupt, stop } = listenForInterrupt(process);
  try {
    const outcomes = await heal(parseHealState(state), { log, env, interrupt });
    for (const outcome of outcomes) log.info(describe(outcome));
    const errors = outcomes.flatMap(({ error }) => error ?? []);
    for (const error of errors) log.error(error);
    process.exitCode = errors[0]?.exitCode ?? 0;
  } catch (thrown) {
    const error = toCodedError(thrown);
    log.error(error);
    process.exitCode = error.exitCode;
  } finally {
    stop();
  }
}

async function heal(entries: readonly HealEntry[], shell: ActionShell): Promise<HealOutcome[]> {
  const { hooks, onEconomy } = sessionHooks(shell);
  const inputRegistry = await inputRegistryOf(shell.env);
  return runSession(loadRegistryInputs(shell.env), { ...hooks, inputRegistry }, onEconomy, ({ openStore, signal }) =>
    healReferrers(entries, {
      openStore: (repository) => openStore(parseReference(repository, { defaultTag: null }).reference),
      warn: shell.log.warning,
      signal,
    }),
  );
}

function describe({ entry, healed, superseded, error }: HealOutcome): string {
  const what = `${entry.repository}@${entry.subject}`;
  if (error !== undefined) return `${what}: could not be healed`;
  if (superseded.length > 0)
    return `${what}: ${superseded.join(', ')} replaced by another edition; ${healed.length} listed again`;
  return healed.length === 0 ? `${what}: all is still listed` : `${what}: ${healed.length} listed again`;
}
