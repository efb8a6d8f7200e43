import type { RegistryOptions } from '../commands/common-options.ts';
import type { SessionHooks } from '../commands/run-session.ts';
import type { Economy, RequestTrace } from '../net/types.ts';
import { renderEconomyLine } from '../report/economy-line.ts';
import { warningText } from '../report/error-text.ts';
import { escapeTerminal } from '../report/escape.ts';
import { createProgressMeter } from '../report/progress-meter.ts';
import { renderTraceLine } from '../report/trace-line.ts';
import type { CliShell } from './cli-shell.ts';
import { formatFlag } from './parse-command-line.ts';

/** How a run on the command line is heard of: on stderr, and step by step only where `verbose` asks for it. */
export function sessionHooks(
  { stderr, styles, env, workspace, interrupt }: CliShell,
  verbose: boolean,
): { readonly hooks: SessionHooks; readonly onEconomy: (economy: Economy) => void } {
  const { dim, warn } = styles.stderr;
  const say = (text: string): unknown => stderr.write(`${text}\n`);
  const meter = createProgressMeter(() => performance.now());
  const hooks: SessionHooks = {
    env,
    workspace,
    readsAnywhere: true,
    labelOption: formatFlag,
    interrupt,
    onProgress: (progress) => {
      const text = meter(progress);
      if (text !== undefined) say(dim(escapeTerminal(text)));
    },
    onWarning: (warning) => {
      const kind = warning.code === 'name-lowered' ? 'notice' : 'warning';
      say(`${warn(`${kind}[${warning.code}]`)}: ${escapeTerminal(warningText(warning))}`);
    },
    ...(verbose && {
      onStep: (message: string) => say(dim(escapeTerminal(message))),
      onTrace: (trace: RequestTrace) => say(dim(renderTraceLine(trace))),
    }),
  };
  // who was refused before any request wants to read why, and nothing before it
  const onEconomy = (economy: Economy): void => {
    if (economy.requests > 0) say(dim(renderEconomyLine(economy)));
  };
  return { hooks, onEconomy };
}

/** The password may come through stdin, so that no list of processes shows it. */
export async function withPasswordFromStdin<Options extends RegistryOptions & { registryPasswordStdin: boolean }>(
  options: Options,
  shell: CliShell,
): Promise<Options> {
  if (!options.registryPasswordStdin) return options;
  return { ...options, registryPassword: (await shell.readStdin()).replace(/\r?\n$/, '') };
}
