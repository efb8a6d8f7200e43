import assert from 'node:assert/strict';
import { type Digest, digestOf } from '../../src/oci/digest.ts';
import { type Answer, beginUpload, send, withDigest } from '../embedded/registry-client.ts';
import type { DataKind, PushedManifest } from './data-kinds.ts';

/**
 * Pushes content of one kind, lists, heads, pulls and deletes it, as distribution-spec 1.1 has it; referrers by subject
 * and by type. Throws at the first answer that is not as specified.
 */
export async function checkDataKind(repositoryUrl: string, kind: DataKind): Promise<void> {
  const { manifests } = kind;
  await pushBlobsOfKind(repositoryUrl, kind);
  for (const manifest of manifests) await push(repositoryUrl, manifest);
  await checkTags(repositoryUrl, manifests);
  for (const manifest of manifests) await pullOfKind(repositoryUrl, manifest);
  for (const manifest of manifests) if (manifest.subject !== undefined) await checkReferrer(repositoryUrl, manifest);
  for (const manifest of manifests.toReversed()) await remove(repositoryUrl, manifest);
}

/** Every blob of it, under digests of the same algorithm as those of its manifests. */
export async function pushBlobsOfKind(
  repositoryUrl: string,
  { blobs, manifests }: DataKind,
  onAnswer = (answer: Answer, _digest: Digest): void => assert.equal(answer.status, 201, answer.text()),
): Promise<void> {
  const algorithm = manifests[0]?.descriptor.digest.split(':', 1)[0] === 'sha512' ? 'sha512' : 'sha256';
  for (const bytes of blobs) {
    const digest = digestOf(bytes, algorithm);
    onAnswer(await send('PUT', withDigest(await beginUpload(repositoryUrl), digest), { body: bytes }), digest);
  }
}

/** By its digest, then by its tag; the answer names the digest, and the subject if there is one. */
async function push(repositoryUrl: string, { descriptor, bytes, subject, tag }: PushedManifest): Promise<void> {
  for (const reference of [descriptor.digest, ...(tag === undefined ? [] : [tag])]) {
    const answer = await send('PUT', `${repositoryUrl}/manifests/${reference}`, {
      body: bytes,
      headers: { 'content-type': descriptor.mediaType },
    });
    assert.equal(answer.status, 201, answer.text());
    assert.ok(answer.headers.get('location'));
    assert.equal(answer.headers.get('docker-content-digest'), descriptor.digest);
    assert.equal(answer.headers.get('oci-subject'), subject?.digest ?? null);
  }
}

async function checkTags(repositoryUrl: string, manifests: readonly PushedManifest[]): Promise<void> {
  const pushed = manifests.flatMap(({ tag }) => (tag === undefined ? [] : [tag]));
  if (pushed.length === 0) return;
  const tags: string[] = (await send('GET', `${repositoryUrl}/tags/list`)).json().tags;
  for (const tag of pushed) assert.ok(tags.includes(tag), `${tag} is not in ${tags}`);
  const [first = ''] = tags.toSorted();
  const rest: string[] = (await send('GET', `${repositoryUrl}/tags/list?last=${first}`)).json().tags ?? [];
  assert.deepEqual(rest.toSorted(), tags.toSorted().slice(1));
}

/** HEAD and GET, by digest and by tag. */
export async function pullOfKind(repositoryUrl: string, { descriptor, bytes, tag }: PushedManifest): Promise<void> {
  for (const reference of [descriptor.digest, ...(tag === undefined ? [] : [tag])]) {
    for (const method of ['HEAD', 'GET']) {
      const answer = await send(method, `${repositoryUrl}/manifests/${reference}`, {
        headers: { accept: descriptor.mediaType },
      });
      assert.equal(answer.status, 200, answer.text());
      assert.equal(answer.headers.get('content-type'), descriptor.mediaType);
      assert.equal(answer.headers.get('content-length'), String(bytes.byteLength));
      assert.equal(answer.headers.get('docker-content-digest'), descriptor.digest);
      if (method === 'GET') assert.ok(answer.bytes.equals(bytes), `${reference} came back changed`);
    }
  }
}

async function checkReferrer(repositoryUrl: string, { descriptor, bytes, subject }: PushedManifest): Promise<void> {
  const { artifactType, config, annotations } = JSON.parse(new TextDecoder().decode(bytes));
  const type = artifactType ?? config?.mediaType;
  const expected = { ...descriptor, artifactType: type, ...(annotations && { annotations }) };
  const url = `${repositoryUrl}/referrers/${subject?.digest}`;
  const all = await send('GET', url);
  assert.equal(all.headers.get('content-type'), 'application/vnd.oci.image.index.v1+json');
  const found = all.json().manifests.find(({ digest }: { digest: string }) => digest === descriptor.digest);
  assert.deepEqual(found, expected);
  const filtered = await send('GET', `${url}?artifactType=${encodeURIComponent(type)}`);
  assert.equal(filtered.headers.get('oci-filters-applied'), 'artifactType');
  const types = new Set(filtered.json().manifests.map((entry: { artifactType: string }) => entry.artifactType));
  assert.deepEqual([...types], [type]);
}

/** Its tag alone, then itself: both are gone at once. */
async function remove(repositoryUrl: string, { descriptor, tag }: PushedManifest): Promise<void> {
  for (const reference of [...(tag === undefined ? [] : [tag]), descriptor.digest]) {
    const url = `${repositoryUrl}/manifests/${reference}`;
    const answer = await send('DELETE', url);
    assert.equal(answer.status, 202, answer.text());
    assert.equal((await send('HEAD', url, { headers: { accept: descriptor.mediaType } })).status, 404);
  }
}
