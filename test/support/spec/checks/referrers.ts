import assert from 'node:assert/strict';
import type { Descriptor } from '../../../../src/oci/descriptor.ts';
import { digestOf } from '../../../../src/oci/digest.ts';
import { OCI_IMAGE_CONFIG, OCI_INDEX, OCI_MANIFEST } from '../../../../src/oci/media-types.ts';
import { type Answer, pushBlob, send } from '../../../embedded/registry-client.ts';
import { NotOffered, Section } from '../spec-check.ts';
import type { SpecGround } from '../spec-ground.ts';

const SBOM = 'application/vnd.example.sbom+json';
const SCAN = 'application/vnd.example.scan';

/** A list of a registry that has the API; 404 says that it has not ("Unavailable Referrers API"). */
async function list(ground: SpecGround, digest: string, query = ''): Promise<Answer> {
  const answer = await send('GET', `${ground.repository}/referrers/${digest}${query}`);
  if (answer.status === 404) throw new NotOffered('404: no referrers API');
  assert.equal(answer.status, 200, answer.text());
  return answer;
}

/** A manifest in a registry that has the API. */
async function supported(ground: SpecGround): Promise<Descriptor> {
  const made = await ground.pushed(await ground.artifact());
  await list(ground, made.digest);
  return made;
}

/** Every page of it. */
async function entries(ground: SpecGround, digest: string, query = ''): Promise<Descriptor[]> {
  let answer = await list(ground, digest, query);
  const all: Descriptor[] = [...answer.json().manifests];
  for (let pages = 0; pages < 100; pages++) {
    const next = /<([^>]+)>\s*;\s*rel="?next"?/.exec(answer.headers.get('link') ?? '')?.[1];
    if (next === undefined) return all;
    answer = await send('GET', new URL(next, ground.repository));
    assert.equal(answer.status, 200, answer.text());
    all.push(...answer.json().manifests);
  }
  return assert.fail('the pages do not end');
}

const digests = (list: readonly Descriptor[]): string[] => list.map(({ digest }) => digest).sort();

function absent(ground: SpecGround): Descriptor {
  return { mediaType: OCI_MANIFEST, digest: digestOf(ground.name), size: 7 };
}

async function attach(ground: SpecGround, subject: Descriptor, fields: object = {}): Promise<Descriptor> {
  return ground.pushed(await ground.artifact({ subject, artifactType: SBOM, ...fields }));
}

