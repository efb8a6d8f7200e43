import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { CLI_COMMANDS } from '../../src/cli/cli-command.ts';
import type { CliShell, TextSink } from '../../src/cli/cli-shell.ts';
import { isNodeSupported, OLDEST_NODE } from '../../src/cli/node-version.ts';
import { parseCommandLine } from '../../src/cli/parse-command-line.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { styleFor } from '../../src/cli/style-for.ts';
import type { CommandSpec } from '../../src/commands/option-spec.ts';
import { ansiStyle, plainStyle } from '../../src/report/text-style.ts';

function spec(name: string): CommandSpec {
  const found = CLI_COMMANDS.find((command) => command.spec.name === name);
  return found?.spec ?? assert.fail(`no command ${name}`);
}

const parse = (line: string, env: Record<string, string> = {}): Record<string, unknown> => {
  const [name = '', ...words] = line.split(' ');
  return parseCommandLine(spec(name), words, env);
};

interface Printed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (...words: readonly string[]): Promise<Printed> => runIn({}, words);

async function runIn(terminal: Omit<TextSink, 'write'>, words: readonly string[]): Promise<Printed> {
  const printed = { stdout: '', stderr: '' };
  const shell: CliShell = {
    stdout: { write: (text) => (printed.stdout += text), ...terminal },
    stderr: { write: (text) => (printed.stderr += text) },
    styles: { stdout: plainStyle, stderr: plainStyle },
    env: {},
    workspace: '/nowhere',
    interrupt: new AbortController().signal,
    readStdin: async () => '',
  };
  return { code: await runCli(words, shell), ...printed };
}

describe('parseCommandLine', () => {
  const goodies: [string, Record<string, unknown>][] = [
    ['attach reg/a:1 sbom.json b.json', { image: ['reg/a:1'], files: ['sbom.json', 'b.json'] }],
    ['attach --image reg/a:1 sbom.json', { image: ['reg/a:1'], files: ['sbom.json'] }],
    ['attach reg/a:1 --files x.json y.json', { image: ['reg/a:1'], files: ['x.json', 'y.json'] }],
    ['attach --subject-name reg/a --subject-digest sha256:1 x', { image: [], subjectName: 'reg/a', files: ['x'] }],
    ['attach reg/a --annotations a=b --annotations c=d', { annotations: ['a=b', 'c=d'] }],
    ['attach reg/a --annotations=a=b', { annotations: ['a=b'] }],
    ['attach reg/a --dry-run', { dryRun: true }],
    ['attach reg/a --dry-run=false', { dryRun: false }],
    ['attach reg/a -- --odd.json', { files: ['--odd.json'] }],
    ['attach reg/a -', { files: ['-'] }],
    ['list reg/a reg/b', { image: ['reg/a', 'reg/b'] }],
    ['list reg/a --no-verify', { verify: false }],
    ['list reg/a --verify', { verify: true }],
    ['list reg/a --depth all --format json', { depth: Number.POSITIVE_INFINITY, format: 'json' }],
    ['list reg/a --platforms linux/amd64,linux/arm64', { platforms: ['linux/amd64', 'linux/arm64'] }],
    ['list reg/a --min-count 1 --min-count 2', { minCount: 2 }],
    ['serve', { root: undefined, port: 5000, host: '127.0.0.1' }],
  ];
  for (const [line, expected] of goodies) {
    test(`${line}`, () => {
      const options = parse(line);
      assert.deepEqual(Object.fromEntries(Object.keys(expected).map((key) => [key, options[key]])), expected);
    });
  }

  const uglies: [string, string, RegExp][] = [
    ['attach reg/a --file x', 'input-unknown', /^--file is not known to command attach$/],
    ['attach reg/a --min-count 1', 'input-unknown', /^--min-count is not known/],
    ['attach reg/a -x', 'input-unknown', /^-x is not known/],
    ['attach reg/a --no-image', 'input-unknown', /^--no-image is not known/],
    ['attach reg/a --no-dry-run=true', 'input-unknown', /^--no-dry-run is not known/],
    ['attach reg/a --artifact-type', 'input-invalid', /^--artifact-type needs a value$/],
    ['attach reg/a --artifact-type --dry-run', 'input-invalid', /^--artifact-type needs a value$/],
    ['attach reg/a --dry-run=yes', 'input-invalid', /^--dry-run: expected true or false/],
    ['list reg/a --min-count -1', 'input-invalid', /^--min-count needs a value$/],
    ['list --image reg/a reg/b', 'input-invalid', /^unexpected "reg\/b" after list$/],
    ['serve here', 'input-invalid', /^unexpected "here" after serve$/],
    ['attach reg/a --registry-username me', 'input-conflict', /needs --registry-password/],
    ['list reg/a --registry-password-stdin', 'input-conflict', /needs --registry-username/],
  ];
  for (const [line, code, message] of uglies) {
    test(`${line} is refused: ${code}`, () => {
      assert.throws(() => parse(line), { code, message });
    });
  }

  test('a flag that was nearly right is named', () => {
    assert.throws(() => parse('attach reg/a --file x'), { hint: 'Did you mean --files?' });
  });

  test('secrets may come from the environment; a flag outweighs it', () => {
    assert.equal(parse('list reg/a', { GITHUB_TOKEN: 't' })['githubToken'], 't');
    assert.equal(parse('list reg/a --github-token u', { GITHUB_TOKEN: 't' })['githubToken'], 'u');
    const options = parse('list reg/a --registry-username me', { OCI_REFERRERS_PASSWORD: 'p' });
    assert.equal(options['registryPassword'], 'p');
  });
});

