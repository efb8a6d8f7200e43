import type { CommandSpec } from '../commands/option-spec.ts';
import type { ActionLog } from './action-log.ts';
import { readInputs } from './load-inputs.ts';

/**
 * Tells the runner which inputs must never show in a log, before anything else is written: each secret, and with a
 * user name the form in which HTTP Basic sends it.
 */
export function maskSecrets(
  specs: readonly CommandSpec[],
  env: Readonly<Record<string, string | undefined>>,
  log: Pick<ActionLog, 'mask'>,
): void {
  const inputs = readInputs(env);
  const textOf = (name: string): string => inputs.get(name)?.join('') ?? '';
  const names = new Set(
    specs.flatMap(({ options }) => Object.entries(options).flatMap(([name, { secret }]) => (secret ? [name] : []))),
  );
  for (const name of names) if (textOf(name).trim() !== '') log.mask(textOf(name));
  const [username, password] = [textOf('registry-username'), textOf('registry-password')];
  if (username !== '' && password !== '') log.mask(Buffer.from(`${username}:${password}`).toString('base64'));
}
