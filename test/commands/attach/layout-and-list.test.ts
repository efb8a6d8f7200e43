import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { startEmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import type { Descriptor } from '../../../src/oci/descriptor.ts';
import { digestOf } from '../../../src/oci/digest.ts';
import { buildReferrersTag } from '../../../src/oci/referrers-tag.ts';
import { listReferrers } from '../../../src/referrers/list-referrers.ts';
import { openLayout } from '../../../src/store/layout/open-layout.ts';
import { attach, makeWorkspace, REPORT_TYPE } from '../../support/attach-run.ts';
import { startAttaching } from '../../support/attaching.ts';
import { pushNestedImage } from '../../support/nested-image.ts';
import { pushSampleImage } from '../../support/sample-image.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

describe('attach to a layout on disk', () => {
  it('is listed for oras and for regctl, and a second run changes nothing', async (t: TestContext) => {
    await using root = await makeTempDir();
    const registry = await startEmbeddedRegistry({ root: root.path });
    const image = await pushSampleImage({ host: registry.host, repository: 'acme/app' }, { tag: '1.4' });
    await registry.close();
    const workspace = await makeWorkspace();
    t.after(() => workspace.remove());
    const directory = join(root.path, 'acme/app');
    const inputs = { image: `oci-layout:${directory}:1.4`, files: `report.json:${REPORT_TYPE}` };
    const first = await attach(inputs, { workspace: workspace.path });
    assert.equal(first.row.status, 'attached', first.row.error?.message);
    assert.equal(first.row.subject, image.descriptor.digest);
    const layout = await openLayout(directory);
    const answer = await layout.listReferrers(image.descriptor.digest);
    assert.deepEqual(answer.supported && answer.descriptors.map(({ digest }) => digest), [first.row.digest]);
    const list = await layout.findManifest({ tag: buildReferrersTag(image.descriptor.digest) });
    assert.equal(list?.manifest.kind, 'index', 'the referrers tag that regctl reads');
    const second = await attach(inputs, { workspace: workspace.path });
    assert.deepEqual([second.row.status, second.row.digest], ['unchanged', first.row.digest]);
  });

  it('does not take a file under blobs/ for what its name says, and names it', async (t: TestContext) => {
    await using root = await makeTempDir();
    const registry = await startEmbeddedRegistry({ root: root.path });
    await pushSampleImage({ host: registry.host, repository: 'acme/app' }, { tag: '1.4' });
    await registry.close();
    const workspace = await makeWorkspace();
    t.after(() => workspace.remove());
    const directory = join(root.path, 'acme/app');
    const blob = digestOf('{"report":1}');
    await writeFile(join(directory, 'blobs', blob.replace(':', '/')), '{"report":');
    const inputs = { image: `oci-layout:${directory}:1.4`, files: `report.json:${REPORT_TYPE}` };
    const { row } = await attach(inputs, { workspace: workspace.path });
    assert.equal(row.error?.code, 'readback-failed');
    assert.match(`${row.error.message} ${row.error.hint}`, new RegExp(`${blob}.*remove it`, 's'));
  });
});

describe('an index inside the index of a layout on disk', () => {
  it('has platforms that are attached to, and listed, like those of a registry', async (t: TestContext) => {
    await using root = await makeTempDir();
    const registry = await startEmbeddedRegistry({ root: root.path });
    const pushed = await pushNestedImage({ host: registry.host, repository: 'acme/app' }, { tag: '1.4' });
    await registry.close();
    const workspace = await makeWorkspace();
    t.after(() => workspace.remove());
    const directory = join(root.path, 'acme/app');
    // as tools write layouts: index.json names the image's index alone
    const inIndex = join(directory, 'index.json');
    const entries = JSON.parse(await readFile(inIndex, 'utf8')) as { manifests: Descriptor[] };
    const manifests = entries.manifests.filter(({ digest }) => digest === pushed.index.digest);
    assert.deepEqual([manifests.length, entries.manifests.length > 1], [1, true]);
    await writeFile(inIndex, JSON.stringify({ ...entries, manifests }));
    const inputs = { image: `oci-layout:${directory}:1.4`, files: `report.json:${REPORT_TYPE}`, platforms: 'all' };
    const { rows } = await attach(inputs, { workspace: workspace.path });
    const platforms = [pushed.amd64, pushed.arm64, pushed.s390x].map(({ digest }) => digest);
    assert.deepEqual(
      rows.map(({ subject, status }) => [subject, status]),
      platforms.map((digest) => [digest, 'attached']),
    );
    const tree = await listReferrers({ store: await openLayout(directory), target: { tag: '1.4' } });
    const [first, nested] = tree.root.children;
    assert.deepEqual([nested?.isNestedIndex, nested?.descriptor.digest], [true, pushed.nested.digest]);
    assert.deepEqual(
      [first, ...(nested?.children ?? [])].map((node) => [node?.descriptor.digest, node?.referrers.length]),
      platforms.map((digest) => [digest, 1]),
    );
  });
});

describe('attach without an image', () => {
  it("takes the images that the job's list of artifacts names", async (t: TestContext) => {
    const attaching = await startAttaching(t);
    const list = join(attaching.workspace.path, 'artifacts.json');
    const subject = {
      name: `${attaching.registry.host}/acme/app:v1`,
      digest: attaching.image.descriptor.digest,
      kind: 'oci',
    };
    await writeFile(
      list,
      JSON.stringify({ version: 1, subjects: [subject, { name: 'app.tgz', digest: subject.digest, kind: 'file' }] }),
    );
    const { row } = await attach(
      { files: `report.json:${REPORT_TYPE}` },
      { workspace: attaching.workspace.path, env: { GITHUB_ARTIFACTS_LIST: list } },
    );
    assert.deepEqual([row.status, row.subject], ['attached', subject.digest]);
  });
});
