/**
 * Runs a step that `uses:` an action of this repository the way the GitHub runner does (actions/runner 2.330): inputs
 * and their defaults from action.yml, INPUT_* with hyphens kept, the command files, masks, `main`, then `post` with its
 * saved state, on the Node version that action.yml names.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { parseKeyValueFile, parseWorkflowCommand, type WorkflowCommand } from './runner-files.ts';
import { homeOf } from './system.ts';

export const PROJECT_ROOT = resolve(import.meta.dirname, '../..');
/** What action.yml names: the Node that runs the tests, where it is of that version, else the one of the package. */
export const NODE_24 = process.versions.node.startsWith('24.')
  ? process.execPath
  : join(PROJECT_ROOT, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** GitHub refuses a step's summary beyond this. */
const MAX_SUMMARY_BYTES = 1024 * 1024;

export interface StepOptions {
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** GITHUB_WORKSPACE and the working directory; default a new, empty folder. */
  readonly workspace?: string;
  /** What runs as `main` in place of the built file, from the project's root: sources that no build has yet. */
  readonly main?: string;
  /** What `${{ github.token }}` is; default empty. */
  readonly token?: string;
  /** `ACTIONS_STEP_DEBUG`. */
  readonly debug?: boolean;
  /** Shared by the steps of a job; default a new folder. */
  readonly runnerTemp?: string;
  /** Called while `main` runs; `kill` sends it a signal, as cancelling a job does. */
  readonly onStart?: (kill: (signal: NodeJS.Signals) => void) => void;
  /** What happens in the job between `main` and `post`. */
  readonly beforePost?: () => Promise<void>;
}

export interface ProcessRun {
  readonly exitCode: number | null;
  /** With every mask applied, as the log shows it. */
  readonly log: string;
  /** Before masking. */
  readonly stdout: string;
  readonly stderr: string;
  readonly commands: readonly WorkflowCommand[];
}

export interface StepRun extends ProcessRun {
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly summary: string;
  /** What the runner itself warns of: inputs that action.yml does not have. */
  readonly unexpectedInputs: readonly string[];
  readonly post: ProcessRun | undefined;
  /** Messages of one kind of command: `error`, `warning`, `notice`, `debug`, `add-mask`. */
  readonly messages: (command: string) => string[];
}

export interface ActionManifest {
  readonly name: string;
  readonly inputs?: Readonly<Record<string, { readonly default?: string; readonly required?: boolean } | null>>;
  readonly outputs?: Readonly<Record<string, { readonly description: string }>>;
  readonly runs: { readonly using: string; readonly main: string; readonly post?: string; readonly 'post-if'?: string };
}

export async function readActionManifest(folder: string): Promise<ActionManifest> {
  return parse(await readFile(join(PROJECT_ROOT, folder, 'action.yml'), 'utf8')) as ActionManifest;
}

/** Runs the action in `folder` (`.`, `attach`, `list`) of this repository. */
export async function runStep(folder: string, options: StepOptions = {}): Promise<StepRun> {
  const manifest = await readActionManifest(folder);
  assert.equal(manifest.runs.using, 'node24');
  const scratch = await mkdtemp(join(tmpdir(), 'runner-'));
  try {
    const declared = Object.keys(manifest.inputs ?? {});
    const given = options.with ?? {};
    const inputs = { ...defaults(manifest, options.token ?? ''), ...given };
    const step = await prepareStep(scratch, options, inputs);
    const script = (path: string): string => resolve(PROJECT_ROOT, folder, path);
    const mainScript = options.main === undefined ? script(manifest.runs.main) : join(PROJECT_ROOT, options.main);
    const main = await runProcess(mainScript, step, options.onStart);
    const state = parseKeyValueFile(await readFile(step.files['GITHUB_STATE'] ?? '', 'utf8'));
    const outputs = parseKeyValueFile(await readFile(step.files['GITHUB_OUTPUT'] ?? '', 'utf8'));
    const summary = await readFile(step.files['GITHUB_STEP_SUMMARY'] ?? '', 'utf8');
    assert.ok(Buffer.byteLength(summary) <= MAX_SUMMARY_BYTES, 'GitHub refuses a summary over 1 MiB');
    await options.beforePost?.();
    const post = manifest.runs.post === undefined ? undefined : await runPost(script(manifest.runs.post), step, state);
    return {
      ...main,
      outputs,
      state,
      summary,
      post,
      unexpectedInputs: Object.keys(given).filter((name) => !declared.includes(name)),
      messages: (command) => main.commands.filter(({ name }) => name === command).map(({ message }) => message),
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

interface PreparedStep {
  readonly env: Record<string, string>;
  readonly cwd: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Every declared input is set, to the empty string where it has no default (ActionManifestManager.cs). */
function defaults(manifest: ActionManifest, token: string): Record<string, string> {
  const entries = Object.entries(manifest.inputs ?? {}).map(([name, input]): [string, string] => [
    name,
    evaluate(String(input?.default ?? ''), token),
  ]);
  return Object.fromEntries(entries);
}

function evaluate(text: string, token: string): string {
  const value = text
    .replace(/\$\{\{\s*github\.token\s*\}\}/g, token)
    // a job without a matrix
    .replace(/\$\{\{\s*strategy\.job-index\s*\}\}/g, '0')
    .replace(/\$\{\{\s*strategy\.job-total\s*\}\}/g, '1');
  assert.ok(!value.includes('${{'), `the harness does not know the expression in ${text}`);
  return value;
}

async function prepareStep(
  scratch: string,
  options: StepOptions,
  inputs: Readonly<Record<string, string>>,
): Promise<PreparedStep> {
  const folder = async (name: string): Promise<string> => {
    const path = join(scratch, name);
    await mkdir(path, { recursive: true });
    return path;
  };
  const workspace = options.workspace ?? (await folder('workspace'));
  const files: Record<string, string> = {};
  for (const name of ['GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_STEP_SUMMARY']) {
    files[name] = join(await folder('commands'), name.toLowerCase());
    await writeFile(files[name], '');
  }
  const env = {
    PATH: dirname(NODE_24),
    ...homeOf(await folder('home')),
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: workspace,
    GITHUB_ACTION: '__self',
    RUNNER_TEMP: options.runnerTemp ?? (await folder('temp')),
    RUNNER_OS: 'Linux',
    ...(options.debug && { RUNNER_DEBUG: '1' }),
    ...files,
    ...options.env,
    ...inputVariables(inputs),
  };
  return { env, cwd: workspace, files };
}

/** Handler.AddInputsToEnvironment: spaces become underscores, letters upper case, hyphens stay. */
function inputVariables(inputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value]),
  );
}

function runPost(script: string, step: PreparedStep, state: Readonly<Record<string, string>>): Promise<ProcessRun> {
  const saved = Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]));
  return runProcess(script, { ...step, env: { ...step.env, ...saved } });
}

