import assert from 'node:assert/strict';
import { type DigestAlgorithm, digestOf } from '../../../../src/oci/digest.ts';
import { type Answer, send } from '../../../embedded/registry-client.ts';
import { assertPushed, BLOB_PUSHES, begin, close, declineUnknownAlgorithm, sendChunk } from '../blob-pushes.ts';
import { NotOffered, Section } from '../spec-check.ts';

const section = new Section('Pushing blobs');
const ALGORITHMS: readonly DigestAlgorithm[] = ['sha256', 'sha512'];

for (const [way, push] of Object.entries(BLOB_PUSHES)) {
  for (const algorithm of ALGORITHMS) {
    // a single POST, and every algorithm but sha256, is the registry's choice
    const level = way === 'a single POST' || algorithm !== 'sha256' ? 'may' : 'must';
    section[level](`takes a blob by ${way} (${algorithm})`, async (ground) => {
      const { bytes, digest } = ground.blob(3067, algorithm);
      await assertPushed(ground.repository, await push(ground.repository, bytes, digest), bytes, digest);
    });
  }
}

for (const way of ['one chunk', 'three chunks', 'a stream']) {
  section.should(
    `takes a blob by ${way} with its algorithm announced (sha512)`,
    async (ground) => {
      const { bytes, digest } = ground.blob(3067, 'sha512');
      const answer = await BLOB_PUSHES[way]?.(ground.repository, bytes, digest, '?digest-algorithm=sha512');
      await assertPushed(ground.repository, answer ?? assert.fail(way), bytes, digest);
    },
    'main',
  );
}

for (const [what, bytes] of [
  ['the empty blob', ''],
  ['the empty JSON object', '{}'],
] as const) {
  for (const algorithm of ALGORITHMS) {
    section[algorithm === 'sha256' ? 'must' : 'may'](`keeps ${what} (${algorithm})`, async (ground) => {
      const blob = Buffer.from(bytes);
      const digest = digestOf(blob, algorithm);
      const { location } = await begin(ground.repository);
      await assertPushed(ground.repository, await close(location, digest, blob), blob, digest);
      const head = await send('HEAD', `${ground.repository}/blobs/${digest}`);
      assert.equal(head.headers.get('content-length'), String(blob.byteLength));
    });
  }
}

for (const [way, push] of Object.entries(BLOB_PUSHES)) {
  for (const algorithm of ALGORITHMS) {
    section.should(
      `answers 400 to bytes of another digest, and keeps none, by ${way} (${algorithm})`,
      async (ground) => {
        const { bytes, digest } = ground.blob(3067, algorithm);
        const answer = await push(ground.repository, Buffer.concat([bytes, Buffer.from('!')]), digest);
        assert.equal(answer.status, 400, answer.text());
        const { status } = await send('HEAD', `${ground.repository}/blobs/${digest}`);
        assert.ok(status === 404 || (status === 400 && algorithm !== 'sha256'), `${status}`);
      },
    );
  }
}

section
  .may('names a blob that was pushed in Docker-Content-Digest, by whatever way', async (ground) => {
    for (const [way, push] of Object.entries(BLOB_PUSHES)) {
      if (way === 'a single POST') continue; // not every registry takes one
      const { bytes, digest } = ground.blob(3067);
      const said = (await push(ground.repository, bytes, digest)).headers.get('docker-content-digest');
      if (said === null) throw new NotOffered(`no Docker-Content-Digest by ${way}`);
      assert.equal(said, digest, way);
    }
  })
  .may('names what it holds by the digest that it was pushed under, sha512, and no other', async (ground) => {
    const { bytes, digest } = ground.blob(512, 'sha512');
    const answer = await close((await begin(ground.repository)).location, digest, bytes);
    await assertPushed(ground.repository, answer, bytes, digest);
    for (const named of [answer, await send('GET', `${ground.repository}/blobs/${digest}`)]) {
      const said = named.headers.get('docker-content-digest');
      if (said !== null && said !== digest) throw new NotOffered(`Docker-Content-Digest is ${said}`);
    }
  })
  .should('answers 400 to a digest that is none', async (ground) => {
    const { location } = await begin(ground.repository);
    location.searchParams.set('digest', 'sha256:bad');
    assert.equal((await send('PUT', location, { body: 'x' })).status, 400);
  })
  .should('answers 400 to an algorithm that it does not know', async (ground) => {
    const { location } = await begin(ground.repository);
    assert.equal((await close(location, `example:${'a'.repeat(64)}`, Buffer.from('x'))).status, 400);
  })
  .must('takes a blob that is there already', async (ground) => {
    const { bytes, digest } = ground.blob();
    for (let i = 0; i < 2; i++) {
      const { location } = await begin(ground.repository);
      await assertPushed(ground.repository, await close(location, digest, bytes), bytes, digest);
    }
  })
  .must(
    'keeps uploads apart that go on at the same time',
    async (ground) => {
      const blobs = Array.from({ length: 4 }, () => ground.blob(2000));
      const uploads = await Promise.all(blobs.map(() => begin(ground.repository)));
      const half = await Promise.all(
        blobs.map(({ bytes }, i) => sendChunk(uploads[i]!.location, bytes.subarray(0, 1000), 0)),
      );
      const closed = await Promise.all(
        blobs.map(({ bytes, digest }, i) =>
          close(new URL(locationText(half[i]!), ground.registry), digest, bytes.subarray(1000), '1000-1999'),
        ),
      );
      for (const [i, { bytes, digest }] of blobs.entries()) {
        await assertPushed(ground.repository, closed[i]!, bytes, digest);
      }
    },
    'main',
  )
  .may('takes a digest of sha512 for what it has under sha256', async (ground) => {
    const { bytes, digest } = ground.blob();
    const first = await begin(ground.repository);
    await assertPushed(ground.repository, await close(first.location, digest, bytes), bytes, digest);
    const second = await begin(ground.repository);
    const longer = digestOf(bytes, 'sha512');
    const answer = await close(second.location, longer, bytes);
    declineUnknownAlgorithm(answer, longer);
    await assertPushed(ground.repository, answer, bytes, longer);
  });

function locationText(answer: Answer): string {
  assert.equal(answer.status, 202, answer.text());
  return answer.headers.get('location') ?? assert.fail('no Location');
}

export const PUSH_BLOBS = section.checks;
