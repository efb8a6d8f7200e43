import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { RootJson } from '../../src/report/oras-json.ts';
import { BOTH_REGISTRIES } from '../support/both-registries.ts';
import { runStep, type StepOptions, type StepRun } from '../support/runner-harness.ts';
import { pushSampleIndex } from '../support/sample-image.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';

const SPDX = (name: string): string => JSON.stringify({ spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', name });
const CDX = JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 });

interface Row {
  readonly subject: string;
  readonly platform: string | null;
  readonly digest: string;
  readonly artifactType: string;
  readonly size: number;
  readonly status: string;
  readonly via: string;
}

function output(step: StepRun, name: string): string {
  return step.outputs[name] ?? assert.fail(`no output ${name}: ${Object.keys(step.outputs).join(', ')}\n${step.log}`);
}

function rowsOf(step: StepRun): Row[] {
  return JSON.parse(output(step, 'attached')) as Row[];
}

function assertPassed(step: StepRun): void {
  assert.equal(step.exitCode, 0, step.stdout + step.stderr);
  assert.equal(step.stderr, '');
  assert.deepEqual(step.messages('error'), []);
}

for (const kind of BOTH_REGISTRIES) {
  describe(`attach and list, as the runner runs them, on ${kind.name}`, { skip: kind.skip }, () => {
    let registry: Awaited<ReturnType<typeof kind.start>>;
    let workspace: TempDir;
    let repositories = 0;

    before(async () => {
      registry = await kind.start();
      workspace = await makeTempDir();
      const files = { 'a.spdx.json': SPDX('a'), 'b.cdx.json': CDX, 'x-linux-amd64.spdx.json': SPDX('amd64') };
      for (const [name, text] of Object.entries(files)) await writeFile(join(workspace.path, name), text);
      await writeFile(join(workspace.path, 'x-linux-arm64.spdx.json'), SPDX('arm64'));
    });
    after(async () => {
      await registry.close();
      await workspace.remove();
    });

    async function image() {
      const repository = `acme/app${++repositories}`;
      const index = await pushSampleIndex({ host: registry.host, repository }, { tag: '1.4', name: repository });
      return { name: `${registry.host}/${repository}`, digest: index.descriptor.digest, index };
    }
    const step = (folder: string, inputs: Record<string, string>, more: StepOptions = {}): Promise<StepRun> =>
      runStep(folder, { ...more, with: inputs, workspace: workspace.path });

    test('two files attached to an image are listed back, with all outputs set', async () => {
      const { name, digest } = await image();
      const attached = await step('attach', { image: `${name}@${digest}`, files: 'a.spdx.json\nb.cdx.json' });
      assertPassed(attached);
      const rows = rowsOf(attached);
      assert.deepEqual(
        rows.map(({ subject, platform, artifactType, status, via }) => [subject, platform, artifactType, status, via]),
        [
          [digest, null, 'application/spdx+json', 'attached', kind.via],
          [digest, null, 'application/vnd.cyclonedx+json', 'attached', kind.via],
        ],
      );
      assert.deepEqual(
        ['count', 'subject-digest', 'digest', 'reference'].map((key) => output(attached, key)),
        ['2', digest, '', ''],
      );

      const listed = await step('list', { image: `${name}:1.4` });
      assertPassed(listed);
      const tree = JSON.parse(output(listed, 'referrers')) as RootJson;
      assert.equal(tree.digest, digest);
      assert.equal(tree.reference, `${name}@${digest}`);
      assert.equal(tree.complete, true);
      assert.deepEqual(new Set(tree.referrers.map((row) => row.digest)), new Set(rows.map((row) => row.digest)));
      for (const row of tree.referrers) {
        assert.equal(row.verified, true);
        assert.ok(row.source.includes(kind.via));
      }
      assert.deepEqual(new Set(output(listed, 'digests').split('\n')), new Set(rows.map((row) => row.digest)));
      assert.deepEqual(
        ['count', 'complete', 'artifact-types'].map((key) => output(listed, key)),
        ['2', 'true', 'application/spdx+json\napplication/vnd.cyclonedx+json'],
      );
    });

    test('one file gives digest and reference; a second run changes nothing', async () => {
      const { name } = await image();
      const first = await step('attach', { image: `${name}:1.4`, files: 'a.spdx.json' });
      assertPassed(first);
      const [row] = rowsOf(first);
      assert.equal(output(first, 'digest'), row?.digest);
      assert.equal(output(first, 'reference'), `${name}@${row?.digest}`);
      const again = await step('attach', { image: `${name}:1.4`, files: 'a.spdx.json' });
      assertPassed(again);
      assert.deepEqual(
        rowsOf(again).map(({ status, digest }) => [status, digest]),
        [['unchanged', row?.digest]],
      );
    });

    test('through the root action, with the command as an input', async () => {
      const { name } = await image();
      const attached = await step('.', { command: 'attach', image: `${name}:1.4`, files: 'a.spdx.json' });
      assertPassed(attached);
      const listed = await step('.', { command: 'list', image: `${name}:1.4`, 'min-count': '1' });
      assertPassed(listed);
      assert.equal(output(listed, 'digests'), output(attached, 'digest'));
    });

    test('placeholders attach to each platform its own file', async () => {
      const { name, index } = await image();
      const attached = await step('attach', { image: `${name}:1.4`, files: 'x-{os}-{arch}.spdx.json' });
      assertPassed(attached);
      assert.deepEqual(
        rowsOf(attached).map(({ subject, platform }) => [subject, platform]),
        index.platforms.map(({ digest, platform }) => [digest, `${platform?.os}/${platform?.architecture}`]),
      );
      const listed = await step('list', { image: `${name}:1.4` });
      const tree = JSON.parse(output(listed, 'referrers')) as RootJson;
      assert.deepEqual(tree.referrers, []);
      assert.deepEqual(
        tree.children?.map((child) => [child.digest, child.referrers.length]),
        index.platforms.map(({ digest }) => [digest, 1]),
      );
    });

    test('what list downloads is what was attached, to the byte', async () => {
      const { name, digest } = await image();
      const attached = await step('attach', { image: `${name}:1.4`, files: 'a.spdx.json' });
      const listed = await step('list', { image: `${name}:1.4`, download: 'out' });
      assertPassed(listed);
      const hex12 = (text: string): string => text.slice('sha256:'.length, 'sha256:'.length + 12);
      const path = join(workspace.path, 'out', hex12(digest), hex12(output(attached, 'digest')), 'a.spdx.json');
      assert.equal(await readFile(path, 'utf8'), SPDX('a'));
    });

    test('too few matches fail with exit code 1, and the outputs are set all the same', async () => {
      const { name } = await image();
      const listed = await step('list', { image: `${name}:1.4`, 'artifact-type': 'a/b', 'min-count': '1' });
      assert.equal(listed.exitCode, 1);
      const [error] = listed.commands.filter((command) => command.name === 'error');
      assert.equal(error?.properties['title'], 'min-count-not-met');
      assert.deepEqual(
        ['count', 'digests', 'complete'].map((key) => output(listed, key)),
        ['0', '', 'true'],
      );
    });

    test('an image that does not exist fails by itself; the other one is attached to, and both have a row', async () => {
      const { name } = await image();
      const both = await step('attach', { image: `${name}:1.4\n${name}:none`, files: 'a.spdx.json' });
      assert.equal(both.exitCode, 1);
      assert.deepEqual(
        rowsOf(both).map(({ status }) => status),
        ['attached', 'failed'],
      );
      assert.equal(output(both, 'count'), '1');
      assert.match(both.messages('error').join('\n'), /none: .* answered 404, there is no such image/);
    });

    test('a dry run says what it would do and writes nothing', async () => {
      const { name } = await image();
      const dry = await step('attach', { image: `${name}:1.4`, files: 'a.spdx.json', 'dry-run': 'true' });
      assertPassed(dry);
      assert.deepEqual(
        rowsOf(dry).map(({ status }) => status),
        ['planned'],
      );
      assert.equal(output(dry, 'count'), '0');
      assert.equal(output(await step('list', { image: `${name}:1.4` }), 'count'), '0');
    });

    test('the job summary has the table, the digests and the economy of the run', async () => {
      const { name } = await image();
      const attached = await step('attach', { image: `${name}:1.4`, files: 'a.spdx.json' });
      assert.match(attached.summary, /^## Attached to /);
      assert.match(attached.summary, /^\|.*attached.*\|.*spdx\+json.*\|.*a\.spdx\.json.*\|$/m);
      const listed = await step('list', { image: `${name}:1.4` });
      assert.match(listed.summary, /^## Referrers of /);
      assert.match(listed.summary, /```mermaid\n/);
      for (const { summary, log } of [attached, listed]) {
        assert.match(summary, /\d+ requests? in \d+ rounds?/);
        assert.match(log.trimEnd().split('\n').at(-1) ?? '', /^\d+ requests in \d+ rounds/);
      }
    });

    test('a debug run has a line for each request, others have none', async () => {
      const { name } = await image();
      const quiet = await step('list', { image: `${name}:1.4` });
      assert.deepEqual(quiet.messages('debug'), []);
      const loud = await step('list', { image: `${name}:1.4` }, { debug: true });
      const lines = loud.messages('debug');
      const requests = /^(\d+) requests/m.exec(loud.log)?.[1];
      assert.equal(lines.length, Number(requests));
      for (const line of lines)
        assert.match(line, /^(?:GET|HEAD) http:\/\/127\.0\.0\.1:\d+\/v2\/\S+ -> \d{3} in \d+ ms$/);
    });

    test('referrers-path holds the JSON of the output, also where the output is too large', async () => {
      const { name } = await image();
      const temp = await makeTempDir();
      await step('attach', { image: `${name}:1.4`, files: 'a.spdx.json' });
      const listed = await step('list', { image: `${name}:1.4` }, { runnerTemp: temp.path });
      assert.equal(await readFile(output(listed, 'referrers-path'), 'utf8'), output(listed, 'referrers'));

      const note = 'x'.repeat(25_000); // an input is a variable of the environment: at most 32,767 characters on Windows
      await writeFile(join(workspace.path, 'notes'), note);
      for (let i = 0; i < 12; i++) {
        const inputs = { image: `${name}:1.4`, 'artifact-type': `application/vnd.example.n${i}` };
        assertPassed(await step('attach', { ...inputs, annotations: `note=${note}` }));
      }
      const large = await step('list', { image: `${name}:1.4` }, { runnerTemp: temp.path });
      assertPassed(large);
      assert.equal(output(large, 'referrers'), '');
      assert.match(large.messages('warning').join('\n'), /the output referrers would have \d+ bytes/);
      const tree = JSON.parse(await readFile(output(large, 'referrers-path'), 'utf8')) as RootJson;
      assert.equal(tree.referrers.length, 13);
      await temp.remove();
    });

    test('the digest of what was attached is that of the file with the same content anywhere', async () => {
      const { name } = await image();
      const attached = await step('attach', { image: `${name}:1.4`, files: 'a.spdx.json' });
      const manifest = await fetch(`http://${name.replace('/', '/v2/')}/manifests/${output(attached, 'digest')}`, {
        headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
      });
      const bytes = Buffer.from(await manifest.arrayBuffer());
      assert.equal(`sha256:${createHash('sha256').update(bytes).digest('hex')}`, output(attached, 'digest'));
      assert.ok(!bytes.includes('created'), 'no time stamp unless it is asked for');
    });
  });
}
