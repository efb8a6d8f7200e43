import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { CliShell } from '../../src/cli/cli-shell.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { plainStyle } from '../../src/report/text-style.ts';

async function run(...words: readonly string[]) {
  let stderr = '';
  const shell: CliShell = {
    stdout: { write: () => undefined },
    stderr: { write: (text) => (stderr += text) },
    styles: { stdout: plainStyle, stderr: plainStyle },
    env: {},
    workspace: '/nowhere',
    interrupt: new AbortController().signal,
    readStdin: async () => '',
  };
  return { code: await runCli(words, shell), stderr };
}

it('what is refused before any request says why, and no cost; what asked a registry says its cost', async (t) => {
  for (const words of [
    ['verify', 'ghcr.io/acme/app:1.4'],
    ['attach', 'ghcr.io/acme/app:1.4', 'gone.json'],
    ['list', 'ghcr.io/acme/app:not a tag'],
  ]) {
    const { code, stderr } = await run(...words);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /^error\[/);
  }
  const registry = await startEmbeddedRegistry();
  t.after(() => registry.close());
  assert.match((await run('list', `${registry.host}/acme/app:1.4`)).stderr, /^\d+ requests? in \d+ round/);
});

it('options that exclude or need each other are named as they are written', async () => {
  const SLSA = 'https://slsa.dev/provenance/v1';
  const cases: readonly (readonly [words: readonly string[], told: RegExp])[] = [
    [['--require', SLSA], /--require needs to know who signs: none of --signer-workflow, /],
    [['--require', SLSA, '--max-age', '30', '--key', 'k.pub'], /--max-age: expected a duration/],
    [['--policy', 'p.yml', '--require', SLSA], /--policy and --require cannot be given together/],
  ];
  for (const [words, told] of cases) {
    const { code, stderr } = await run('verify', 'ghcr.io/acme/app:1.4', ...words);
    assert.equal(code, 2, stderr);
    assert.match(stderr, told);
  }
});
