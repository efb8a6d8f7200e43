import assert from 'node:assert/strict';
import { type DigestAlgorithm, digestOf } from '../../../../src/oci/digest.ts';
import { pushBlob, send } from '../../../embedded/registry-client.ts';
import { begin, close, declineUnknownAlgorithm } from '../blob-pushes.ts';
import { NotOffered, Section } from '../spec-check.ts';
import type { SpecGround } from '../spec-ground.ts';

const SIZE = 2048;

async function pushed(ground: SpecGround, algorithm: DigestAlgorithm = 'sha256') {
  const { bytes, digest } = ground.blob(SIZE, algorithm);
  const answer = await close((await begin(ground.repository)).location, digest, bytes);
  declineUnknownAlgorithm(answer, digest);
  assert.equal(answer.status, 201, answer.text());
  const url = `${ground.repository}/blobs/${digest}`;
  if (algorithm !== 'sha256' && (await send('HEAD', url)).status !== 200)
    throw new NotOffered(`not kept by ${algorithm}`);
  return { bytes, digest, url };
}

const pull = new Section('Pulling blobs')
  .must('gives the bytes, 200 and their length', async (ground) => {
    const { bytes, url } = await pushed(ground);
    const answer = await send('GET', url);
    assert.equal(answer.status, 200);
    assert.ok(answer.bytes.equals(bytes));
    assert.equal(answer.headers.get('content-length'), String(SIZE));
  })
  .must(
    'names the digest in Docker-Content-Digest',
    async (ground) => {
      const { digest, url } = await pushed(ground);
      assert.equal((await send('GET', url)).headers.get('docker-content-digest'), digest);
    },
    'main',
  )
  .must('answers 404 for a blob that is not there', async (ground) => {
    await pushed(ground);
    assert.equal((await send('GET', `${ground.repository}/blobs/${digestOf('absent')}`)).status, 404);
  })
  .must('answers 404 for a blob of another repository', async (ground) => {
    const { digest } = await pushed(ground);
    await pushBlob(ground.other, Buffer.from('another'));
    assert.equal((await send('GET', `${ground.other}/blobs/${digest}`)).status, 404);
  })
  .must('answers 404 for a blob of a repository that is not there', async (ground) => {
    assert.equal((await send('GET', `${ground.repository}/blobs/${digestOf('absent')}`)).status, 404);
  });

const RANGES: readonly [range: string, start: number, end: number][] = [
  ['bytes=500-1499', 500, 1500],
  ['bytes=500-', 500, SIZE],
  ['bytes=-500', SIZE - 500, SIZE],
  ['bytes=2000-5000', 2000, SIZE],
];
for (const algorithm of ['sha256', 'sha512'] as const) {
  for (const [range, start, end] of RANGES) {
    pull.should(`answers 206 and the part to Range ${range} (${algorithm})`, async (ground) => {
      const { bytes, url } = await pushed(ground, algorithm);
      const answer = await send('GET', url, { headers: { range } });
      if (answer.status === 200) throw new NotOffered('the whole blob is given');
      assert.equal(answer.status, 206);
      assert.ok(answer.bytes.equals(bytes.subarray(start, end)));
      assert.equal(answer.headers.get('content-length'), String(end - start));
      const shown = new RegExp(`^bytes ${start}-${end - 1}/(?:${SIZE}|\\*)$`);
      assert.match(answer.headers.get('content-range') ?? '', shown);
    });
  }
  for (const range of ['bytes=500-0', 'bytes=5000-10000']) {
    pull.should(`answers 416 to Range ${range} (${algorithm})`, async (ground) => {
      const { url } = await pushed(ground, algorithm);
      const answer = await send('GET', url, { headers: { range } });
      if (answer.status === 200) throw new NotOffered('the whole blob is given');
      assert.equal(answer.status, 416);
    });
  }
}

const head = new Section('Checking if content exists in the registry')
  .must('answers 200 to HEAD of a blob, without a body', async (ground) => {
    const { url } = await pushed(ground);
    const answer = await send('HEAD', url);
    assert.deepEqual([answer.status, answer.bytes.byteLength], [200, 0]);
  })
  .must(
    "names a blob's digest and size to HEAD",
    async (ground) => {
      const { digest, url } = await pushed(ground);
      const { headers } = await send('HEAD', url);
      assert.equal(headers.get('docker-content-digest'), digest);
      assert.equal(headers.get('content-length'), String(SIZE));
    },
    'main',
  )
  .must('answers 404 to HEAD of a blob that is not there', async (ground) => {
    await pushed(ground);
    assert.equal((await send('HEAD', `${ground.repository}/blobs/${digestOf('absent')}`)).status, 404);
  })
  .must('answers 200 to HEAD of a manifest by tag and by digest, without a body', async (ground) => {
    const made = await ground.artifact();
    await ground.pushed(made, 'v1');
    for (const reference of ['v1', made.descriptor.digest]) {
      const answer = await ground.manifest('HEAD', reference);
      assert.deepEqual([answer.status, answer.bytes.byteLength], [200, 0], reference);
    }
  })
  .must(
    "names a manifest's digest, type and size to HEAD",
    async (ground) => {
      const made = await ground.artifact();
      await ground.pushed(made, 'v1');
      for (const reference of ['v1', made.descriptor.digest]) {
        const { headers } = await ground.manifest('HEAD', reference);
        assert.equal(headers.get('docker-content-digest'), made.descriptor.digest);
        assert.equal(headers.get('content-type'), made.descriptor.mediaType);
        assert.equal(headers.get('content-length'), String(made.descriptor.size));
      }
    },
    'main',
  )
  .must('answers 404 to HEAD of a manifest that is not there', async (ground) => {
    await ground.pushed(await ground.artifact(), 'v1');
    for (const reference of ['v2', digestOf('absent')]) {
      assert.equal((await ground.manifest('HEAD', reference)).status, 404, reference);
    }
  });

export const PULL_BLOBS = [...pull.checks, ...head.checks];
