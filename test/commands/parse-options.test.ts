import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { attachCommand } from '../../src/commands/attach/options.ts';
import { listCommand } from '../../src/commands/list/options.ts';
import type { OptionSpec } from '../../src/commands/option-spec.ts';
import { type AnyOptionValue, parseOption } from '../../src/commands/parse-option.ts';
import { parseCommandName, parseOptions } from '../../src/commands/parse-options.ts';
import { CodedError } from '../../src/errors/coded-error.ts';
import { nearName } from '../../src/errors/near-name.ts';
import { fc } from '../support/fast-check.ts';

const label = (name: string): string => `input "${name}"`;
const raw = (values: Record<string, string>): Map<string, readonly string[]> =>
  new Map(Object.entries(values).map(([name, text]) => [name, [text]]));
const thrownBy = (run: () => unknown): CodedError => {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof CodedError, String(error));
    return error;
  }
  return assert.fail('nothing was thrown');
};

const base = { group: 'how', help: 'x' } as const;
const boolean: OptionSpec = { ...base, kind: 'boolean', default: false };
const integer: OptionSpec = { ...base, kind: 'integer', min: 1, max: 64, default: 8 };
const depth: OptionSpec = { ...integer, kind: 'integer', all: true };
const seconds: OptionSpec = { ...base, kind: 'seconds', min: 0.1, max: 60, default: 5 };
const choice: OptionSpec = { ...base, kind: 'enum', values: ['skip', 'add'], default: 'skip' };
const lines: OptionSpec = { ...base, kind: 'lines' };
const list: OptionSpec = { ...base, kind: 'lines', commas: true, values: ['api', 'tag-schema'], default: ['api'] };

describe('parseOption', () => {
  const goodies: [OptionSpec, string[], AnyOptionValue][] = [
    [boolean, ['true'], true],
    [boolean, ['TRUE'], true],
    [boolean, [' False '], false],
    [boolean, [], false],
    [boolean, [''], false],
    [integer, ['64'], 64],
    [integer, ['007'], 7],
    [integer, ['  '], 8],
    [depth, ['all'], Number.POSITIVE_INFINITY],
    [seconds, ['0.5'], 0.5],
    [seconds, ['60'], 60],
    [choice, ['add'], 'add'],
    [choice, ['add', 'skip'], 'skip'],
    [lines, ['a\r\n\n  b \n'], ['a', 'b']],
    [lines, ['a,b', 'c'], ['a,b', 'c']],
    [list, ['api, tag-schema,'], ['api', 'tag-schema']],
    [list, ['\n'], ['api']],
    [{ ...base, kind: 'string' }, [' x '], 'x'],
    [{ ...base, kind: 'string' }, [''], undefined],
    [{ ...base, kind: 'string', secret: true }, [' x '], ' x '],
    [{ ...base, kind: 'string', secret: true }, ['x\n'], 'x'],
    [{ ...base, kind: 'string', secret: true }, ['x \r\n'], 'x '],
    [{ ...base, kind: 'string', secret: true }, ['a\nb\n\n'], 'a\nb\n'],
  ];
  for (const [spec, texts, value] of goodies) {
    test(`${spec.kind} ${JSON.stringify(texts)} is ${JSON.stringify(value) ?? 'unset'}`, () => {
      assert.deepEqual(parseOption(spec, texts, 'it'), value);
    });
  }

  const uglies: [OptionSpec, string, string][] = [
    [boolean, 'yes', 'expected true or false, got "yes"'],
    [boolean, 'tRue', 'expected true or false, got "tRue"'],
    [integer, '0', 'expected a whole number from 1 to 64, got "0"'],
    [integer, '65', 'from 1 to 64'],
    [integer, '8.0', 'whole number'],
    [integer, '-1', 'whole number'],
    [integer, '1e1', 'whole number'],
    [integer, '0x10', 'whole number'],
    [integer, 'all', 'whole number'],
    [depth, 'ALL', 'or all, got "ALL"'],
    [seconds, '1m', 'seconds from 0.1 to 60'],
    [seconds, 'Infinity', 'plain number'],
    [choice, 'Skip', 'expected one of skip, add, got "Skip"'],
    [list, 'api\ntags', 'one of api, tag-schema'],
  ];
  for (const [spec, text, part] of uglies) {
    test(`${spec.kind} ${JSON.stringify(text)} is refused with what was expected`, () => {
      const error = thrownBy(() => parseOption(spec, [text], 'input "it"'));
      assert.equal(error.code, 'input-invalid');
      assert.ok(error.message.startsWith('input "it": ') && error.message.includes(part), error.message);
    });
  }

  test('whatever the text, a whole number is within its bounds or refused', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String)), (text) => {
        try {
          const value = parseOption(integer, [text], 'it');
          assert.ok(Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 64, String(value));
        } catch (error) {
          assert.ok(error instanceof CodedError && error.code === 'input-invalid');
        }
      }),
    );
  });
});

