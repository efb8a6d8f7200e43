import { type ChildProcess, spawn } from 'node:child_process';
import { startAttachChild } from '../attach-child.ts';
import { REPORT_TYPE, type Workspace } from '../attach-run.ts';

/** What one writer came to. */
export interface RacerOutcome {
  /** What it says that it attached; undefined: it says that it failed. */
  readonly attached: string | undefined;
  readonly error?: string | undefined;
  readonly warned: readonly string[];
  /** As it counted them itself; undefined: it does not. */
  readonly requests: number | undefined;
}

/** What one writer attaches. */
export interface RaceTask {
  readonly workspace: Workspace;
  /** `127.0.0.1:5000/race/r1` */
  readonly repository: string;
  readonly subject: string;
  /** In the workspace. */
  readonly file: string;
  /** Told at once when the process is there. */
  readonly onProcess: (process: ChildProcess) => void;
}

/** Loads what is needed; what it gives begins the attach and waits for the end of the process. */
export type StartRacer = (task: RaceTask) => Promise<() => Promise<RacerOutcome>>;

/** Our attach, loaded before it begins: all begin in the same moment. */
export function ourRacer(inputs: Readonly<Record<string, string>>): StartRacer {
  return async ({ workspace, repository, subject, file, onProcess }) => {
    const image = `${repository}@${subject}`;
    const given = { image, files: `${file}:${REPORT_TYPE}`, ...inputs };
    const child = await startAttachChild(workspace.path, given);
    onProcess(child.process);
    return async () => {
      const { rows, warned, requests } = await child.go();
      const [row] = rows;
      const attached = row?.status === 'attached' ? row.digest : undefined;
      return {
        attached,
        warned,
        requests,
        error: attached === undefined ? `${row?.status}: ${row?.error}` : undefined,
      };
    };
  };
}

export function orasRacer(path: string): StartRacer {
  return programRacer(path, ({ repository, subject, file }) => [
    ...['attach', '--plain-http', '--artifact-type', REPORT_TYPE, '--format', 'go-template={{.digest}}'],
    ...[`${repository}@${subject}`, `${file}:application/json`],
  ]);
}

export function regctlRacer(path: string): StartRacer {
  return programRacer(path, ({ repository, subject, file }) => [
    ...['artifact', 'put', '--artifact-type', REPORT_TYPE, '--subject', `${repository}@${subject}`],
    ...['--file', file, '--file-media-type', 'application/json'],
    ...['--host', `reg=${repository.slice(0, repository.indexOf('/'))},tls=disabled`],
    ...['--format', '{{ .Manifest.GetDescriptor.Digest }}'],
  ]);
}

/** A program that is done with its work when it ends, and then prints the digest of what it attached. */
function programRacer(path: string, argsOf: (task: RaceTask) => readonly string[]): StartRacer {
  return async (task) => async () => {
    const { path: home } = task.workspace;
    const child = spawn(path, argsOf(task), { cwd: home, env: { HOME: home }, stdio: ['ignore', 'pipe', 'pipe'] });
    task.onProcess(child);
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const code = await new Promise<number | null>((done, fail) => {
      child.on('error', fail);
      child.on('close', done);
    });
    const attached = code === 0 ? /sha256:[0-9a-f]{64}/.exec(stdout)?.[0] : undefined;
    const error = attached === undefined ? `code ${code}: ${stderr.trim().split('\n').at(-1)}` : undefined;
    return { attached, error, warned: [], requests: undefined };
  };
}
