import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program of others with a home of its own, so that no configuration of this machine is read. Bytes of its standard output. */
export async function runProgram(
  path: string,
  args: readonly string[],
  home: string,
  options: ProgramOptions = {},
): Promise<Buffer> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, ...options.env };
  const { stdout } = await run(path, args, {
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    env,
    encoding: 'buffer',
    timeout: 60_000,
    maxBuffer: 64 * 1024 * 1024,
  }).catch((error: Error & { stderr?: Buffer }) => {
    throw new Error(`${path} ${args.join(' ')}: ${error.stderr?.toString() ?? error.message}`);
  });
  return stdout;
}
