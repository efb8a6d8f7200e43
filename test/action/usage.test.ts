import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { runStep } from '../support/runner-harness.ts';
import { makeTempDir } from '../support/temp-dir.ts';

// nothing listens there: a run that got so far as to send something ends with another code
const IMAGE = '127.0.0.1:1/acme/app:1';

interface Case {
  readonly title: string;
  readonly folder?: string;
  readonly with: Record<string, string>;
  readonly code: string;
  readonly says: RegExp;
}

const CASES: readonly Case[] = [
  {
    title: 'an input that does not exist, with the near name',
    with: { image: IMAGE, file: 'sbom.json' },
    code: 'input-unknown',
    says: /input "file" is not known to command attach\nDid you mean input "files"\?/,
  },
  {
    title: 'an input with an underscore',
    with: { image: IMAGE, artifact_type: 'a/b' },
    code: 'input-unknown',
    says: /Did you mean input "artifact-type"\?/,
  },
  {
    title: 'an input of another command',
    folder: '.',
    with: { command: 'attach', image: IMAGE, 'min-count': '1' },
    code: 'input-unknown',
    says: /"min-count" belongs to command list, not to attach/,
  },
  {
    title: 'no command',
    folder: '.',
    with: { image: IMAGE },
    code: 'command-unknown',
    says: /input "command": expected one of attach, list, verify, repair, got none/,
  },
  {
    title: 'an unknown command, with the near name',
    folder: '.',
    with: { command: 'atach' },
    code: 'command-unknown',
    says: /Did you mean attach\?/,
  },
  {
    title: 'a value that is none of those that are known',
    with: { image: IMAGE, files: 'sbom.json', 'if-exists': 'overwrite' },
    code: 'input-invalid',
    says: /input "if-exists": expected one of skip, add, replace, got "overwrite"/,
  },
  {
    title: 'a number out of bounds',
    folder: 'list',
    with: { image: IMAGE, concurrency: '0' },
    code: 'input-invalid',
    says: /expected a whole number from 1 to 64, got "0"/,
  },
  {
    title: 'a user name without a password',
    with: { image: IMAGE, files: 'sbom.json', 'registry-username': 'me' },
    code: 'input-conflict',
    says: /"registry-username" needs input "registry-password"/,
  },
  { title: 'no image', folder: 'list', with: {}, code: 'image-missing', says: /image/ },
  {
    title: 'an image that is no reference',
    with: { image: 'https://ghcr.io/acme/app', files: 'sbom.json' },
    code: 'reference-invalid',
    says: /begins with a URL scheme/,
  },
  {
    title: 'a file that is not there',
    with: { image: IMAGE, files: 'none.json' },
    code: 'file-missing',
    says: /none\.json/,
  },
  { title: 'an empty file', with: { image: IMAGE, files: 'empty.json' }, code: 'file-empty', says: /empty\.json/ },
  { title: 'a folder', with: { image: IMAGE, files: 'folder' }, code: 'file-is-directory', says: /folder/ },
  {
    title: 'a glob without a match',
    with: { image: IMAGE, files: '*.cdx.json' },
    code: 'file-no-match',
    says: /\*\.cdx\.json/,
  },
  {
    title: 'a file outside the workspace',
    with: { image: IMAGE, files: '../outside.json' },
    code: 'file-outside-workspace',
    says: /outside\.json/,
  },
  {
    title: 'a file whose type is not known',
    with: { image: IMAGE, files: 'plain.txt' },
    code: 'artifact-type-needed',
    says: /plain\.txt/,
  },
  {
    title: 'an artifact type with parameters',
    with: { image: IMAGE, files: 'plain.txt', 'artifact-type': 'a/b;version=1' },
    code: 'artifact-type-invalid',
    says: /parameters/,
  },
  {
    title: 'an annotation without a value',
    with: { image: IMAGE, files: 'plain.txt', 'artifact-type': 'a/b', annotations: 'novalue' },
    code: 'annotation-invalid',
    says: /novalue/,
  },
  {
    title: 'a placeholder that does not exist',
    with: { image: IMAGE, files: 'sbom-{cpu}.json' },
    code: 'placeholder-unknown',
    says: /cpu/,
  },
];

describe('a usage error in the Action', () => {
  for (const { title, folder = 'attach', with: inputs, code, says } of CASES) {
    test(`${title}: one annotation with code ${code}, before anything is sent`, async () => {
      await using outside = await makeTempDir();
      const workspace = join(outside.path, 'workspace');
      await mkdir(join(workspace, 'folder'), { recursive: true });
      await writeFile(join(workspace, 'empty.json'), '');
      await writeFile(join(workspace, 'plain.txt'), 'plain');
      await writeFile(join(workspace, 'sbom.json'), '{}');
      await writeFile(join(outside.path, 'outside.json'), '{}');
      const step = await runStep(folder, { with: inputs, workspace });
      assert.equal(step.exitCode, 2, step.stdout + step.stderr);
      assert.ok(step.summary.includes(`<code>${code}</code>`), 'the job summary says it, too');
      const errors = step.commands.filter(({ name }) => name === 'error');
      assert.deepEqual(
        errors.map(({ properties }) => properties['title']),
        [code],
      );
      assert.match(errors[0]?.message ?? '', says);
      assert.equal(step.stderr, '');
      assert.deepEqual(step.outputs, {});
      assert.equal(step.post?.exitCode ?? 0, 0);
    });
  }

  test('the runner itself only warns of the unknown input', async () => {
    const step = await runStep('attach', { with: { image: IMAGE, file: 'x' } });
    assert.deepEqual(step.unexpectedInputs, ['file']);
  });
});
