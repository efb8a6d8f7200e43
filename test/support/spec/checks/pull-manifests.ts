import assert from 'node:assert/strict';
import { digestOf } from '../../../../src/oci/digest.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../../../src/oci/media-types.ts';
import { Section } from '../spec-check.ts';

export const PULL_MANIFESTS = new Section('Pulling manifests')
  .must('gives the bytes by tag and by digest, with 200, their type and their length', async (ground) => {
    for (const made of [await ground.artifact(), ground.index([])]) {
      await ground.pushed(made, 'v1');
      for (const reference of ['v1', made.descriptor.digest]) {
        const answer = await ground.manifest('GET', reference);
        assert.equal(answer.status, 200, answer.text());
        assert.ok(answer.bytes.equals(made.bytes));
        assert.equal(answer.headers.get('content-type'), made.descriptor.mediaType);
        assert.equal(answer.headers.get('content-length'), String(made.descriptor.size));
      }
    }
  })
  .must(
    'names the digest in Docker-Content-Digest',
    async (ground) => {
      const made = await ground.artifact();
      await ground.pushed(made, 'v1');
      for (const reference of ['v1', made.descriptor.digest]) {
        const { headers } = await ground.manifest('GET', reference);
        assert.equal(headers.get('docker-content-digest'), made.descriptor.digest, reference);
      }
    },
    'main',
  )
  .must('gives each its own type to a reader that takes both', async (ground) => {
    await ground.pushed(await ground.artifact(), 'image');
    await ground.pushed(ground.index([]), 'index');
    assert.equal((await ground.manifest('GET', 'image')).headers.get('content-type'), OCI_MANIFEST);
    assert.equal((await ground.manifest('GET', 'index')).headers.get('content-type'), OCI_INDEX);
  })
  .must('answers 404 for a tag and a digest that are not there', async (ground) => {
    await ground.pushed(await ground.artifact(), 'v1');
    for (const reference of ['v2', digestOf('absent')]) {
      assert.equal((await ground.manifest('GET', reference)).status, 404, reference);
    }
  })
  .must('answers 404 in a repository that is not there', async (ground) => {
    for (const reference of ['v1', digestOf('absent')]) {
      assert.equal((await ground.manifest('GET', reference)).status, 404, reference);
    }
  })
  .must('answers 400 or 404 for a digest that is none', async (ground) => {
    await ground.pushed(await ground.artifact(), 'v1');
    const { status } = await ground.manifest('GET', 'sha256:baddigeststring');
    assert.ok([400, 404].includes(status), `${status}`);
  }).checks;