describe('parseOptions', () => {
  test('gives every option its default, and nothing else', () => {
    const options = parseOptions(attachCommand, raw({}), label);
    assert.deepEqual(options, {
      image: [],
      subjectName: undefined,
      subjectDigest: undefined,
      registryUsername: undefined,
      registryPassword: undefined,
      githubToken: undefined,
      plainHttp: undefined,
      insecure: false,
      caFile: undefined,
      distributionSpec: 'auto',
      concurrency: 8,
      retries: 5,
      timeout: 60,
      deadline: 900,
      files: [],
      artifactType: undefined,
      annotations: [],
      platforms: [],
      missingPlatforms: 'fail',
      ifExists: 'skip',
      allowSubjectMismatch: false,
      uniqueTags: false,
      dryRun: false,
      sign: 'none',
      predicateType: undefined,
      signByDigest: false,
      sigstoreInstance: 'auto',
      signingConfig: undefined,
      trustedRoot: undefined,
      signingKey: undefined,
      signingKeyFile: undefined,
      signingKeyPassword: undefined,
    });
  });

  test('the defaults of list are those that are documented', () => {
    const options = parseOptions(listCommand, raw({}), label);
    assert.equal(options.depth, 1);
    assert.deepEqual(options.sources, ['api', 'tag-schema', 'in-index', 'cosign-tags']);
    assert.equal(options.verify, true);
    assert.equal(options.latest, false);
    assert.equal(options.sortAnnotation, 'org.opencontainers.image.created');
    assert.equal(options.minCount, 0);
  });

  test('an unknown name is refused with the near one', () => {
    for (const [name, near] of [
      ['artifact_type', 'artifact-type'],
      ['artifactType', 'artifact-type'],
      ['file', 'files'],
      ['anotations', 'annotations'],
      ['plaform', 'platforms'],
      ['if-exsits', 'if-exists'],
    ] as const) {
      const error = thrownBy(() => parseOptions(attachCommand, raw({ [name]: 'x' }), label));
      assert.equal(error.code, 'input-unknown');
      assert.equal(error.message, `input "${name}" is not known to command attach`);
      assert.equal(error.hint, `Did you mean input "${near}"?`);
    }
  });

  test('several unknown names are all told of in one run', () => {
    const given = raw({ images: 'x', 'min-count': '1', file: 'y', 'dry-run': 'true' });
    const error = thrownBy(() => parseOptions(attachCommand, given, label, [listCommand]));
    assert.equal(
      error.message,
      'input "images" is not known to command attach; input "min-count" belongs to command list, not to attach; input "file" is not known to command attach',
    );
    assert.equal(
      error.hint,
      'input "images": Did you mean input "image"? input "min-count": Leave it out, or use command list. input "file": Did you mean input "files"?',
    );
  });

  test('a name that is near to nothing is refused with all that are known', () => {
    const error = thrownBy(() => parseOptions(attachCommand, raw({ 'key-vault': 'x' }), label));
    assert.match(error.hint ?? '', /^Known: image, subject-name, /);
  });

  test('an option of another command is refused with its command', () => {
    const error = thrownBy(() => parseOptions(attachCommand, raw({ 'min-count': '1' }), label, [listCommand]));
    assert.equal(error.code, 'input-unknown');
    assert.equal(error.message, 'input "min-count" belongs to command list, not to attach');
  });

  test('an unknown name is an error also without a value: an expression may have come out empty', () => {
    assert.throws(() => parseOptions(attachCommand, raw({ 'dry-rum': '' }), label), {
      code: 'input-unknown',
      hint: 'Did you mean input "dry-run"?',
    });
  });

  test('an input of another command without a value is none: the root action has them all', () => {
    assert.ok(!('minCount' in parseOptions(attachCommand, raw({ 'min-count': '' }), label, [listCommand])));
  });

  test('the near name is sought in the other commands, too', () => {
    assert.throws(() => parseOptions(attachCommand, raw({ 'min-cuont': '1' }), label, [listCommand]), {
      code: 'input-unknown',
      hint: 'Did you mean input "min-count"? It belongs to command list.',
    });
  });

  const conflicts: [Record<string, string>, string][] = [
    [{ image: 'a', 'subject-name': 'b', 'subject-digest': 'c' }, 'input "image" and input "subject-name" cannot'],
    [{ 'subject-name': 'a' }, 'input "subject-name" needs input "subject-digest"'],
    [{ 'registry-username': 'a' }, 'input "registry-username" needs input "registry-password"'],
    [{ 'registry-password': 'a' }, 'input "registry-password" needs input "registry-username"'],
  ];
  for (const [values, message] of conflicts) {
    test(`${Object.keys(values).join(' + ')} is a conflict`, () => {
      const error = thrownBy(() => parseOptions(attachCommand, raw(values), label));
      assert.equal(error.code, 'input-conflict');
      assert.ok(error.message.startsWith(message), error.message);
    });
  }

  test('a value from the environment fills in, and never conflicts', () => {
    const fallbacks = raw({ 'registry-password': 'secret' });
    const anonymous = parseOptions(attachCommand, raw({ image: 'a' }), label, [], fallbacks);
    assert.equal(anonymous.registryPassword, 'secret');
    const named = parseOptions(attachCommand, raw({ 'registry-username': 'me' }), label, [], fallbacks);
    assert.deepEqual([named.registryUsername, named.registryPassword], ['me', 'secret']);
  });
});

