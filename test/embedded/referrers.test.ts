import assert from 'node:assert/strict';
import { it } from 'node:test';
import { EMPTY_BLOB, EMPTY_DESCRIPTOR } from '../../src/oci/artifact-manifest.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { OCI_IMAGE_CONFIG, OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { absentDescriptor, pushSampleReferrer } from '../support/sample-image.ts';
import { describeEachBackend } from './each-backend.ts';
import { readPages } from './read-pages.ts';
import { type Answer, pushBlob, pushManifest, send } from './registry-client.ts';

describeEachBackend('the referrers API of the embedded registry', {}, (registry) => {
  const repo = (): string => `${registry().url}/v2/acme/app`;
  const list = (digest: string, query = ''): Promise<Answer> => send('GET', `${repo()}/referrers/${digest}${query}`);
  const attach = async (
    subject: Descriptor,
    artifactType: string,
    annotations?: Record<string, string>,
  ): Promise<Descriptor> => {
    const target = { host: registry().host, repository: 'acme/app' };
    const options = { artifactType, ...(annotations !== undefined && { annotations }) };
    return (await pushSampleReferrer(target, subject, options)).descriptor;
  };

  it('lists nothing for a subject, or a repository, that does not exist', async () => {
    const empty = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] };
    for (const repository of ['acme/app', 'no/where']) {
      const answer = await send('GET', `${registry().url}/v2/${repository}/referrers/${digestOf('none')}`);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('content-type'), OCI_INDEX);
      assert.deepEqual(answer.json(), empty);
    }
  });

  it('refuses what is no digest', async () => {
    const answer = await list('latest');
    assert.deepEqual([answer.status, answer.errorCodes()], [400, ['DIGEST_INVALID']]);
  });

  it('lists by subject, whether it exists or not, with a word on the push', async () => {
    const subject = absentDescriptor('by subject');
    const one = await attach(subject, 'a/one', { note: 'grüße' });
    const two = await attach(subject, 'a/two+json');
    await attach(absentDescriptor('another'), 'a/one');
    assert.deepEqual((await list(subject.digest)).json().manifests, [one, two]);
  });

  it('says OCI-Subject on the push by digest and by tag', async () => {
    await pushBlob(repo(), EMPTY_BLOB);
    const subject = absentDescriptor('said');
    const manifest = {
      mediaType: OCI_MANIFEST,
      artifactType: 'a/b',
      config: EMPTY_DESCRIPTOR,
      layers: [EMPTY_DESCRIPTOR],
      subject,
    };
    for (const reference of ['', 'tagged']) {
      const { answer } = await pushManifest(repo(), reference, manifest);
      assert.equal(answer.headers.get('oci-subject'), subject.digest);
    }
    assert.equal((await list(subject.digest)).json().manifests.length, 1);
  });

  it('takes the type from the config where an image has none, and none for an index without one', async () => {
    const subject = absentDescriptor('typed');
    const config = await pushBlob(repo(), Buffer.from('{"os":"linux"}'));
    const image = {
      mediaType: OCI_MANIFEST,
      config: { mediaType: OCI_IMAGE_CONFIG, digest: config, size: 14 },
      layers: [],
      subject,
    };
    const first = await pushManifest(repo(), '', image);
    const second = await pushManifest(repo(), '', { mediaType: OCI_INDEX, manifests: [], subject });
    const third = await pushManifest(repo(), '', {
      mediaType: OCI_INDEX,
      artifactType: 'a/index',
      manifests: [],
      subject,
    });
    assert.deepEqual((await list(subject.digest)).json().manifests, [
      { mediaType: OCI_MANIFEST, digest: first.digest, size: first.bytes.byteLength, artifactType: OCI_IMAGE_CONFIG },
      { mediaType: OCI_INDEX, digest: second.digest, size: second.bytes.byteLength },
      { mediaType: OCI_INDEX, digest: third.digest, size: third.bytes.byteLength, artifactType: 'a/index' },
    ]);
  });

  it('filters by one type or several, and says so', async () => {
    const subject = absentDescriptor('filtered');
    const one = await attach(subject, 'a/one+json');
    const two = await attach(subject, 'a/two');
    const filtered = await list(subject.digest, `?artifactType=${encodeURIComponent('a/one+json')}`);
    assert.equal(filtered.headers.get('oci-filters-applied'), 'artifactType');
    assert.deepEqual(filtered.json().manifests, [one]);
    assert.deepEqual((await list(subject.digest, '?artifactType=a/two&artifactType=a/one%2Bjson')).json().manifests, [
      one,
      two,
    ]);
    assert.deepEqual((await list(subject.digest, '?artifactType=a/one+json')).json().manifests, []);
    assert.equal((await list(subject.digest)).headers.get('oci-filters-applied'), null);
  });

  it('forgets a referrer that is deleted, and keeps those of a subject that is', async () => {
    const subject = await attach(absentDescriptor('root'), 'a/subject');
    const kept = await attach(subject, 'a/kept');
    const gone = await attach(subject, 'a/gone');
    assert.equal((await send('DELETE', `${repo()}/manifests/${gone.digest}`)).status, 202);
    assert.deepEqual((await list(subject.digest)).json().manifests, [kept]);
    assert.equal((await send('DELETE', `${repo()}/manifests/${subject.digest}`)).status, 202);
    assert.deepEqual((await list(subject.digest)).json().manifests, [kept]);
  });

  it('pages through a list, and keeps the filter on the way', async () => {
    const subject = absentDescriptor('paged');
    const all: Descriptor[] = [];
    for (let i = 0; i < 7; i++) all.push(await attach(subject, i % 2 === 0 ? 'a/even+x' : 'a/odd', { i: String(i) }));
    registry().quirks.referrersPageSize = 2;
    assert.deepEqual(await readPages(registry(), `/v2/acme/app/referrers/${subject.digest}`), [
      all.slice(0, 2),
      all.slice(2, 4),
      all.slice(4, 6),
      all.slice(6),
    ]);
    const even = all.filter(({ artifactType }) => artifactType === 'a/even+x');
    const path = `/v2/acme/app/referrers/${subject.digest}?artifactType=a%2Feven%2Bx`;
    assert.deepEqual(await readPages(registry(), path), [even.slice(0, 2), even.slice(2)]);
    registry().quirks.referrersPageSize = undefined;
  });

  it('says OCI-Referrers and the types on a manifest where that is switched on', async () => {
    const subject = await attach(absentDescriptor('headers'), 'a/subject');
    const head = (): Promise<Answer> => send('HEAD', `${repo()}/manifests/${subject.digest}`);
    assert.equal((await head()).headers.get('oci-referrers'), null);
    registry().quirks.referrersHeaders = true;
    assert.equal((await head()).headers.get('oci-referrers'), 'absent');
    await attach(subject, 'a/two');
    await attach(subject, 'a/one');
    const answer = await head();
    assert.equal(answer.headers.get('oci-referrers'), 'present');
    assert.equal(answer.headers.get('oci-referrers-artifact-types'), 'a/one, a/two');
    registry().quirks.referrersHeaders = undefined;
  });
});
