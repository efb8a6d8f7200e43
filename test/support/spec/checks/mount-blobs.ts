import assert from 'node:assert/strict';
import { type Answer, locationOf, pushBlob, send } from '../../../embedded/registry-client.ts';
import { assertPushed, close } from '../blob-pushes.ts';
import { NotOffered, Section } from '../spec-check.ts';
import type { SpecGround } from '../spec-ground.ts';

function mount(ground: SpecGround, digest: string, from?: string): Promise<Answer> {
  const source = from === undefined ? '' : `&from=${encodeURIComponent(from)}`;
  return send('POST', `${ground.repository}/blobs/uploads/?mount=${digest}${source}`, { body: '' });
}

const nameOf = (ground: SpecGround): string => ground.other.slice(`${ground.registry}/v2/`.length);

export const MOUNT_BLOBS = new Section('Mounting a blob from another repository')
  .should('mounts a blob with 201 and a Location that gives it', async (ground) => {
    const { bytes, digest } = ground.blob();
    await pushBlob(ground.other, bytes);
    const answer = await mount(ground, digest, nameOf(ground));
    if (answer.status === 202) throw new NotOffered('202: an upload begins instead');
    await assertPushed(ground.repository, answer, bytes, digest);
  })
  .may('finds a blob to mount where no repository is named', async (ground) => {
    const { bytes, digest } = ground.blob();
    await pushBlob(ground.other, bytes);
    const answer = await mount(ground, digest);
    if (answer.status === 202) throw new NotOffered('202: an upload begins instead');
    await assertPushed(ground.repository, answer, bytes, digest);
  })
  .should('begins an upload where there is nothing to mount, and takes the blob', async (ground) => {
    const { bytes, digest } = ground.blob();
    await pushBlob(ground.other, Buffer.from('another'));
    const answer = await mount(ground, digest, nameOf(ground));
    assert.equal(answer.status, 202, answer.text());
    const closed = await close(locationOf(answer, ground.repository), digest, bytes);
    await assertPushed(ground.repository, closed, bytes, digest);
  })
  .should('keeps a mounted blob when its source is deleted', async (ground) => {
    const { bytes, digest } = ground.blob();
    await pushBlob(ground.other, bytes);
    const answer = await mount(ground, digest, nameOf(ground));
    if (answer.status === 202) throw new NotOffered('202: an upload begins instead');
    const deleted = await send('DELETE', `${ground.other}/blobs/${digest}`);
    if (deleted.status !== 202) throw new NotOffered(`${deleted.status} to the DELETE of a blob`);
    assert.equal((await send('HEAD', `${ground.other}/blobs/${digest}`)).status, 404);
    await assertPushed(ground.repository, answer, bytes, digest);
  }).checks;
