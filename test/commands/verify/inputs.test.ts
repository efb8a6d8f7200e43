import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { startEmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { verify } from '../../support/verify-run.ts';

interface Wrong {
  readonly inputs: Readonly<Record<string, string>>;
  readonly code: string;
  readonly message: RegExp;
  readonly hint: RegExp;
}

const SLSA = { require: 'https://slsa.dev/provenance/v1', 'signer-repo': 'acme/app' };
const FILES: Readonly<Record<string, string | Uint8Array>> = {
  'empty.txt': '',
  'comments.txt': '# none today\n\n',
  'utf16.txt': Buffer.from('\ufeffghcr.io/acme/app:1\r\n', 'utf16le'),
  'empty.json': '',
  'p.yml': 'version: 1\nrules: [{ name: r, artifact-type: a/b, signed: false }]\n',
};

const wrongs: Readonly<Record<string, Wrong>> = {
  'an images-file that is empty': {
    inputs: { image: '', 'images-file': 'empty.txt', ...SLSA },
    code: 'file-empty',
    message: /"empty\.txt" is empty/,
    hint: /^Expected an image a line, such as ghcr\.io\/acme\/app:1\.4\./,
  },
  'an images-file of comments': {
    inputs: { image: '', 'images-file': 'comments.txt', ...SLSA },
    code: 'image-missing',
    message: /images-file "comments\.txt" names no image/,
    hint: /^Expected an image a line, such as ghcr\.io\/acme\/app:1\.4\./,
  },
  'an images-file in another encoding': {
    inputs: { image: '', 'images-file': 'utf16.txt', ...SLSA },
    code: 'file-unreadable',
    message: /images-file "utf16\.txt" is not UTF-8/,
    hint: /Out-File -Encoding utf8/,
  },
  'an empty file of bundles': {
    inputs: { bundles: 'empty.json', ...SLSA },
    code: 'file-empty',
    message: /"empty\.json" is empty/,
    hint: /^The step that writes it may have failed\.$/,
  },
  'an attestation-repository that is none': {
    inputs: { sources: 'github', 'attestation-repository': 'acme', ...SLSA },
    code: 'input-invalid',
    message: /attestation-repository.*"acme"/,
    hint: /acme\/app/,
  },
  'an attestation-repository that nobody asks': {
    inputs: { 'attestation-repository': 'acme/app', ...SLSA },
    code: 'input-conflict',
    message: /attestation-repository is set, and sources has no github/,
    hint: /Add github to sources/,
  },
  'a policy-sha256 that is none': {
    inputs: { policy: 'p.yml', 'policy-sha256': 'sha256:abc' },
    code: 'input-invalid',
    message: /policy-sha256: expected 64 hexadecimal digits, got "sha256:abc"/,
    hint: /sha256sum/,
  },
};

describe('what is wrong with the inputs of verify is said, with what to do, before any request', () => {
  for (const [what, { inputs, code, message, hint }] of Object.entries(wrongs)) {
    it(what, async (t) => {
      const registry = await startEmbeddedRegistry();
      t.after(() => registry.close());
      const workspace = await makeTempDir();
      t.after(() => workspace.remove());
      for (const [name, content] of Object.entries(FILES)) await writeFile(join(workspace.path, name), content);
      const image = `${registry.host}/acme/app:1`;
      const run = verify({ image, ...inputs }, { workspace: workspace.path, env: { GITHUB_REPOSITORY: 'acme/app' } });
      await assert.rejects(run, { code, message, hint });
      assert.equal(registry.log.length, 0);
    });
  }

  it('takes a list of images that an earlier step left in RUNNER_TEMP', async (t) => {
    const [workspace, runnerTemp] = await Promise.all([makeTempDir(), makeTempDir()]);
    t.after(() => Promise.all([workspace.remove(), runnerTemp.remove()]));
    const file = join(runnerTemp.path, 'images.txt');
    await writeFile(file, '127.0.0.1:1/acme/app:1 # gone\n');
    const options = { workspace: workspace.path, env: { RUNNER_TEMP: runnerTemp.path } };
    const { images } = await verify({ 'images-file': file, 'require-unsigned': 'a/b' }, options);
    assert.deepEqual(
      images.map(({ requested, error }) => [requested, error?.code]),
      [['127.0.0.1:1/acme/app:1', 'network-unreachable']],
    );
  });
});
