import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** What a run of attach in a process of its own came to. */
export interface ChildOutcome {
  readonly milliseconds: number;
  readonly rows: readonly { readonly status: string; readonly digest?: string; readonly error?: string }[];
  readonly warned: readonly string[];
  readonly requests: number;
  /** Peak memory of the process. */
  readonly peakMiB: number;
}

export interface AttachChild {
  readonly process: ChildProcess;
  /** Begins, and waits for the end of the process. */
  go(): Promise<ChildOutcome>;
  /** SIGKILL: it gets to do nothing more. */
  kill(): void;
}

const SCRIPT = fileURLToPath(new URL('attach-process.ts', import.meta.url));

/** Resolves when all is loaded, so that what is measured from then on is the attach. */
export async function startAttachChild(
  workspace: string,
  inputs: Readonly<Record<string, string>>,
): Promise<AttachChild> {
  const child = spawn(process.execPath, [SCRIPT, workspace, JSON.stringify(inputs)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next(); // ready
  return {
    process: child,
    kill: () => void child.kill('SIGKILL'),
    go: async () => {
      child.stdin.write('go\n');
      const { value, done } = await lines.next();
      await exited;
      if (done === true) throw new Error(`attach ended without a word, code ${child.exitCode}`);
      return JSON.parse(value) as ChildOutcome;
    },
  };
}
