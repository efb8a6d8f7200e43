import { attachExitCode } from '../commands/attach/exit-code.ts';
import { type DemoStep, runDemo } from '../commands/demo/run.ts';
import type { ExitCode } from '../errors/codes.ts';
import { renderAttachText } from '../report/attach-text.ts';
import { renderEconomyLine } from '../report/economy-line.ts';
import { renderListSummary } from '../report/list-summary.ts';
import { renderListText } from '../report/list-text.ts';
import type { TextStyle } from '../report/text-style.ts';
import { renderVerifyText } from '../report/verify-text.ts';
import type { DemoCliOptions } from './cli-command.ts';
import type { CliShell } from './cli-shell.ts';

/** `oci-referrers demo`: each command as one would type it, then what it prints. */
export async function runDemoCli(options: DemoCliOptions, shell: CliShell): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  await runDemo(options, shell.interrupt, (step) => {
    shell.stdout.write(renderStep(step, shell.styles.stdout));
    exitCode ||= exitCodeOf(step);
  });
  return exitCode;
}

function renderStep(step: DemoStep, style: TextStyle): string {
  if (step.kind === 'started') {
    return `A registry runs at ${step.url}, in this process. Pushing ${step.image} for linux/amd64 and linux/arm64.\n`;
  }
  const prompt = style.heading(`$ oci-referrers ${step.command}`);
  return `\n${prompt}\n${renderResult(step, style)}${style.dim(renderEconomyLine(step.economy))}\n`;
}

type Shown = Exclude<DemoStep, { readonly kind: 'started' }>;

function renderResult(step: Shown, style: TextStyle): string {
  if (step.kind === 'attached') return renderAttachText(step.result, style);
  if (step.kind === 'verified') return renderVerifyText(step.result, style);
  return renderListText(step.result, style) + summary(step, style);
}

function summary(step: DemoStep & { readonly kind: 'listed' }, style: TextStyle): string {
  const markdown = renderListSummary(step.result, { economy: step.economy });
  return `\n${style.heading('The job summary that the Action would write (Markdown):')}\n\n${markdown.trimEnd()}\n\n`;
}

function exitCodeOf(step: DemoStep): ExitCode {
  if (step.kind === 'attached') return attachExitCode(step.result);
  // a gate that stops is what the demo shows first; any other verdict than the one expected is a failure of the demo
  if (step.kind === 'verified') return step.result.verdict === step.expected ? 0 : 3;
  return step.kind === 'listed' ? (step.result.error?.exitCode ?? 0) : 0;
}
