import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server of somebody else's, running as a process of its own. */
export interface ServerProcess {
  /** Ends it, by its process id, and waits until it is gone. */
  stop(): Promise<void>;
}

const START_MS = 15_000;

/** Starts a program and waits until a GET of `url` is answered with 2xx. Throws with what the program said otherwise. */
export async function startServerProcess(
  command: string,
  args: readonly string[],
  url: string,
  options: { readonly cwd?: string } = {},
): Promise<ServerProcess> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  const failed = once(child, 'error').then(([error]) => error as Error);
  const output = collect(child);
  try {
    await Promise.race([untilItAnswers(url, child, output), failed.then((error) => Promise.reject(error))]);
  } catch (error) {
    await end(child);
    throw error;
  }
  return { stop: () => end(child) };
}

/** A port of 127.0.0.1 that was free a moment ago: for programs that cannot choose one and say so. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function collect(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-4000);
  });
  return () => text;
}

async function untilItAnswers(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const deadline = performance.now() + START_MS;
  while (performance.now() < deadline && child.exitCode === null) {
    const answer = await fetch(url).catch(() => undefined); // refused: not listening yet
    await answer?.body?.cancel();
    if (answer?.ok === true) return;
    await sleep(20);
  }
  throw new Error(`${child.spawnfile} did not answer at ${url}:\n${output()}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
