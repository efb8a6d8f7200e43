import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attach, makeWorkspace, REPORT_TYPE } from '../../support/attach-run.ts';
import { digestsOf, startListing } from '../../support/listing.ts';
import { pushSampleImage, pushSampleIndex } from '../../support/sample-image.ts';

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

describe('a registry without OCI-Subject whose API is 404 for a subject that nothing refers to', () => {
  for (const missing of [false, true]) {
    it(`is asked only when something refers to one of several subjects (a platform is missing: ${missing})`, async (t) => {
      const { registry, target } = await startListing(t, { ociSubject: false, sparseIndex: missing });
      const index = await pushSampleIndex(target, {
        tag: 'multi',
        ...(missing && { missing: [{ os: 'linux', architecture: 's390x' }] }),
      });
      let isPushed = false;
      registry.quirks.intercept = ({ method, path }) => {
        if (method === 'PUT' && path.includes('/manifests/sha256:')) isPushed = true;
        if (method !== 'GET' || !path.includes('/referrers/') || isPushed) return undefined;
        return { status: 404, headers: { 'content-type': 'text/plain' } };
      };
      registry.clearLog();
      await using workspace = await makeWorkspace();
      const run = await attach(
        {
          image: `${registry.host}/acme/app@${index.descriptor.digest}`,
          files: `report.json:${REPORT_TYPE}`,
          platforms: 'all',
          'if-exists': 'add',
          ...(missing && { 'missing-platforms': 'attach' }),
        },
        { workspace: workspace.path },
      );
      assert.deepEqual(new Set(run.rows.map(({ status, via }) => `${status} ${via}`)), new Set(['attached api']));
      assert.deepEqual(run.warned, []);
      assert.ok(!registry.log.some(({ method, path }) => method === 'PUT' && path.includes('/manifests/sha256-')));
    });
  }
});
