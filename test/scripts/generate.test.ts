import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { generateFiles } from '../../scripts/generate/generate-files.ts';
import { replaceSections } from '../../scripts/generate/sections.ts';
import { attachCommand } from '../../src/commands/attach/options.ts';
import { listCommand } from '../../src/commands/list/options.ts';
import type { CommandSpec } from '../../src/commands/option-spec.ts';
import { parseOptions } from '../../src/commands/parse-options.ts';
import { type ActionManifest, PROJECT_ROOT, readActionManifest } from '../support/runner-harness.ts';

const files = await generateFiles(PROJECT_ROOT);

describe('generated files', () => {
  for (const [path, text] of files) {
    test(`${path} is what the declarations say (npm run generate)`, async () => {
      assert.equal(await readFile(join(PROJECT_ROOT, path), 'utf8'), text);
    });
  }
});

describe('action.yml', () => {
  const isSet = (manifest: ActionManifest): string[] =>
    Object.entries(manifest.inputs ?? {}).flatMap(([name, input]) => (input?.default === undefined ? [] : [name]));

  test('the root declares no default but those that the runner fills in, so that an input of another command is seen', async () => {
    const manifest = await readActionManifest('.');
    assert.deepEqual(isSet(manifest), ['github-token', 'matrix-job']);
    for (const name of isSet(manifest)) assert.match(String(manifest.inputs?.[name]?.default), /^\$\{\{.*\}\}$/);
  });

  test('the root has the inputs and outputs of every command', async () => {
    const { inputs, outputs } = await readActionManifest('.');
    for (const command of [attachCommand, listCommand]) {
      for (const name of Object.keys(command.options)) assert.ok(inputs && name in inputs, name);
      for (const name of Object.keys(command.outputs ?? {})) assert.ok(outputs && name in outputs, name);
    }
  });

  const commands: readonly CommandSpec[] = [attachCommand, listCommand];

  test('the defaults that attach and list declare are those that the code applies', async () => {
    for (const command of commands) {
      const { inputs } = await readActionManifest(command.name);
      const declared = Object.entries(inputs ?? {}).flatMap(([name, input]): [string, string[]][] =>
        input?.default === undefined || name === 'github-token' ? [] : [[name, [String(input.default)]]],
      );
      assert.ok(declared.length > 3);
      const label = (name: string): string => name;
      assert.deepEqual(parseOptions(command, new Map(declared), label), parseOptions(command, new Map(), label));
    }
  });

  test('each runs on Node 24, in JavaScript, with branding', async () => {
    for (const folder of ['.', 'attach', 'list']) {
      const manifest = await readActionManifest(folder);
      assert.equal(manifest.runs.using, 'node24');
      assert.match(manifest.runs.main, /^(?:\.\.\/)?dist\/[a-z]+\.js$/);
      assert.ok('branding' in manifest);
    }
  });
});

describe('replaceSections', () => {
  const marked = 'a\n<!-- generated:x -->\nold\n<!-- /generated:x -->\nb';
  test('replaces what stands between the markers, and is its own fixed point', () => {
    const once = replaceSections(marked, { x: 'new' });
    assert.equal(once, 'a\n<!-- generated:x -->\nnew\n<!-- /generated:x -->\nb');
    assert.equal(replaceSections(once, { x: 'new' }), once);
  });
  test('a missing or doubled marker is an error, not a silent skip', () => {
    assert.throws(() => replaceSections('nothing', { x: 'new' }), /expected the marker/);
    assert.throws(() => replaceSections(marked + marked, { x: 'new' }), /found it 2 times/);
    assert.throws(() => replaceSections('<!-- generated:x -->', { x: 'new' }), /no <!-- \/generated:x -->/);
  });
});
