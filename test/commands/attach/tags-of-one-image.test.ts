import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import { attach, makeWorkspace, type Workspace } from '../../support/attach-run.ts';
import { pushSampleImage } from '../../support/sample-image.ts';

describe('attach to several tags of one image', () => {
  let registry: EmbeddedRegistry;
  let workspace: Workspace;
  before(async () => {
    registry = await startEmbeddedRegistry();
    workspace = await makeWorkspace();
  });
  after(async () => {
    await registry.close();
    await workspace.remove();
  });

  for (const referrersApi of [true, false]) {
    it(`attaches once, with one row and one digest (referrers API: ${referrersApi})`, async () => {
      registry.quirks.referrersApi = referrersApi;
      const target = { host: registry.host, repository: `acme/api-${referrersApi}` };
      const { descriptor } = await pushSampleImage(target, { tag: '1' });
      await pushSampleImage(target, { tag: 'latest' });
      const { descriptor: other } = await pushSampleImage(target, { tag: 'other', name: 'other' });
      const image = ['1', 'latest', 'other'].map((tag) => `${target.host}/${target.repository}:${tag}`);
      const inputs = { files: 'report.json:application/json', 'artifact-type': 'application/vnd.x', retries: '0' };
      const run = await attach({ ...inputs, image: image.join('\n') }, { workspace: workspace.path });
      assert.deepEqual(run.subjectDigests, [descriptor.digest, other.digest]);
      assert.deepEqual(
        run.rows.map(({ subject, status }) => [subject, status]),
        [
          [descriptor.digest, 'attached'],
          [other.digest, 'attached'],
        ],
      );
    });
  }

  it('waits for no image that cannot be read', async () => {
    const target = { host: registry.host, repository: 'acme/partly' };
    await pushSampleImage(target, { tag: '1' });
    const image = ['absent', '1'].map((tag) => `${target.host}/${target.repository}:${tag}`).join('\n');
    const inputs = { image, files: 'report.json:application/json', 'artifact-type': 'application/vnd.x' };
    const run = await attach(inputs, { workspace: workspace.path });
    assert.equal(run.rows[0]?.error?.code, 'manifest-unknown');
    assert.equal(run.rows.length, 2);
  });
});
