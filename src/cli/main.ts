#!/usr/bin/env node
import { listenForInterrupt } from '../commands/interrupt.ts';
import type { CliShell, TextSink } from './cli-shell.ts';
import { isBrokenPipe } from './is-broken-pipe.ts';
import { isNodeSupported, OLDEST_NODE } from './node-version.ts';
import { runCli } from './run-cli.ts';
import { styleFor } from './style-for.ts';

if (isNodeSupported(process.versions.node)) {
  await main();
} else {
  process.stderr.write(`oci-referrers needs Node.js ${OLDEST_NODE} or newer; this is ${process.versions.node}\n`);
  process.exitCode = 2;
}

async function main(): Promise<void> {
  ignoreBrokenPipe(process.stdout);
  const { signal: interrupt, stop } = listenForInterrupt(process);
  const shell: CliShell = {
    stdout: process.stdout,
    stderr: process.stderr,
    styles: { stdout: style(process.stdout), stderr: style(process.stderr) },
    env: process.env,
    workspace: process.cwd(),
    interrupt,
    readStdin: async () => (await import('node:stream/consumers')).text(process.stdin),
  };
  process.exitCode = await runCli(process.argv.slice(2), shell);
  stop();
}

function style(sink: TextSink): CliShell['styles']['stdout'] {
  return styleFor(sink, process.env);
}

/** `oci-referrers list ... | head` ends the reader first; that is no error of ours. */
function ignoreBrokenPipe(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!isBrokenPipe(error)) throw error;
  });
}
