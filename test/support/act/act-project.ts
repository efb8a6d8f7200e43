import { execFile, spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { NODE_24, PROJECT_ROOT } from '../runner-harness.ts';
import { makeTempDir } from '../temp-dir.ts';
import { type ActRun, readActLog } from './act-log.ts';
import type { ExampleName } from './examples.ts';
import { writeStandIns } from './stand-in-actions.ts';

const run = promisify(execFile);

interface Step {
  readonly uses?: string;
  with?: Record<string, string>;
  readonly run?: string;
}
interface Job {
  readonly strategy?: Record<string, unknown>;
  readonly steps: Step[];
}
export interface Workflow {
  readonly jobs: Record<string, Job>;
}

export interface WorkflowRun {
  /** The file of `examples/`, or a workflow. */
  readonly workflow: ExampleName | Workflow;
  /** What triggers it, and its payload. */
  readonly event: string;
  readonly payload?: Readonly<Record<string, unknown>>;
  /** Of every step of ours besides what the example says. */
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** `${{ github.token }}`; default: none. */
  readonly token?: string;
}

/** A repository `acme/app` of GitHub's with its workspace, in which `act` runs workflows. */
export interface ActProject extends AsyncDisposable {
  /** Where steps that upload put what they upload. */
  readonly uploaded: string;
  write(path: string, text: string): Promise<void>;
  run(options: WorkflowRun): Promise<ActRun>;
}

/** `ghcr.io` and `registry.example.com`, which the examples name, become `host`. `act` is the program. */
export async function makeActProject(act: string, host: string): Promise<ActProject> {
  const dir = await makeTempDir('act-');
  const workspace = join(dir.path, 'app');
  const uploaded = join(dir.path, 'uploaded');
  for (const folder of [workspace, uploaded, join(dir.path, 'home')]) await mkdir(folder);
  const actions = [
    `OWNER/oci-referrers@v1=${await copyOfOurs(join(dir.path, 'ours'))}`,
    ...(await writeStandIns(join(dir.path, 'stand-ins'))),
  ];
  await makeRepository(workspace);
  return {
    uploaded,
    async write(path, text) {
      await mkdir(dirname(join(workspace, path)), { recursive: true });
      await writeFile(join(workspace, path), text, { mode: 0o755 });
    },
    async run(options) {
      const file = join(dir.path, 'workflow.yml');
      await writeFile(file, JSON.stringify(await prepare(options, host))); // JSON is YAML
      await writeFile(join(dir.path, 'event.json'), JSON.stringify(options.payload ?? {}));
      const args = [options.event, '--workflows', file, '--eventpath', join(dir.path, 'event.json')];
      const env = { UPLOADED: uploaded, ...options.env };
      const secrets = options.token === undefined ? [] : ['--secret', `GITHUB_TOKEN=${options.token}`];
      return runAct(act, [...args, ...secrets, ...argumentsOf(actions, env)], workspace, join(dir.path, 'home'));
    },
    [Symbol.asyncDispose]: () => dir.remove(),
  };
}

/** What `uses:` fetches: files of a commit, here the last one, whatever is being changed in the tree. */
async function copyOfOurs(folder: string): Promise<string> {
  await mkdir(folder);
  const archive = `${folder}.tar`;
  const paths = ['action.yml', 'attach', 'list', 'verify', 'dist', 'package.json'];
  await run('git', ['archive', '--output', archive, 'HEAD', ...paths], { cwd: PROJECT_ROOT });
  await run('tar', ['-xf', archive, '-C', folder]);
  return folder;
}

/** act reads from git which repository, commit and branch this is. */
async function makeRepository(workspace: string): Promise<void> {
  const git = (...args: string[]) => run('git', args, { cwd: workspace });
  await git('init', '--quiet', '--initial-branch=main');
  await git('remote', 'add', 'origin', 'https://github.com/acme/app.git');
  const author = ['-c', 'user.name=acme', '-c', 'user.email=acme@example.com', '-c', 'commit.gpgsign=false'];
  await git(...author, 'commit', '--quiet', '--allow-empty', '-m', 'first');
}

async function prepare({ workflow, with: inputs }: WorkflowRun, host: string): Promise<Workflow> {
  const text =
    typeof workflow === 'string'
      ? await readFile(join(PROJECT_ROOT, 'examples', workflow), 'utf8')
      : JSON.stringify(workflow);
  // on the host, act's hashFiles finds nothing
  const known = text.replaceAll(/ && hashFiles\('[^']+'\) != ''/g, '');
  const prepared = parse(known.replaceAll(/(?:ghcr\.io|registry\.example\.com)\//g, `${host}/`)) as Workflow;
  for (const job of Object.values(prepared.jobs)) {
    if (job.strategy !== undefined) job.strategy['max-parallel'] = 16; // act's own default is 4
    // files that `with` names lie in the workspace, which a job that needs no source does not check out
    if (inputs !== undefined) job.steps.unshift({ uses: 'actions/checkout@v5' });
    for (const step of job.steps) {
      if (step.uses?.startsWith('OWNER/oci-referrers') === true) step.with = { ...step.with, ...inputs };
    }
  }
  return prepared;
}

function argumentsOf(actions: readonly string[], env: Readonly<Record<string, string>>): string[] {
  return [
    ...['--json', '--platform', 'ubuntu-latest=-self-hosted', '--no-cache-server', '--concurrent-jobs', '16'],
    ...actions.flatMap((action) => ['--local-repository', action]),
    ...Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
  ];
}

/** With a home of its own, and Node 24 first on the PATH, since act runs `node` for `using: node24`. */
async function runAct(act: string, args: readonly string[], cwd: string, home: string): Promise<ActRun> {
  const PATH = `${dirname(NODE_24)}${delimiter}${process.env['PATH'] ?? ''}`;
  const child = spawn(act, args, { cwd, env: { PATH, HOME: home }, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const exitCode = await new Promise<number | null>((done, fail) => {
    child.on('error', fail);
    child.on('close', done);
  });
  return readActLog(text, exitCode);
}
