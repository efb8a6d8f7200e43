import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProcess } from '../measure.ts';
import type { Command, Order } from './contender.ts';

/** What one run cost the client. */
export interface Cost {
  readonly wallMs: number;
  /** User and system, of all its processes. */
  readonly cpuMs: number;
  /** Of its largest process; of a warm one, its peak until then. */
  readonly rssMiB: number;
}

export interface ProcessRun extends Cost {
  readonly output: string;
}

/**
 * Runs commands one after the other. Times are bash's own, which knows milliseconds of CPU; memory is GNU time's, which
 * starts the command from a small process: a child of ours would begin with our peak.
 */
export async function runCommands(commands: readonly Command[], folder: string): Promise<ProcessRun> {
  const memory = join(folder, 'memory');
  const files = ['output', 'summary', 'state', 'memory'].map((name) => writeFile(join(folder, name), ''));
  await Promise.all([...files, mkdir(join(folder, 'temp'), { recursive: true })]);
  const lines = commands.map(({ path, args }) => {
    const words = ['/usr/bin/time', '-a', '-o', memory, '-f', '%M', path, ...args];
    return `${words.map(quote).join(' ')} || exit 1`;
  });
  const script = `TIMEFORMAT='cost %3R %3U %3S'; time {\n${lines.join('\n')}\n}`;
  const env = Object.assign({ PATH: process.env['PATH'], HOME: folder }, ...commands.map((command) => command.env));
  const done = await runProcess('/bin/bash', ['-c', script], env, folder);
  const cost = /cost (?<real>[\d.]+) (?<user>[\d.]+) (?<system>[\d.]+)$/m.exec(done.output)?.groups;
  if (done.code !== 0 || cost === undefined) {
    throw new Error(`${commands[0]?.path} ${commands[0]?.args.join(' ')}: ${done.code} ${done.output.slice(-2000)}`);
  }
  const peaks = (await readFile(memory, 'utf8')).trim().split('\n').map(Number);
  const told = await readFile(join(folder, 'output'), 'utf8');
  return {
    wallMs: Number(cost['real']) * 1000,
    cpuMs: (Number(cost['user']) + Number(cost['system'])) * 1000,
    rssMiB: Math.max(...peaks) / 1024,
    output: `${done.output}${told}`,
  };
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** A library that is loaded and has connections open. */
export interface WarmProcess {
  run(order: Order): Promise<Cost>;
  stop(): void;
}

export async function startWarmProcess(kind: 'ours' | 'sigstore-oci', folder: string): Promise<WarmProcess> {
  const child: ChildProcess = fork(fileURLToPath(new URL('./warm-process.ts', import.meta.url)), [kind, folder]);
  await once(child, 'message');
  return {
    run: async (order) => {
      child.send(order);
      const [cost] = (await once(child, 'message')) as [Cost | { readonly failed: string }];
      if ('failed' in cost) throw new Error(cost.failed);
      return cost;
    },
    stop: () => child.kill(),
  };
}
