import assert from 'node:assert/strict';
import { type Digest, digestOf } from '../../../src/oci/digest.ts';
import { type Answer, chunksOf, locationOf, send, withDigest } from '../../embedded/registry-client.ts';
import { NotOffered } from './spec-check.ts';

/** Pushes bytes under a digest, right or wrong, and returns the answer that ends it. */
export type BlobPush = (repository: string, bytes: Uint8Array, digest: Digest, query?: string) => Promise<Answer>;

const OCTETS = { 'content-type': 'application/octet-stream' };

/** Every way of pushing that the specification has, by its name. */
export const BLOB_PUSHES: Readonly<Record<string, BlobPush>> = {
  'POST and PUT': async (repository, bytes, digest, query) => {
    const { location } = await begin(repository, query);
    return await close(location, digest, bytes);
  },
  'a single POST': async (repository, bytes, digest) => {
    const url = `${repository}/blobs/uploads/?digest=${digest}`;
    const answer = await send('POST', url, { body: bytes, headers: OCTETS });
    if (answer.status !== 202) return answer;
    const closed = await close(locationOf(answer, url), digest, bytes);
    if (closed.status === 201) throw new NotOffered('answers 202 to a single POST, and takes the PUT that follows');
    return closed;
  },
  'one chunk': (repository, bytes, digest, query) => inChunks(repository, bytes, digest, { count: 1, query }),
  'three chunks': (repository, bytes, digest, query) => inChunks(repository, bytes, digest, { count: 3, query }),
  'three chunks, the last in the PUT': (repository, bytes, digest, query) =>
    inChunks(repository, bytes, digest, { count: 3, lastInPut: true, query }),
  'a stream': async (repository, bytes, digest, query) => {
    const { location } = await begin(repository, query);
    const answer = await send('PATCH', location, { body: chunksOf(bytes, 700), headers: OCTETS });
    assert.equal(answer.status, 202, answer.text());
    return await close(locationOf(answer, location), digest);
  },
};

interface ChunkOptions {
  readonly count: number;
  readonly lastInPut?: boolean;
  readonly query?: string | undefined;
}

async function inChunks(
  repository: string,
  bytes: Uint8Array,
  digest: Digest,
  { count, lastInPut = false, query }: ChunkOptions,
): Promise<Answer> {
  const begun = await begin(repository, query);
  const size = Math.max(begun.minChunk, Math.ceil(bytes.byteLength / count));
  let { location } = begun;
  for (let start = 0; start < bytes.byteLength; start += size) {
    const end = Math.min(bytes.byteLength, start + size);
    const chunk = bytes.subarray(start, end);
    if (lastInPut && end === bytes.byteLength) return await close(location, digest, chunk, `${start}-${end - 1}`);
    const answer = await sendChunk(location, chunk, start);
    assert.equal(answer.status, 202, answer.text());
    assert.equal(answer.headers.get('range'), `0-${end - 1}`);
    location = locationOf(answer, location);
  }
  return await close(location, digest);
}

/** A POST that opens an upload, and what it has to say. */
export async function begin(
  repository: string,
  query = '',
): Promise<{ readonly location: URL; readonly minChunk: number }> {
  const url = `${repository}/blobs/uploads/${query}`;
  const answer = await send('POST', url, { body: '' });
  assert.equal(answer.status, 202, answer.text());
  const minChunk = Number(answer.headers.get('oci-chunk-min-length') ?? '0');
  return { location: locationOf(answer, url), minChunk };
}

/** A chunk with its Content-Range, which may be a wrong one. */
export function sendChunk(location: URL, chunk: Uint8Array, start: number, end?: number): Promise<Answer> {
  const range = `${start}-${end ?? start + chunk.byteLength - 1}`;
  return send('PATCH', location, { body: chunk, headers: { ...OCTETS, 'content-range': range } });
}

/** The PUT that ends an upload, with the last bytes or without any. */
export function close(
  location: URL,
  digest: Digest,
  last: Uint8Array = new Uint8Array(),
  range?: string,
): Promise<Answer> {
  const headers = { ...OCTETS, ...(range !== undefined && { 'content-range': range }) };
  return send('PUT', withDigest(location, digest), { body: last, headers });
}

/** The answer to the end of a push of the right bytes: the blob is there, under the digest asked for. */
export async function assertPushed(
  repository: string,
  answer: Answer,
  bytes: Uint8Array,
  digest: Digest,
): Promise<void> {
  declineUnknownAlgorithm(answer, digest);
  assert.equal(answer.status, 201, answer.text());
  assertNames(answer, bytes);
  await assertGives(locationOf(answer, repository), bytes);
  await assertGives(`${repository}/blobs/${digest}`, bytes);
}

/** Docker-Content-Digest may be of another algorithm ("Pulling manifests"), but not of other bytes. */
function assertNames(answer: Answer, bytes: Uint8Array): void {
  const named = answer.headers.get('docker-content-digest');
  if (named !== null) assert.ok([digestOf(bytes), digestOf(bytes, 'sha512')].includes(named as Digest), named);
}

async function assertGives(url: string | URL, bytes: Uint8Array): Promise<void> {
  const found = await send('GET', url);
  assert.equal(found.status, 200, found.text().slice(0, 300));
  assert.ok(found.bytes.equals(bytes), `${url} gives other bytes`);
}

/** "Pushing blobs": 400 for an algorithm that the registry does not know. sha256 it has to know. */
export function declineUnknownAlgorithm(answer: Answer, digest: Digest): void {
  if (answer.status === 400 && !digest.startsWith('sha256:')) throw new NotOffered(`400 for ${algorithmName(digest)}`);
}

function algorithmName(digest: Digest): string {
  return digest.slice(0, digest.indexOf(':'));
}
