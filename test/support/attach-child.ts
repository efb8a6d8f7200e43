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

export interface ChildOptions {
  /** Default `attach-process.ts`. */
  readonly script?: 'attach-process.ts' | 'repair-process.ts';
  /** A folder for what Node compiles: a process that ends by itself leaves it there, and the next ones start sooner. */
  readonly compileCache?: string;
}

/** Resolves when all is loaded, so that what is measured from then on is the attach. */
export async function startAttachChild(
  workspace: string,
  inputs: Readonly<Record<string, string>>,
  { script = 'attach-process.ts', compileCache }: ChildOptions = {},
): Promise<AttachChild> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [path, workspace, JSON.stringify(inputs)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...(compileCache !== undefined && { NODE_COMPILE_CACHE: compileCache }) },
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