async function runProcess(script: string, step: PreparedStep, onStart?: StepOptions['onStart']): Promise<ProcessRun> {
  const child = spawn(NODE_24, [script], { cwd: step.cwd, env: step.env, stdio: ['ignore', 'pipe', 'pipe'] });
  const stdoutChunks: Buffer[] = [];
  const stderrChunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdoutChunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderrChunks.push(chunk));
  onStart?.((signal) => child.kill(signal));
  const exitCode = await new Promise<number | null>((done, fail) => {
    child.on('error', fail);
    child.on('close', done);
  });
  const stdout = Buffer.concat(stdoutChunks).toString('utf8');
  const commands = stdout.split(/\r?\n/).flatMap((line) => parseWorkflowCommand(line) ?? []);
  return { exitCode, stdout, stderr: Buffer.concat(stderrChunks).toString('utf8'), commands, log: masked(stdout) };
}

/** The log as people see it: from each `add-mask` on, its value is `***`; the command itself is not shown. */
function masked(stdout: string): string {
  const masks: string[] = [];
  const lines = stdout.split(/\r?\n/).flatMap((line) => {
    const command = parseWorkflowCommand(line);
    if (command?.name === 'add-mask') {
      masks.push(command.message, ...command.message.split(/\r?\n/));
      return [];
    }
    return [masks.filter((mask) => mask !== '').reduce((text, mask) => text.replaceAll(mask, '***'), line)];
  });
  return lines.join('\n');
}
