import assert from 'node:assert/strict';
import type { DigestAlgorithm } from '../../../../src/oci/digest.ts';
import { type Answer, locationOf, pushBlob, send } from '../../../embedded/registry-client.ts';
import { assertPushed, begin, close, declineUnknownAlgorithm } from '../blob-pushes.ts';
import { NotOffered, Section } from '../spec-check.ts';
import type { SpecBlob, SpecGround } from '../spec-ground.ts';

function mount(ground: SpecGround, digest: string, from?: string): Promise<Answer> {
  const source = from === undefined ? '' : `&from=${encodeURIComponent(from)}`;
  return send('POST', `${ground.repository}/blobs/uploads/?mount=${digest}${source}`, { body: '' });
}

const nameOf = (ground: SpecGround): string => ground.other.slice(`${ground.registry}/v2/`.length);

const section = new Section('Mounting a blob from another repository');

for (const algorithm of ['sha256', 'sha512'] as const) {
  section
    .should(`mounts a blob with 201 and a Location that gives it (${algorithm})`, async (ground) => {
      const { bytes, digest } = await inOther(ground, algorithm);
      const answer = await mount(ground, digest, nameOf(ground));
      declineUpload(answer);
      await assertPushed(ground.repository, answer, bytes, digest);
    })
    .may(`finds a blob to mount where no repository is named (${algorithm})`, async (ground) => {
      const { bytes, digest } = await inOther(ground, algorithm);
      const answer = await mount(ground, digest);
      declineUpload(answer);
      await assertPushed(ground.repository, answer, bytes, digest);
    })
    .should(`begins an upload where there is nothing to mount, and takes the blob (${algorithm})`, async (ground) => {
      const { bytes, digest } = ground.blob(512, algorithm);
      await pushBlob(ground.other, Buffer.from('another'));
      const answer = await mount(ground, digest, nameOf(ground));
      declineUnknownAlgorithm(answer, digest);
      assert.equal(answer.status, 202, answer.text());
      const closed = await close(locationOf(answer, ground.repository), digest, bytes);
      await assertPushed(ground.repository, closed, bytes, digest);
    });
}

section.should('keeps a mounted blob when its source is deleted', async (ground) => {
  const { bytes, digest } = await inOther(ground, 'sha256');
  const answer = await mount(ground, digest, nameOf(ground));
  declineUpload(answer);
  const deleted = await send('DELETE', `${ground.other}/blobs/${digest}`);
  if (deleted.status !== 202) throw new NotOffered(`${deleted.status} to the DELETE of a blob`);
  assert.equal((await send('HEAD', `${ground.other}/blobs/${digest}`)).status, 404);
  await assertPushed(ground.repository, answer, bytes, digest);
});

/** A blob in the other repository, under a digest of the algorithm. */
async function inOther(ground: SpecGround, algorithm: DigestAlgorithm): Promise<SpecBlob> {
  const blob = ground.blob(512, algorithm);
  const { location } = await begin(ground.other);
  const answer = await close(location, blob.digest, blob.bytes);
  declineUnknownAlgorithm(answer, blob.digest);
  assert.equal(answer.status, 201, answer.text());
  return blob;
}

function declineUpload(answer: Answer): void {
  if (answer.status === 202) throw new NotOffered('202: an upload begins instead');
}

export const MOUNT_BLOBS = section.checks;
