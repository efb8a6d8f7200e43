import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attach as attachInLibrary } from '../../../src/library/attach.ts';
import { digestOf } from '../../../src/oci/digest.ts';
import { REPORT_TYPE } from '../../support/attach-run.ts';
import { startAttaching, stepsOf } from '../../support/attaching.ts';
import { FAST_CLOCK } from '../../support/fallback-list.ts';
import { openTestStore } from '../../support/listing.ts';
import { pushSampleImage } from '../../support/sample-image.ts';

const ABSENT = digestOf(Buffer.from('never pushed'));

describe('attach to an image that was pushed just before', () => {
  for (const ifExists of ['skip', 'add', 'replace']) {
    it(`by digest succeeds where the registry shows the image a read later (if-exists: ${ifExists})`, async (t) => {
      const { attach, registry, target, listed } = await startAttaching(t, { manifestLag: { reads: 1 } });
      const { descriptor } = await pushSampleImage(target, { tag: 'fresh', name: 'fresh' });
      const { row } = await attach({
        image: `${registry.host}/acme/app@${descriptor.digest}`,
        'if-exists': ifExists,
      });
      assert.deepEqual([row.status, row.subject], ['attached', descriptor.digest]);
      assert.deepEqual(
        (await listed(descriptor.digest)).map(({ digest }) => digest),
        [row.digest],
      );
    });
  }

  it('looks at the list afresh once the image is there: what is attached is not attached again', async (t) => {
    const { attach, registry, target, listed, writes } = await startAttaching(t);
    const { descriptor } = await pushSampleImage(target, { tag: 'fresh', name: 'fresh' });
    const image = `${registry.host}/acme/app@${descriptor.digest}`;
    const first = await attach({ image });
    assert.equal(first.row.status, 'attached');
    // first comes a node that knows neither the image nor its referrers
    const match = ({ path }: { readonly path: string }): boolean => path.endsWith(`/manifests/${descriptor.digest}`);
    registry.quirks.failure = { status: 404, times: 1, match };
    registry.quirks.referrersLag = { reads: 1 };
    const again = await attach({ image });
    assert.deepEqual([again.row.status, again.row.digest], ['unchanged', first.row.digest]);
    assert.deepEqual(writes(), []);
    assert.equal((await listed(descriptor.digest)).length, 1);
  });

  it('asks for the image once where it is there, and where retries are none', async (t) => {
    const { attach, attachFails, registry, image } = await startAttaching(t);
    const readsOf = (digest: string): number =>
      registry.log.filter(({ method, path }) => method === 'GET' && path.endsWith(`/manifests/${digest}`)).length;
    assert.equal((await attach()).row.status, 'attached');
    assert.equal(readsOf(image.descriptor.digest), 1);
    const error = await attachFails({ image: `${registry.host}/acme/app@${ABSENT}`, retries: '0' });
    assert.deepEqual([error.code, readsOf(ABSENT)], ['manifest-unknown', 1]);
  });

  it('fails for that image alone where it stays absent, and leaves no upload', async (t) => {
    const { attach, registry, reference, writes } = await startAttaching(t);
    const { rows } = await attach({ image: `${registry.host}/acme/app@${ABSENT}\n${reference}` });
    assert.deepEqual(
      rows.map(({ status, error }) => [status, error?.code]),
      [
        ['failed', 'manifest-unknown'],
        ['attached', undefined],
      ],
    );
    assert.match(rows[0]?.error?.message ?? '', /\(asked 2 times in 0\.\d s\)$/);
    assert.equal(stepsOf(writes()).filter((step) => step === 'PUT manifests 201').length, 1);
  });

  it('waits for all of several such images at a time', async (t) => {
    const { attach, registry, target } = await startAttaching(t, { manifestLag: { reads: 1 } });
    const names = ['one', 'two', 'three'];
    const images = await Promise.all(names.map((name) => pushSampleImage(target, { tag: name, name })));
    const references = images.map(({ descriptor }) => `${registry.host}/acme/app@${descriptor.digest}`);
    const { rows } = await attach({ image: references.join('\n') });
    assert.deepEqual(
      rows.map(({ status }) => status),
      ['attached', 'attached', 'attached'],
    );
    const reads = registry.log.filter(({ path }) =>
      images.some(({ descriptor }) => path.endsWith(`manifests/${descriptor.digest}`)),
    );
    // nobody is asked again before all were asked once
    assert.deepEqual(
      reads.map(({ status }) => status),
      [404, 404, 404, 200, 200, 200],
    );
  });

  it('is the same in the library', async (t) => {
    const { registry, target, listed } = await startAttaching(t, { manifestLag: { reads: 2 } });
    const { descriptor } = await pushSampleImage(target, { tag: 'fresh', name: 'fresh' });
    const store = openTestStore(t, registry.host, { retries: 5 });
    const files = [{ title: 'report.json', content: Buffer.from('{}') }];
    const request = { store, artifactType: REPORT_TYPE, files, clock: FAST_CLOCK };
    const { digest } = await attachInLibrary({ ...request, target: descriptor.digest });
    assert.deepEqual(
      (await listed(descriptor.digest)).map((entry) => entry.digest),
      [digest],
    );
    await assert.rejects(attachInLibrary({ ...request, target: ABSENT }), { message: /asked 5 times/ });
  });
});