describe('parseCommandName', () => {
  test('finds a command, or names the near one', () => {
    const commands = [attachCommand, listCommand];
    assert.equal(parseCommandName('list', commands, 'command').name, 'list');
    const error = thrownBy(() => parseCommandName('atach', commands, 'input "command"'));
    assert.equal(error.code, 'command-unknown');
    assert.equal(error.message, 'input "command": expected one of attach, list, got "atach"');
    assert.equal(error.hint, 'Did you mean attach?');
    assert.match(thrownBy(() => parseCommandName('', commands, 'command')).message, /got none$/);
  });
});

describe('nearName', () => {
  test('a swap of neighbours is one slip', () => {
    assert.equal(nearName('iamge', ['image']), 'image');
    assert.equal(nearName('lits', ['list', 'serve']), 'list');
  });
  test('what was cut short is the shortest that goes on from it', () => {
    assert.equal(nearName('repo', ['ref', 'repository-id', 'repository']), 'repository');
    assert.equal(nearName('any', ['trust', 'any-of']), 'any-of');
  });
  test('says nothing rather than something far', () => {
    assert.equal(nearName('x', ['image', 'files']), undefined);
    assert.equal(nearName('verbosity', ['image', 'files', 'depth']), undefined);
  });
  test('a candidate is nearest to itself, and one edit away is still found', () => {
    const names = Object.keys(attachCommand.options);
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat(), (name, at) => {
        assert.equal(nearName(name, names), name);
        const cut = at % name.length;
        const near = nearName(name.slice(0, cut) + name.slice(cut + 1), names);
        assert.ok(near !== undefined && names.includes(near));
      }),
    );
  });
});
