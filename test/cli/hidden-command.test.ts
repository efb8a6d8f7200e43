import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { renderCliDoc } from '../../scripts/generate/cli-doc.ts';
import type { CliShell } from '../../src/cli/cli-shell.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { plainStyle } from '../../src/report/text-style.ts';

async function run(...words: readonly string[]) {
  const printed = { stdout: '', stderr: '' };
  const shell: CliShell = {
    stdout: { write: (text) => (printed.stdout += text) },
    stderr: { write: (text) => (printed.stderr += text) },
    styles: { stdout: plainStyle, stderr: plainStyle },
    env: {},
    workspace: '/nowhere',
    interrupt: new AbortController().signal,
    readStdin: async () => '',
  };
  return { code: await runCli(words, shell), ...printed };
}

describe('verify-bundle, a command for programs', () => {
  it('is in neither the help nor docs/cli.md', async () => {
    assert.doesNotMatch((await run('--help')).stdout, /verify-bundle/);
    assert.doesNotMatch((await run()).stderr, /verify-bundle/);
    assert.doesNotMatch(renderCliDoc(), /verify-bundle/);
    assert.doesNotMatch(await readFile(new URL('../../docs/cli.md', import.meta.url), 'utf8'), /verify-bundle/);
  });

  it('is not among those that are named for a name that is none', async () => {
    const { code, stderr } = await run('vrify');
    assert.equal(code, 2);
    assert.match(stderr, /expected one of attach, .*verify/);
    assert.doesNotMatch(stderr, /verify-bundle/);
  });

  it('tells its options to who knows its name', async () => {
    const { code, stdout } = await run('verify-bundle', '--help');
    assert.equal(code, 0);
    for (const word of [
      'FILE_OR_DIGEST',
      '--certificate-identity',
      '--certificate-oidc-issuer',
      '--key',
      '--staging',
    ]) {
      assert.ok(stdout.includes(word), word);
    }
  });

  it('exits with 2 for usage, and says why', async () => {
    for (const words of [
      ['--bundle', 'x.json', '--certificate-identity', 'a', 'a.txt'],
      ['--bundle', 'x.json', '--key', 'k', '--certificate-identity', 'a', '--certificate-oidc-issuer', 'b', 'a.txt'],
      ['--bundle', 'x.json', 'a.txt'],
      ['--bundle', 'x.json', '--key', 'k', 'a.txt', 'b.txt'],
    ]) {
      const { code, stderr } = await run('verify-bundle', ...words);
      assert.equal(code, 2, stderr);
      assert.notEqual(stderr, '');
    }
  });
});
