import assert from 'node:assert/strict';
import { EMPTY_DESCRIPTOR } from '../../../../src/oci/artifact-manifest.ts';
import { digestOf } from '../../../../src/oci/digest.ts';
import { type Answer, pushBlob, send } from '../../../embedded/registry-client.ts';
import { NotOffered, Section } from '../spec-check.ts';
import type { SpecGround } from '../spec-ground.ts';

/** 202, or 400 or 405 where the registry does not delete. */
function assertDeleted(answer: Answer): void {
  if ([400, 405].includes(answer.status)) throw new NotOffered(`${answer.status}: nothing is deleted`);
  assert.equal(answer.status, 202, answer.text());
}

async function pushedTwice(ground: SpecGround): Promise<string> {
  const made = await ground.artifact();
  for (const tag of ['one', 'two']) await ground.pushed(made, tag);
  return made.descriptor.digest;
}

async function assertStatuses(ground: SpecGround, expected: Readonly<Record<string, number>>): Promise<void> {
  for (const [reference, status] of Object.entries(expected)) {
    assert.equal((await ground.manifest('HEAD', reference)).status, status, `HEAD of ${reference}`);
    assert.equal((await ground.manifest('GET', reference)).status, status, `GET of ${reference}`);
  }
}

const tags = new Section('Deleting tags')
  .must('deletes a tag alone, at once', async (ground) => {
    const digest = await pushedTwice(ground);
    assertDeleted(await ground.manifest('DELETE', 'one'));
    await assertStatuses(ground, { one: 404, two: 200, [digest]: 200 });
    assert.deepEqual((await send('GET', `${ground.repository}/tags/list`)).json().tags, ['two']);
  })
  .must('keeps a manifest whose last tag is deleted', async (ground) => {
    const { digest } = await ground.pushed(await ground.artifact(), 'only');
    assertDeleted(await ground.manifest('DELETE', 'only'));
    await assertStatuses(ground, { only: 404, [digest]: 200 });
  })
  .must('answers 404 to the deletion of a tag that is not there', async (ground) => {
    await pushedTwice(ground);
    assertDeleted(await ground.manifest('DELETE', 'one'));
    assert.equal((await ground.manifest('DELETE', 'one')).status, 404);
  });

const manifests = new Section('Deleting Manifests')
  .must('deletes a manifest with its tags, at once', async (ground) => {
    const digest = await pushedTwice(ground);
    assertDeleted(await ground.manifest('DELETE', digest));
    await assertStatuses(ground, { one: 404, two: 404, [digest]: 404 });
  })
  .must('answers 404 to the deletion of a manifest that is not there', async (ground) => {
    await ground.pushed(await ground.artifact(), 'v1');
    const { status } = await ground.manifest('DELETE', digestOf('absent'));
    if ([400, 405].includes(status)) throw new NotOffered(`${status}: nothing is deleted`);
    assert.equal(status, 404);
  })
  .must('answers 404 to a deletion in a repository that is not there', async (ground) => {
    const { status } = await ground.manifest('DELETE', digestOf('absent'));
    if ([400, 405].includes(status)) throw new NotOffered(`${status}: nothing is deleted`);
    assert.equal(status, 404);
  })
  .must('keeps the blobs of a manifest that is deleted', async (ground) => {
    const digest = await pushedTwice(ground);
    assertDeleted(await ground.manifest('DELETE', digest));
    assert.equal((await send('HEAD', `${ground.repository}/blobs/${EMPTY_DESCRIPTOR.digest}`)).status, 200);
  })
  .must('takes a manifest again that was deleted', async (ground) => {
    const made = await ground.artifact();
    await ground.pushed(made, 'v1');
    assertDeleted(await ground.manifest('DELETE', made.descriptor.digest));
    await ground.pushed(made, 'v1');
    await assertStatuses(ground, { v1: 200, [made.descriptor.digest]: 200 });
  });

const blobs = new Section('Deleting Blobs')
  .must('deletes a blob, at once', async (ground) => {
    const url = `${ground.repository}/blobs/${await pushBlob(ground.repository, ground.blob().bytes)}`;
    assertDeleted(await send('DELETE', url));
    assert.equal((await send('HEAD', url)).status, 404);
    assert.equal((await send('GET', url)).status, 404);
  })
  .must('answers 404 to the deletion of a blob that is not there', async (ground) => {
    await pushBlob(ground.repository, ground.blob().bytes);
    const { status } = await send('DELETE', `${ground.repository}/blobs/${digestOf('absent')}`);
    if ([400, 405].includes(status)) throw new NotOffered(`${status}: nothing is deleted`);
    assert.equal(status, 404);
  })
  .must('keeps the same blob of another repository', async (ground) => {
    const { bytes, digest } = ground.blob();
    for (const repository of [ground.repository, ground.other]) await pushBlob(repository, bytes);
    assertDeleted(await send('DELETE', `${ground.repository}/blobs/${digest}`));
    assert.equal((await send('GET', `${ground.other}/blobs/${digest}`)).status, 200);
  })
  .must('takes a blob again that was deleted', async (ground) => {
    const { bytes, digest } = ground.blob();
    await pushBlob(ground.repository, bytes);
    assertDeleted(await send('DELETE', `${ground.repository}/blobs/${digest}`));
    await pushBlob(ground.repository, bytes);
    assert.ok((await send('GET', `${ground.repository}/blobs/${digest}`)).bytes.equals(bytes));
  });

export const DELETIONS = [...tags.checks, ...manifests.checks, ...blobs.checks];
