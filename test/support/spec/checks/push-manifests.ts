import assert from 'node:assert/strict';
import { digestOf } from '../../../../src/oci/digest.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../../../src/oci/media-types.ts';
import { type Answer, chunksOf, locationOf, send } from '../../../embedded/registry-client.ts';
import { declineUnknownAlgorithm } from '../blob-pushes.ts';
import { NotOffered, Section } from '../spec-check.ts';
import { type MadeManifest, madeOf, type SpecGround } from '../spec-ground.ts';

/** It is there by the reference, byte for byte and with its type, and where Location says. */
async function assertPushed(ground: SpecGround, made: MadeManifest, reference: string): Promise<void> {
  const { bytes, descriptor } = made;
  const answer = await ground.put(made, reference);
  declineUnknownAlgorithm(answer, descriptor.digest);
  assert.equal(answer.status, 201, answer.text());
  const headers = { accept: descriptor.mediaType };
  for (const url of [locationOf(answer, ground.repository), `${ground.repository}/manifests/${reference}`]) {
    const found = await send('GET', url, { headers });
    assert.equal(found.status, 200, `${url}: ${found.text().slice(0, 200)}`);
    assert.ok(found.bytes.equals(bytes), `${url} gives other bytes`);
    assert.equal(found.headers.get('content-type'), descriptor.mediaType);
  }
}

