import assert from 'node:assert/strict';
import type { DigestAlgorithm } from '../../../../src/oci/digest.ts';
import { locationOf, send } from '../../../embedded/registry-client.ts';
import { assertPushed, begin, close, sendChunk } from '../blob-pushes.ts';
import { NotOffered, Section } from '../spec-check.ts';
import type { SpecGround } from '../spec-ground.ts';

const CHUNK = 1024;

/** An upload of three chunks of which the first has arrived. */
async function oneOfThree(ground: SpecGround, algorithm: DigestAlgorithm = 'sha256') {
  const { bytes, digest } = ground.blob(3 * CHUNK - 5, algorithm);
  const { location } = await begin(ground.repository);
  const answer = await sendChunk(location, bytes.subarray(0, CHUNK), 0);
  assert.equal(answer.status, 202, answer.text());
  return { bytes, digest, location: locationOf(answer, location) };
}

const section = new Section('Pushing a blob in chunks')
  .must('answers 416 to a first chunk that does not begin with 0', async (ground) => {
    const { location } = await begin(ground.repository);
    assert.equal((await sendChunk(location, ground.blob(CHUNK).bytes, CHUNK)).status, 416);
  })
  .must('answers 416 to a chunk that was sent before', async (ground) => {
    const { bytes, location } = await oneOfThree(ground);
    assert.equal((await sendChunk(location, bytes.subarray(0, CHUNK), 0)).status, 416);
  })
  .must('answers 204 with Location and Range to a GET of an upload', async (ground) => {
    const { location } = await oneOfThree(ground);
    const status = await send('GET', location);
    assert.deepEqual([status.status, status.headers.get('range')], [204, `0-${CHUNK - 1}`]);
    assert.ok(status.headers.get('location'));
  })
  .should(
    'cancels an upload with 204, and knows it no more',
    async (ground) => {
      const { location } = await oneOfThree(ground);
      const cancelled = await send('DELETE', location);
      if ([404, 405].includes(cancelled.status)) throw new NotOffered(`${cancelled.status} to the DELETE of an upload`);
      assert.equal(cancelled.status, 204, cancelled.text());
      assert.equal((await send('GET', location)).status, 404);
    },
    'main',
  );

for (const algorithm of ['sha256', 'sha512'] as const) {
  section
    .must(
      `answers 416 to a chunk that skips one, says where it stands, and goes on from there (${algorithm})`,
      async (ground) => {
        const { bytes, digest, location } = await oneOfThree(ground, algorithm);
        assert.equal((await sendChunk(location, bytes.subarray(2 * CHUNK), 2 * CHUNK)).status, 416);
        const status = await send('GET', location);
        assert.deepEqual([status.status, status.headers.get('range')], [204, `0-${CHUNK - 1}`]);
        const second = await sendChunk(locationOf(status, location), bytes.subarray(CHUNK, 2 * CHUNK), CHUNK);
        assert.equal(second.status, 202, second.text());
        const third = await sendChunk(locationOf(second, location), bytes.subarray(2 * CHUNK), 2 * CHUNK);
        assert.equal(third.status, 202, third.text());
        const closed = await close(locationOf(third, location), digest);
        await assertPushed(ground.repository, closed, bytes, digest);
      },
    )
    .must(
      `answers 416 to a last chunk in the PUT that skips one, and takes the right ones after it (${algorithm})`,
      async (ground) => {
        const { bytes, digest, location } = await oneOfThree(ground, algorithm);
        const wrong = await close(location, digest, bytes.subarray(2 * CHUNK), `${2 * CHUNK}-${bytes.byteLength - 1}`);
        assert.equal(wrong.status, 416);
        const status = await send('GET', location);
        assert.equal(status.headers.get('range'), `0-${CHUNK - 1}`);
        const right = await close(
          locationOf(status, location),
          digest,
          bytes.subarray(CHUNK),
          `${CHUNK}-${bytes.byteLength - 1}`,
        );
        await assertPushed(ground.repository, right, bytes, digest);
      },
      'main',
    );
}

export const UPLOAD_SESSIONS = section.checks;
