import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attach, makeWorkspace, REPORT_TYPE } from '../../support/attach-run.ts';
import { digestsOf, startListing } from '../../support/listing.ts';
import { pushSampleImage } from '../../support/sample-image.ts';

describe('a registry that promises the referrers API by OCI-Subject', () => {
  it('and does not have it gets the list under the tag', async (t) => {
    const { registry, target, list } = await startListing(t, { referrersApi: false });
    const image = await pushSampleImage(target, { tag: 'v1' });
    registry.quirks.ociSubject = image.descriptor.digest;
    await using workspace = await makeWorkspace();
    const run = await attach(
      { image: `${registry.host}/acme/app:v1`, files: `report.json:${REPORT_TYPE}` },
      { workspace: workspace.path },
    );
    assert.deepEqual([run.row.status, run.row.via], ['attached', 'tag-schema']);
    assert.deepEqual(digestsOf(await list('v1')), [run.row.digest]);
  });

  it('and lists what it took a few reads later is asked until it does', async (t) => {
    const { registry, target, list } = await startListing(t, { referrersLag: { reads: 2 } });
    await pushSampleImage(target, { tag: 'v1' });
    await using workspace = await makeWorkspace();
    const run = await attach(
      { image: `${registry.host}/acme/app:v1`, files: `report.json:${REPORT_TYPE}`, 'if-exists': 'add' },
      { workspace: workspace.path },
    );
    assert.deepEqual([run.row.status, run.row.via], ['attached', 'api']);
    const asked = registry.log.filter(({ path }) => path.includes('/referrers/'));
    assert.equal(asked.length, 3);
    assert.deepEqual(digestsOf(await list('v1')), [run.row.digest]);
    assert.equal((await registry.tagsOf('acme/app')).length, 1);
  });
});
