import { attachCommand } from '../commands/attach/options.ts';
import { demoCommand } from '../commands/demo/options.ts';
import { listCommand } from '../commands/list/options.ts';
import { type CommandSpec, defineCommand, type OptionSpecs, type ParsedOptions } from '../commands/option-spec.ts';
import { policyCheckCommand } from '../commands/policy-check/options.ts';
import { policyInitCommand } from '../commands/policy-init/options.ts';
import { repairCommand } from '../commands/repair/options.ts';
import { reportMergeCommand } from '../commands/report-merge/options.ts';
import { serveCommand } from '../commands/serve/options.ts';
import { verifyCommand } from '../commands/verify/options.ts';
import { verifyBundleCommand } from '../commands/verify-bundle/options.ts';
import type { ExitCode } from '../errors/codes.ts';
import { cliOptions, passwordOptions, resultOptions } from './cli-options.ts';
import type { CliShell } from './cli-shell.ts';

/** A command as the CLI runs it: its own options and the shell's. */
export interface CliCommand {
  readonly spec: CommandSpec;
  /** Loads what the command needs, then does it. */
  readonly run: (options: unknown, shell: CliShell) => Promise<ExitCode>;
  /** For programs: neither the help nor docs/cli.md lists it. */
  readonly hidden?: true;
}

const attachSpec = withCliOptions(attachCommand, { ...passwordOptions, ...resultOptions });
const listSpec = withCliOptions(listCommand, { ...passwordOptions, ...resultOptions });
const verifySpec = withCliOptions(verifyCommand, { ...passwordOptions, ...resultOptions });
const repairSpec = withCliOptions(repairCommand, { ...passwordOptions, ...resultOptions });
const policyCheckSpec = withCliOptions(policyCheckCommand, resultOptions);
const policyInitSpec = withCliOptions(policyInitCommand, passwordOptions);
const reportMergeSpec = withCliOptions(reportMergeCommand, resultOptions);
const serveSpec = withCliOptions(serveCommand, {});
const demoSpec = withCliOptions(demoCommand, {});
const verifyBundleSpec = withCliOptions(verifyBundleCommand, {});

export type AttachCliOptions = ParsedOptions<typeof attachSpec.options>;
export type ListCliOptions = ParsedOptions<typeof listSpec.options>;
export type VerifyCliOptions = ParsedOptions<typeof verifySpec.options>;
export type RepairCliOptions = ParsedOptions<typeof repairSpec.options>;
export type PolicyCheckCliOptions = ParsedOptions<typeof policyCheckSpec.options>;
export type PolicyInitCliOptions = ParsedOptions<typeof policyInitSpec.options>;
export type ReportMergeCliOptions = ParsedOptions<typeof reportMergeSpec.options>;
export type ServeCliOptions = ParsedOptions<typeof serveSpec.options>;
export type DemoCliOptions = ParsedOptions<typeof demoSpec.options>;
export type VerifyBundleCliOptions = ParsedOptions<typeof verifyBundleSpec.options>;

export const CLI_COMMANDS: readonly CliCommand[] = [
  command(attachSpec, async () => (await import('./run-attach-cli.ts')).runAttachCli),
  command(listSpec, async () => (await import('./run-list-cli.ts')).runListCli),
  command(verifySpec, async () => (await import('./run-verify-cli.ts')).runVerifyCli),
  command(repairSpec, async () => (await import('./run-repair-cli.ts')).runRepairCli),
  command(policyCheckSpec, async () => (await import('./run-policy-check-cli.ts')).runPolicyCheckCli),
  command(policyInitSpec, async () => (await import('./run-policy-init-cli.ts')).runPolicyInitCli),
  command(reportMergeSpec, async () => (await import('./run-report-merge-cli.ts')).runReportMergeCli),
  command(serveSpec, async () => (await import('./run-serve-cli.ts')).runServeCli),
  command(demoSpec, async () => (await import('./run-demo-cli.ts')).runDemoCli),
  {
    ...command(verifyBundleSpec, async () => (await import('./run-verify-bundle-cli.ts')).runVerifyBundleCli),
    hidden: true,
  },
];

/** Those that are listed. */
export const VISIBLE_COMMANDS: readonly CommandSpec[] = CLI_COMMANDS.filter(({ hidden }) => hidden !== true).map(
  ({ spec }) => spec,
);

function withCliOptions<const Own extends OptionSpecs, const More extends OptionSpecs>(
  base: CommandSpec<Own>,
  more: More,
): CommandSpec<Own & More & typeof cliOptions> {
  return defineCommand({ ...base, options: { ...base.options, ...more, ...cliOptions } });
}

function command<Specs extends OptionSpecs>(
  spec: CommandSpec<Specs>,
  load: () => Promise<(options: ParsedOptions<Specs>, shell: CliShell) => Promise<ExitCode>>,
): CliCommand {
  // the options were parsed by the same spec: parse-command-line.ts
  return { spec, run: async (options, shell) => (await load())(options as ParsedOptions<Specs>, shell) };
}