function assertMissing(answer: Answer): void {
  assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status}`);
  assert.ok(answer.errorCodes().includes('MANIFEST_BLOB_UNKNOWN'), answer.text());
}

const pushing = new Section('Pushing Manifests')
  .must('takes a manifest by tag, and gives it where Location says', async (ground) =>
    assertPushed(ground, await ground.artifact(), 'v1'),
  )
  .must('takes a manifest by digest, and gives it where Location says', async (ground) => {
    const made = await ground.artifact();
    await assertPushed(ground, made, made.descriptor.digest);
  })
  .may('takes a manifest by a digest of sha512', async (ground) => {
    const made = await ground.artifact({}, 'sha512');
    await assertPushed(ground, made, made.descriptor.digest);
  })
  .must('returns the digest of the client in Docker-Content-Digest', async (ground) => {
    const made = await ground.artifact();
    for (const reference of ['v1', made.descriptor.digest]) {
      const answer = await ground.put(made, reference);
      assert.equal(answer.headers.get('docker-content-digest'), made.descriptor.digest, reference);
    }
  })
  .must('keeps white space, the order of keys and fields that it does not know', async (ground) => {
    const { bytes } = await ground.artifact();
    const text = `\n ${JSON.stringify({ zzz: [1.0, { a: null }], ...JSON.parse(String(bytes)) }, null, 3)}\n\n`;
    await assertPushed(ground, madeOf(Buffer.from(text), OCI_MANIFEST), 'v1');
  })
  .must('moves a tag, and keeps what it held before by digest', async (ground) => {
    const [first, second] = [await ground.artifact(), await ground.artifact()];
    await ground.pushed(first, 'v1');
    await ground.pushed(second, 'v1');
    assert.ok((await ground.manifest('GET', 'v1')).bytes.equals(second.bytes));
    assert.ok((await ground.manifest('GET', first.descriptor.digest)).bytes.equals(first.bytes));
  })
  .must('takes a tag of 128 characters of every kind', async (ground) =>
    assertPushed(ground, await ground.artifact(), `_A.z-9${'t'.repeat(122)}`),
  )
  .must('takes no tag of 129 characters, and none that begins with a hyphen', async (ground) => {
    const made = await ground.artifact();
    for (const tag of ['t'.repeat(129), '-v1']) {
      const { status } = await ground.put(made, tag);
      assert.ok(status >= 400 && status < 500, `${tag}: ${status}`);
    }
  })
  .must('takes the same manifest under two tags', async (ground) => {
    const made = await ground.artifact();
    await assertPushed(ground, made, 'one');
    await assertPushed(ground, made, 'two');
  })
  .must('answers 400 to a manifest that is not of the digest', async (ground) => {
    const { bytes, descriptor } = await ground.artifact();
    const answer = await ground.put({ bytes: Buffer.concat([bytes, Buffer.from('  ')]), descriptor });
    assert.equal(answer.status, 400, answer.text());
    assert.equal((await ground.manifest('HEAD', descriptor.digest)).status, 404);
  })
  .must('answers 400 to a digest that is none', async (ground) => {
    const answer = await ground.put(await ground.artifact(), 'sha256:baddigeststring');
    assert.equal(answer.status, 400, answer.text());
  })
  .must('answers 4xx to what is no manifest', async (ground) => {
    await ground.pushed(await ground.artifact(), 'v1');
    const { status } = await ground.put(madeOf(Buffer.from('no JSON'), OCI_MANIFEST), 'v2');
    assert.ok(status >= 400 && status < 500, `${status}`);
  })
  .should('takes a manifest of 3.9 MB', async (ground) => {
    const annotations = Object.fromEntries(Array.from({ length: 390 }, (_, i) => [`a${i}`, 'A'.repeat(10_000)]));
    await assertPushed(ground, await ground.artifact({ annotations }), 'large');
  })
  .must('takes a manifest whose length is not announced', async (ground) => {
    const { bytes, descriptor } = await ground.artifact();
    const url = `${ground.repository}/manifests/v1`;
    const headers = { 'content-type': descriptor.mediaType };
    assert.equal((await send('PUT', url, { body: chunksOf(bytes, 100), headers })).status, 201);
    assert.ok((await ground.manifest('GET', 'v1')).bytes.equals(bytes));
  })
  .should('takes no parameters of Content-Type for a part of the type', async (ground) => {
    const { bytes, descriptor } = await ground.artifact();
    const answer = await send('PUT', `${ground.repository}/manifests/v1`, {
      body: bytes,
      headers: { 'content-type': `${OCI_MANIFEST}; charset=utf-8` },
    });
    assert.equal(answer.status, 201, answer.text());
    assert.equal((await ground.manifest('GET', descriptor.digest)).headers.get('content-type'), OCI_MANIFEST);
  })
  .must('takes a manifest whose blobs are missing, or says MANIFEST_BLOB_UNKNOWN', async (ground) => {
    const layers = [{ mediaType: 'application/x', digest: digestOf('absent'), size: 6 }];
    const made = await ground.artifact({ layers });
    const answer = await ground.put(made, 'v1');
    if (answer.status === 201) assert.ok((await ground.manifest('GET', 'v1')).bytes.equals(made.bytes));
    else assertMissing(answer);
  })
  .must('takes an index whose manifests are missing, or says MANIFEST_BLOB_UNKNOWN', async (ground) => {
    const missing = { mediaType: OCI_MANIFEST, digest: digestOf('absent'), size: 6 };
    const made = ground.index([missing]);
    const answer = await ground.put(made, 'v1');
    if (answer.status === 201) assert.ok((await ground.manifest('GET', 'v1')).bytes.equals(made.bytes));
    else assertMissing(answer);
  });

for (const algorithm of ['sha256', 'sha512'] as const) {
  for (const count of [1, 2, 10]) {
    pushing.may(
      `pushes ${count} tag${count === 1 ? '' : 's'} with the digest, and names each in OCI-Tag (${algorithm})`,
      async (ground) => {
        const made = await ground.artifact({}, algorithm);
        const tags = Array.from({ length: count }, (_, i) => `tag-${i}`);
        const answer = await ground.put(made, made.descriptor.digest, `?${tags.map((tag) => `tag=${tag}`).join('&')}`);
        declineUnknownAlgorithm(answer, made.descriptor.digest);
        assert.equal(answer.status, 201, answer.text());
        // on lines of its own or in one list: RFC 9110 §5.3 has both mean the same
        const named = answer.headers.get('oci-tag');
        if (named === null) throw new NotOffered('no OCI-Tag');
        assert.deepEqual(
          named
            .split(',')
            .map((tag) => tag.trim())
            .sort(),
          tags,
        );
        for (const tag of tags) {
          const found = await ground.manifest('GET', tag);
          assert.ok(found.bytes.equals(made.bytes), tag);
          assert.equal(found.headers.get('docker-content-digest'), made.descriptor.digest, tag);
        }
      },
      'main',
    );
  }
}

const subject = new Section('Pushing Manifests with Subject')
  .must('names the subject in OCI-Subject, by digest and by tag', async (ground) => {
    const image = await ground.pushed(await ground.artifact());
    const made = await ground.artifact({ subject: image });
    for (const reference of [made.descriptor.digest, 'tagged']) {
      const answer = await ground.put(made, reference);
      assert.equal(answer.status, 201, answer.text());
      const named = answer.headers.get('oci-subject');
      if (named === null) throw new NotOffered('no OCI-Subject');
      assert.equal(named, image.digest);
    }
  })
  .must('names the subject of an index', async (ground) => {
    const image = await ground.pushed(await ground.artifact());
    const answer = await ground.put(ground.index([], { subject: image }));
    assert.equal(answer.status, 201, answer.text());
    const named = answer.headers.get('oci-subject');
    if (named === null) throw new NotOffered('no OCI-Subject');
    assert.equal(named, image.digest);
  })
  .must('takes a manifest whose subject is not there', async (ground) => {
    const absent = { mediaType: OCI_MANIFEST, digest: digestOf(ground.name), size: 6 };
    const { digest } = await ground.pushed(await ground.artifact({ subject: absent }));
    assert.equal((await ground.manifest('GET', digest)).status, 200);
  })
  .must('takes an index whose subject is not there', async (ground) => {
    const absent = { mediaType: OCI_INDEX, digest: digestOf(ground.name), size: 6 };
    const { digest } = await ground.pushed(ground.index([], { subject: absent }));
    assert.equal((await ground.manifest('GET', digest)).status, 200);
  })
  .must('names no subject where there is none', async (ground) => {
    assert.equal((await ground.put(await ground.artifact())).headers.get('oci-subject'), null);
  });

export const PUSH_MANIFESTS = [...pushing.checks, ...subject.checks];
