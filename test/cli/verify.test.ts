import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { CliShell } from '../../src/cli/cli-shell.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { plainStyle } from '../../src/report/text-style.ts';
import { makeTrustedKey } from '../support/judging.ts';
import { pushSampleImage, pushSampleReferrer } from '../support/sample-image.ts';
import { makeKeyBundle } from '../support/sigstore/make-bundle.ts';
import { makeStatement, SLSA_V1 } from '../support/sigstore/make-statement.ts';
import { pushBundle } from '../support/sigstore/push-signed.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';

describe('verify IMAGE on the command line', () => {
  const key = makeTrustedKey();
  let registry: EmbeddedRegistry;
  let folder: TempDir;
  before(async () => {
    [registry, folder] = await Promise.all([startEmbeddedRegistry(), makeTempDir()]);
    const pem = key.trust.key.export({ type: 'spki', format: 'pem' }).toString();
    await writeFile(join(folder.path, 'cosign.pub'), pem);
    const target = { host: registry.host, repository: 'acme/app' };
    const { descriptor } = await pushSampleImage(target, { tag: 'good', name: 'good' });
    const statement = makeStatement({ subject: descriptor.digest });
    await pushBundle(target, descriptor, await makeKeyBundle({ statement, privateKey: key.privateKey }));
    await pushSampleImage(target, { tag: 'bare', name: 'bare' });
  });
  after(() => Promise.all([registry.close(), folder.remove()]));

  async function cli(...words: readonly string[]) {
    const written = { stdout: '', stderr: '' };
    const shell: CliShell = {
      stdout: { write: (text) => (written.stdout += text) },
      stderr: { write: (text) => (written.stderr += text) },
      styles: { stdout: plainStyle, stderr: plainStyle },
      env: {},
      workspace: folder.path,
      interrupt: new AbortController().signal,
      readStdin: async () => '',
    };
    return { code: await runCli(['verify', ...words, '--retries', '0'], shell), ...written };
  }

  const image = (tag: string): string => `${registry.host}/acme/app:${tag}`;
  const wanted = ['--require', SLSA_V1, '--key', 'cosign.pub'];

  it('is ended by its deadline also in the midst of conditions that take long, and says so', async () => {
    const target = { host: registry.host, repository: 'acme/slow' };
    const { descriptor } = await pushSampleImage(target, { tag: '1', name: 'slow' });
    const annotations = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`key-${i}`, 'value']));
    const packages = [{ name: 'app' }];
    const content = JSON.stringify({ spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', name: 'app', packages });
    const pushJunk = (name: string) =>
      pushSampleReferrer(target, descriptor, {
        artifactType: 'application/spdx+json',
        annotations: { ...annotations, name },
        content,
      });
    await Promise.all(Array.from({ length: 40 }, (_, i) => pushJunk(`junk-${i}`)));
    await writeFile(
      join(folder.path, 'slow.yml'),
      [
        'version: 1',
        'rules:',
        '  - name: slow',
        '    artifact-type: [application/spdx+json]',
        '    signed: false',
        '    where: referrer.annotations.all(a, referrer.annotations.all(b, a != b + "!")) && false',
      ].join('\n'),
    );
    const { code, stderr } = await cli(`${registry.host}/acme/slow:1`, '--policy', 'slow.yml', '--deadline', '1');
    assert.equal(code, 3, stderr);
    assert.match(stderr, /^error\[deadline-exceeded\]: .*within its 1 seconds/m);
    assert.doesNotMatch(stderr, /policy-not-met|internal/);
  });

  it('ends with 0 for pass, 1 for fail, 3 for what it could not look at, 2 for usage', async () => {
    const good = await cli(image('good'), ...wanted);
    assert.equal(good.code, 0, good.stderr);
    assert.match(good.stdout, /✓ pass: 1 check/);
    const bare = await cli(image('bare'), ...wanted);
    assert.equal(bare.code, 1, bare.stderr);
    assert.match(bare.stderr, /^error\[policy-not-met\]: fail: 1 of 1 check not met: .*\n {2}hint: /m);
    assert.doesNotMatch(good.stderr, /policy-/);
    const absent = await cli(image('none'), ...wanted);
    assert.equal(absent.code, 3, absent.stderr);
    assert.match(absent.stderr, /^error\[manifest-unknown\]: /m);
    assert.match(absent.stderr, /^error\[policy-undecided\]: unknown: 1 of 1 image could not be judged: /m);
    const usage = await cli(image('good'), ...wanted, '--max-age', 'soon');
    assert.equal(usage.code, 2);
    assert.match(usage.stderr, /max-age/);
  });

  it('with --mode warn ends with 0 for fail and unknown, says so, and usage stays 2', async () => {
    for (const tag of ['bare', 'none']) {
      const { code, stdout } = await cli(image(tag), ...wanted, '--mode', 'warn');
      assert.equal(code, 0);
      assert.match(stdout, /mode: warn/);
    }
    assert.equal((await cli(image('bare'), '--mode', 'warn')).code, 2);
  });

  it('prints the report for programs with --format json', async () => {
    const { code, stdout } = await cli(image('bare'), ...wanted, '--format', 'json');
    assert.equal(code, 1);
    const report = JSON.parse(stdout) as { readonly schema: string; readonly verdict: string };
    assert.deepEqual([report.schema, report.verdict], ['oci-referrers/verify-report/v1', 'fail']);
  });
});