export const REFERRERS = new Section('Listing Referrers')
  .must('answers 200 with an index of its own type', async (ground) => {
    const subject = await ground.pushed(await ground.artifact());
    const answer = await list(ground, subject.digest);
    assert.equal(answer.headers.get('content-type'), OCI_INDEX);
    const index = answer.json();
    assert.deepEqual([index.schemaVersion, index.mediaType, index.manifests], [2, OCI_INDEX, []]);
  })
  .must('lists nothing for a subject that is not there', async (ground) => {
    await ground.pushed(await ground.artifact(), 'v1');
    assert.deepEqual((await list(ground, digestOf('absent'))).json().manifests, []);
  })
  .must('does not answer 404 in a repository where nothing was pushed', async (ground) => {
    await supported(ground);
    const answer = await send('GET', `${ground.other}/referrers/${digestOf('absent')}`);
    assert.equal(answer.status, 200, answer.text());
    assert.deepEqual(answer.json().manifests ?? [], []);
  })
  .must('answers 400 to a digest that is none', async (ground) => {
    await supported(ground);
    assert.equal((await send('GET', `${ground.repository}/referrers/sha256:bad`)).status, 400);
  })
  .must('gives type, digest and size of each, its artifactType and all of its annotations', async (ground) => {
    const subject = await ground.pushed(await ground.artifact());
    const annotations = { 'org.example.note': 'grüße & <more>', 'org.example.id': ground.name };
    const made = await attach(ground, subject, { annotations });
    assert.deepEqual(await entries(ground, subject.digest), [{ ...made, artifactType: SBOM, annotations }]);
  })
  .must("takes the config's type where an image has no artifactType", async (ground) => {
    const config = Buffer.from('{"os":"linux"}');
    await pushBlob(ground.repository, config);
    const described = { mediaType: OCI_IMAGE_CONFIG, digest: digestOf(config), size: config.byteLength };
    const subject = absent(ground);
    await attach(ground, subject, { artifactType: undefined, config: described });
    const [entry] = await entries(ground, subject.digest);
    assert.equal(entry?.artifactType, OCI_IMAGE_CONFIG);
  })
  .must('lists an index with its artifactType', async (ground) => {
    const subject = absent(ground);
    const made = ground.index([], { subject, artifactType: SBOM });
    await ground.pushed(made);
    const [entry] = await entries(ground, subject.digest);
    assert.deepEqual([entry?.digest, entry?.mediaType, entry?.artifactType], [made.descriptor.digest, OCI_INDEX, SBOM]);
  })
  .must('gives no artifactType to an index that has none', async (ground) => {
    const subject = absent(ground);
    await ground.pushed(ground.index([], { subject }));
    const [entry] = await entries(ground, subject.digest);
    assert.ok(entry !== undefined && !('artifactType' in entry), JSON.stringify(entry));
  })
  .must('lists what was pushed before its subject', async (ground) => {
    const image = await ground.artifact();
    const referrer = await attach(ground, image.descriptor);
    await ground.pushed(image, 'v1');
    assert.deepEqual(digests(await entries(ground, image.descriptor.digest)), [referrer.digest]);
  })
  .must('lists once what was pushed by digest and under two tags', async (ground) => {
    const subject = absent(ground);
    const made = await ground.artifact({ subject });
    for (const reference of [undefined, 'one', 'two']) await ground.pushed(made, reference);
    assert.deepEqual(digests(await entries(ground, subject.digest)), [made.descriptor.digest]);
  })
  .must('lists the referrers of a referrer', async (ground) => {
    const report = await attach(ground, absent(ground));
    const signature = await attach(ground, report);
    assert.deepEqual(digests(await entries(ground, report.digest)), [signature.digest]);
  })
  .must('lists none of another repository', async (ground) => {
    const subject = absent(ground);
    await attach(ground, subject);
    await list(ground, subject.digest);
    await pushBlob(ground.other, ground.blob().bytes);
    const answer = await send('GET', `${ground.other}/referrers/${subject.digest}`);
    assert.equal(answer.status, 200, answer.text());
    assert.deepEqual(answer.json().manifests ?? [], []);
  })
  .must('lists forty, each once, to one who follows Link', async (ground) => {
    const subject = absent(ground);
    const pushed: Descriptor[] = [];
    for (let i = 0; i < 40; i++) pushed.push(await attach(ground, subject));
    assert.deepEqual(digests(await entries(ground, subject.digest)), digests(pushed));
  })
  .must('does not list a referrer that was deleted', async (ground) => {
    const subject = absent(ground);
    const [kept, gone] = [await attach(ground, subject), await attach(ground, subject)];
    await list(ground, subject.digest);
    const { status } = await ground.manifest('DELETE', gone.digest);
    if (status === 400 || status === 405) throw new NotOffered(`${status} to the DELETE of a manifest`);
    assert.deepEqual(digests(await entries(ground, subject.digest)), [kept.digest]);
  })
  .should('filters by artifactType, and says so', async (ground) => {
    const subject = absent(ground);
    const sbom = await attach(ground, subject);
    await attach(ground, subject, { artifactType: SCAN });
    const query = `?artifactType=${encodeURIComponent(SBOM)}`;
    const answer = await list(ground, subject.digest, query);
    const applied = answer.headers.get('oci-filters-applied');
    if (applied === null) throw new NotOffered('no OCI-Filters-Applied');
    assert.ok(
      applied.split(',').some((filter) => filter.trim() === 'artifactType'),
      applied,
    );
    assert.deepEqual(digests(await entries(ground, subject.digest, query)), [sbom.digest]);
  })
  .must('says of no filter that it was applied where none was asked for', async (ground) => {
    const { digest } = await supported(ground);
    assert.equal((await list(ground, digest)).headers.get('oci-filters-applied'), null);
  })
  .must('lists all where it does not say that it filtered', async (ground) => {
    const subject = absent(ground);
    const pushed = [await attach(ground, subject), await attach(ground, subject, { artifactType: SCAN })];
    const query = '?artifactType=application%2Fvnd.example.other';
    const applied = (await list(ground, subject.digest, query)).headers.get('oci-filters-applied') !== null;
    assert.deepEqual(digests(await entries(ground, subject.digest, query)), applied ? [] : digests(pushed));
  }).checks;
