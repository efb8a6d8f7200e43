import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadCommand, loadInputs, readInputs } from '../../src/action/load-inputs.ts';
import { attachCommand } from '../../src/commands/attach/options.ts';
import { listCommand } from '../../src/commands/list/options.ts';
import type { CommandSpec } from '../../src/commands/option-spec.ts';
import { verifyCommand } from '../../src/commands/verify/options.ts';

describe('readInputs', () => {
  test('names come back from what the runner makes of them: upper case, hyphens kept', () => {
    const env = { 'INPUT_ARTIFACT-TYPE': 'a/b', INPUT_IMAGE: 'x\ny', PATH: '/bin', INPUTS: 'no' };
    assert.deepEqual(
      [...readInputs(env)],
      [
        ['artifact-type', ['a/b']],
        ['image', ['x\ny']],
      ],
    );
  });

  test('an empty string is an unset input, whose name is still seen', () => {
    assert.deepEqual([...readInputs({ 'INPUT_DRY-RUN': '' })], [['dry-run', ['']]]);
    assert.equal(loadInputs(attachCommand, { 'INPUT_DRY-RUN': '' }).dryRun, false);
  });
});

describe('loadInputs', () => {
  test('an input outside the list is an error with the near name, although the runner only warns', () => {
    assert.throws(() => loadInputs(attachCommand, { INPUT_ARTIFACT_TYPE: 'a/b' }), {
      code: 'input-unknown',
      message: 'input "artifact_type" is not known to command attach',
      hint: 'Did you mean input "artifact-type"?',
    });
  });

  test('at the root, an input of another command is an error that says which one', () => {
    assert.throws(() => loadInputs(attachCommand, { 'INPUT_MIN-COUNT': '1', INPUT_COMMAND: 'attach' }, [listCommand]), {
      code: 'input-unknown',
      message: 'input "min-count" belongs to command list, not to attach',
    });
  });

  test('at the root, what the runner evaluates for another command is no input of this one', () => {
    const env = { 'INPUT_MATRIX-JOB': '0/1', INPUT_COMMAND: 'attach', INPUT_IMAGE: 'a' };
    assert.deepEqual(loadInputs(attachCommand, env, [listCommand, verifyCommand]).image, ['a']);
    assert.equal(loadInputs(verifyCommand, env, [attachCommand, listCommand]).matrixJob, '0/1');
    assert.throws(() => loadInputs(attachCommand, env, [listCommand]), { code: 'input-unknown' });
  });

  test('the input command is known at the root only', () => {
    assert.deepEqual(loadInputs(listCommand, { INPUT_COMMAND: 'list', INPUT_IMAGE: 'a' }, [attachCommand]).image, [
      'a',
    ]);
    assert.throws(() => loadInputs(listCommand, { INPUT_COMMAND: 'list' }), { code: 'input-unknown' });
  });

  test('every input of a command can be given', () => {
    const examples: Record<string, string> = { depth: 'all', 'min-count': '2', concurrency: '4', retries: '0' };
    const commands: readonly CommandSpec[] = [attachCommand, listCommand];
    for (const command of commands) {
      for (const [name, spec] of Object.entries(command.options)) {
        const example =
          spec.kind === 'boolean'
            ? 'true'
            : spec.kind === 'enum'
              ? spec.values[0]
              : spec.kind === 'seconds'
                ? '1.5'
                : (examples[name] ?? spec.example ?? 'x');
        const text = name === 'sources' ? 'api' : (example ?? '');
        const company = Object.fromEntries((spec.requires ?? []).map((other) => [`INPUT_${other.toUpperCase()}`, 'x']));
        const key = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
        const options: Record<string, unknown> = loadInputs(command, {
          ...company,
          [`INPUT_${name.toUpperCase()}`]: text,
        });
        assert.ok(key in options, `${command.name} ${name}`);
        assert.notDeepEqual(options[key], [], `${command.name} ${name}`);
      }
    }
  });
});

describe('loadCommand', () => {
  test('finds the command that the input names', () => {
    assert.equal(loadCommand([attachCommand, listCommand], { INPUT_COMMAND: ' list ' }), listCommand);
  });
  test('no command, or an unknown one, is an error that lists them', () => {
    assert.throws(() => loadCommand([attachCommand, listCommand], {}), {
      code: 'command-unknown',
      message: 'input "command": expected one of attach, list, got none',
    });
    assert.throws(() => loadCommand([attachCommand, listCommand], { INPUT_COMMAND: 'attch' }), {
      code: 'command-unknown',
      hint: 'Did you mean attach?',
    });
  });
});
