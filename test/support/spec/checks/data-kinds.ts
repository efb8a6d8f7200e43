import assert from 'node:assert/strict';
import type { Digest } from '../../../../src/oci/digest.ts';
import type { Answer } from '../../../embedded/registry-client.ts';
import { pullOfKind, pushBlobsOfKind } from '../../check-data-kind.ts';
import { DATA_KINDS, type DataKind } from '../../data-kinds.ts';
import { declineUnknownAlgorithm } from '../blob-pushes.ts';
import { NotOffered, Section } from '../spec-check.ts';
import type { SpecGround } from '../spec-ground.ts';

/** What a registry may refuse, by "Pushing Manifests" and "Pushing blobs". */
const OPTIONAL = ['sparse index', 'sha512'];

function assertTaken(answer: Answer, digest: Digest): void {
  declineUnknownAlgorithm(answer, digest);
  assert.equal(answer.status, 201, answer.text());
}

async function pushAll(ground: SpecGround, kind: DataKind): Promise<void> {
  await pushBlobsOfKind(ground.repository, kind, assertTaken);
  for (const manifest of kind.manifests) {
    const { tag } = manifest;
    for (const reference of [manifest.descriptor.digest, ...(tag === undefined ? [] : [tag])]) {
      const answer = await ground.put(manifest, reference);
      declineMissing(answer);
      assertTaken(answer, manifest.descriptor.digest);
    }
  }
}

function declineMissing(answer: Answer): void {
  if (answer.text().includes('"MANIFEST_BLOB_UNKNOWN"')) throw new NotOffered('MANIFEST_BLOB_UNKNOWN');
}

const content = new Section('Push and Pull');
for (const { name, make } of DATA_KINDS) {
  content[OPTIONAL.includes(name) ? 'may' : 'must'](
    `takes content of this kind and gives it back: ${name}`,
    async (ground) => {
      const kind = make();
      await pushAll(ground, kind);
      for (const manifest of kind.manifests) await pullOfKind(ground.repository, manifest);
    },
  );
}

const deletion = new Section('Content Management');
for (const { name, make } of DATA_KINDS) {
  deletion.must(`deletes content of this kind, parents first: ${name}`, async (ground) => {
    const kind = make();
    await pushAll(ground, kind);
    for (const { descriptor } of kind.manifests.toReversed()) {
      const answer = await ground.manifest('DELETE', descriptor.digest);
      if ([400, 405].includes(answer.status)) throw new NotOffered(`${answer.status}: nothing is deleted`);
      // 404: it went with the index that named it
      assert.ok([202, 404].includes(answer.status), answer.text());
      assert.equal((await ground.manifest('HEAD', descriptor.digest)).status, 404);
    }
  });
}

export const DATA_KIND_CHECKS = [...content.checks, ...deletion.checks];
