import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { startEmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import { buildReferrersTag } from '../../../src/oci/referrers-tag.ts';
import { openLayout } from '../../../src/store/layout/open-layout.ts';
import { attach, makeWorkspace, REPORT_TYPE } from '../../support/attach-run.ts';
import { startAttaching } from '../../support/attaching.ts';
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