describe('runCli', () => {
  test('--help lists every command on stdout', async () => {
    const { code, stdout, stderr } = await run('--help');
    assert.equal(code, 0);
    assert.equal(stderr, '');
    for (const name of ['attach', 'list', 'serve', 'demo']) assert.match(stdout, new RegExp(`^ {2}${name} `, 'm'));
  });

  test('no command at all is a usage error that shows the help on stderr', async () => {
    const { code, stdout, stderr } = await run();
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^Usage: oci-referrers COMMAND/);
  });

  test('the help of a command names each of its flags, whatever else stands on the line', async () => {
    for (const { spec: command } of CLI_COMMANDS) {
      const { code, stdout } = await run(command.name, '--nonsense', '-h');
      assert.equal(code, 0);
      for (const [name, option] of Object.entries(command.options)) {
        const flag = option.kind === 'boolean' && option.default !== false ? `--[no-]${name}` : `--${name}`;
        assert.ok(stdout.includes(`\n  ${flag}`), `${command.name} ${flag}`);
      }
      for (const line of stdout.split('\n')) assert.ok(line.length <= 100 || line.startsWith('  oci-referrers'), line);
    }
  });

  test('help is as wide as the terminal, and 100 columns where that is wider or there is none', async () => {
    const widthOf = ({ stdout }: Printed): number =>
      Math.max(...stdout.split('\n').flatMap((line) => (line.startsWith('  oci-referrers') ? [] : [line.length])));
    for (const { spec: command } of CLI_COMMANDS) {
      const narrow = await runIn({ isTTY: true, columns: 80 }, [command.name, '--help']);
      assert.ok(widthOf(narrow) <= 80, `${command.name}: ${widthOf(narrow)}`);
    }
    assert.ok(widthOf(await runIn({ isTTY: true, columns: 80 }, ['--help'])) <= 80);
    const piped = await run('--help');
    assert.deepEqual(await runIn({ isTTY: true, columns: 300 }, ['--help']), piped);
    assert.deepEqual(await runIn({ isTTY: false, columns: 70 }, ['--help']), piped);
    // narrower than words can be set
    assert.ok(widthOf(await runIn({ isTTY: true, columns: 20 }, ['--help'])) > 40);
  });

  test('help for a command is reached both ways', async () => {
    assert.deepEqual(await run('help', 'list'), await run('list', '--help'));
  });

  test('--version prints the version alone', async () => {
    const { code, stdout } = await run('--version');
    assert.equal(code, 0);
    assert.match(stdout, /^\d+\.\d+\.\d+\S*\n$/);
  });

  test('an unknown command is refused with the near name, on stderr, with exit code 2', async () => {
    const { code, stdout, stderr } = await run('atach', 'reg/a');
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^error\[command-unknown\]: command: expected one of attach, list, [a-z, -]+, got "atach"\n/);
    assert.match(stderr, /hint: Did you mean attach\?/);
  });

  test('hostile words come back harmless', async () => {
    const { stderr } = await run('attach', 'reg/a', '--\x1b[31mred\x07');
    assert.ok(!stderr.includes('\x1b') && !stderr.includes('\x07'));
    assert.match(stderr, /\\x1b\[31mred\\x07/);
  });
});

test('colours are for terminals, and NO_COLOR turns them off', () => {
  const sink = (isTTY: boolean) => ({ write: () => true, isTTY });
  assert.equal(styleFor(sink(true), {}), ansiStyle);
  assert.equal(styleFor(sink(true), { NO_COLOR: '' }), ansiStyle);
  assert.equal(styleFor(sink(true), { NO_COLOR: '1' }), plainStyle);
  assert.equal(styleFor(sink(true), { TERM: 'dumb' }), plainStyle);
  assert.equal(styleFor(sink(false), {}), plainStyle);
});

test('an old Node is told apart from one that works', () => {
  assert.deepEqual(['20.20.2', '22.18.9', '22.19.0', '24.0.0'].map(isNodeSupported), [false, false, true, true]);
});

test('the oldest Node is the one that undici asks for, and that package.json and the bundles name', async () => {
  const root = new URL('../../', import.meta.url);
  const [project, undici] = await Promise.all(
    ['package.json', 'node_modules/undici/package.json'].map(
      async (path) => JSON.parse(await readFile(new URL(path, root), 'utf8')) as { readonly engines: object },
    ),
  );
  assert.deepEqual(project?.engines, { node: `>=${OLDEST_NODE}` });
  assert.deepEqual(undici?.engines, project?.engines);
  const bundler = await readFile(new URL('scripts/build/bundle.ts', root), 'utf8');
  assert.ok(bundler.includes(`target: 'node${OLDEST_NODE.replace(/\.0$/, '')}'`), 'the target of the bundler');
});
