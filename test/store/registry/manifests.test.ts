import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { errorResponse, type RegistryResponse } from '../../../src/embedded/exchange.ts';
import type { Quirks } from '../../../src/embedded/quirks.ts';
import { CodedError } from '../../../src/errors/coded-error.ts';
import { EMPTY_DESCRIPTOR } from '../../../src/oci/artifact-manifest.ts';
import { digestOf } from '../../../src/oci/digest.ts';
import { DOCKER_MANIFEST, OCI_ARTIFACT_MANIFEST, OCI_INDEX, OCI_MANIFEST } from '../../../src/oci/media-types.ts';
import type { FetchedManifest } from '../../../src/store/store.ts';
import { startListing } from '../../support/listing.ts';
import { pushSampleImage, pushSampleIndex } from '../../support/sample-image.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const INDEX = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] };
const MANIFEST = { schemaVersion: 2, mediaType: OCI_MANIFEST, config: EMPTY_DESCRIPTOR, layers: [] };

/** What findManifest makes of an answer, by the digest of its bytes. */
async function find(
  t: TestContext,
  body: Uint8Array | string,
  headers: RegistryResponse['headers'] = { 'content-type': OCI_MANIFEST },
): Promise<FetchedManifest | undefined> {
  const bytes = typeof body === 'string' ? encode(body) : body;
  const { store } = await startListing(t, { intercept: () => ({ status: 200, headers, body: bytes }) });
  return store.findManifest(digestOf(bytes));
}

/** Bodies that hash to what was asked for, and are refused all the same. */
const UGLY: readonly [title: string, body: Uint8Array | string, code: string, message: RegExp][] = [
  ['nothing', '', 'json-invalid', /not valid JSON/],
  ['an array', '[]', 'json-invalid', /expected a JSON object, got an array/],
  ['null', 'null', 'json-invalid', /got null/],
  ['data after the document', `${JSON.stringify(MANIFEST)} {}`, 'json-invalid', /not valid JSON/],
  ['a byte order mark', Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), encode('{}')]), 'json-invalid', /byte order mark/],
  ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'json-invalid', /UTF-8/],
  ['a key twice', '{"mediaType":"a/b","mediaType":"c/d"}', 'json-invalid', /duplicate key "mediaType"/],
  ['a key twice, escaped', '{"config":{},"c\\u006fnfig":{}}', 'json-invalid', /duplicate key "config"/],
  ['too many levels', `{"a":${'['.repeat(70)}${']'.repeat(70)}}`, 'json-invalid', /deeper than 64 levels/],
  [
    'manifests and layers',
    JSON.stringify({ ...MANIFEST, manifests: [] }),
    'manifest-invalid',
    /both manifests and layers/,
  ],
  [
    'manifests and a config',
    JSON.stringify({ ...INDEX, mediaType: OCI_MANIFEST, config: {} }),
    'manifest-invalid',
    /both manifests and layers/,
  ],
  ['docker schema 1', '{"schemaVersion":1,"fsLayers":[]}', 'manifest-invalid', /docker schema 1/],
  ['no config', JSON.stringify({ ...MANIFEST, config: undefined }), 'manifest-invalid', /config is not an object/],
  ['no layers', JSON.stringify({ ...MANIFEST, layers: undefined }), 'manifest-invalid', /layers is not an array/],
  [
    'a layer without a digest',
    JSON.stringify({ ...MANIFEST, layers: [{ mediaType: 'a/b', size: 1 }] }),
    'manifest-invalid',
    /layers\[0\] has no valid digest/,
  ],
  [
    'a subject that is none',
    JSON.stringify({ ...MANIFEST, subject: 'x' }),
    'manifest-invalid',
    /subject is not an object/,
  ],
  [
    'annotations that are no texts',
    JSON.stringify({ ...MANIFEST, annotations: { a: 1 } }),
    'manifest-invalid',
    /annotation "a" is not a string/,
  ],
  [
    'artifactType as a number',
    JSON.stringify({ ...MANIFEST, artifactType: 7 }),
    'manifest-invalid',
    /artifactType is not/,
  ],
];

describe('RegistryStore.findManifest', () => {
  it('says none of a 404, and not of a repository that is unknown: there nobody could look', async (t) => {
    const { store, target } = await startListing(t);
    await pushSampleImage(target);
    assert.equal(await store.findManifest(digestOf('another')), undefined);
    const unknown = await startListing(t, {
      intercept: () => errorResponse(404, 'NAME_UNKNOWN', 'repository name not known to registry'),
    });
    for (const place of [digestOf('another'), { tag: 'v1' }]) {
      await assert.rejects(unknown.store.findManifest(place), { code: 'repository-unknown' });
    }
  });

  it('takes a manifest from 200 alone', async (t) => {
    const bytes = encode(JSON.stringify(MANIFEST));
    for (const status of [201, 203, 206, 300]) {
      const answer = { status, headers: { 'content-type': OCI_MANIFEST }, body: bytes };
      const { store } = await startListing(t, { intercept: () => answer });
      await assert.rejects(store.findManifest(digestOf(bytes)), { code: 'http-status' }, String(status));
    }
  });

  for (const [title, body, code, message] of UGLY) {
    it(`refuses ${title}, though it hashes to the digest`, async (t) => {
      await assert.rejects(find(t, body), { code, message });
    });
  }

  it('reads __proto__ as a key like any other', async (t) => {
    const fetched = await find(t, JSON.stringify(MANIFEST).replace('{', '{"__proto__":{"artifactType":"a/b"},'));
    assert.equal(fetched?.manifest.artifactType, undefined);
    assert.equal(({} as { artifactType?: string }).artifactType, undefined);
  });

  it('reads a manifest without mediaType by its Content-Type, else by its shape', async (t) => {
    const { mediaType: _, ...index } = INDEX;
    const { mediaType: __, ...manifest } = MANIFEST;
    const typeOf = async (body: object, contentType?: string): Promise<string | undefined> => {
      const headers: Record<string, string> = contentType === undefined ? {} : { 'content-type': contentType };
      return (await find(t, JSON.stringify(body), headers))?.manifest.mediaType;
    };
    assert.equal(await typeOf(manifest, DOCKER_MANIFEST), DOCKER_MANIFEST);
    assert.equal(await typeOf(manifest), OCI_MANIFEST);
    assert.equal(await typeOf(index), OCI_INDEX);
    assert.equal(await typeOf(index, 'text/plain'), OCI_INDEX);
    assert.equal(await typeOf(INDEX, `${OCI_INDEX.toUpperCase()}; charset=utf-8`), OCI_INDEX);
  });

  it('refuses an answer whose Content-Type contradicts the mediaType', async (t) => {
    const body = JSON.stringify(MANIFEST);
    await assert.rejects(find(t, body, { 'content-type': OCI_INDEX }), (error) => {
      assert.ok(error instanceof CodedError);
      assert.equal(error.code, 'response-invalid');
      assert.ok(error.message.endsWith(`came as ${OCI_INDEX}, but its mediaType is ${OCI_MANIFEST}`));
      return true;
    });
  });

  it('refuses a login page', async (t) => {
    await assert.rejects(find(t, '<html>', { 'content-type': 'text/html; charset=utf-8' }), {
      code: 'response-invalid',
      message: /answered with an HTML page instead of a manifest/,
    });
  });

  const FAULTS: readonly [title: string, quirks: Quirks, code: string][] = [
    ['one byte is another', { bodyFault: { kind: 'flip' } }, 'digest-mismatch'],
    ['the connection is cut', { bodyFault: { kind: 'truncate' } }, 'response-truncated'],
  ];
  for (const [title, quirks, code] of FAULTS) {
    it(`refuses bytes of which ${title}`, async (t) => {
      const { registry, target, store } = await startListing(t);
      const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
      Object.assign(registry.quirks, quirks);
      await assert.rejects(store.findManifest(descriptor.digest), { code });
    });
  }

  it('refuses other bytes than the digest says, shorter or longer by one', async (t) => {
    const { registry, target, store } = await startListing(t);
    const { descriptor, bytes } = await pushSampleImage(target);
    for (const body of [bytes.subarray(0, -1), Buffer.concat([bytes, encode('\n')])]) {
      registry.quirks.intercept = () => ({ status: 200, headers: { 'content-type': OCI_MANIFEST }, body });
      await assert.rejects(store.findManifest(descriptor.digest), { code: 'digest-mismatch' });
    }
  });

  it('refuses a body that says it is packed, and one larger than any manifest', async (t) => {
    const packed = { 'content-type': OCI_MANIFEST, 'content-encoding': 'gzip' };
    await assert.rejects(find(t, JSON.stringify(MANIFEST), packed), { code: 'response-invalid' });
    await assert.rejects(find(t, new Uint8Array(8 * 1024 * 1024 + 1)), { code: 'response-too-large' });
  });

  it('believes Docker-Content-Digest of a tag only where the bytes hash to it, in any algorithm', async (t) => {
    const { registry, target, store } = await startListing(t);
    const { descriptor, bytes } = await pushSampleImage(target, { tag: 'v1' });
    const digestBy = async (said: string | false): Promise<string | undefined> => {
      registry.quirks.contentDigest = said;
      return (await store.findManifest({ tag: 'v1' }))?.manifest.digest;
    };
    assert.equal(await digestBy(false), descriptor.digest);
    assert.equal(await digestBy(digestOf(bytes, 'sha512')), digestOf(bytes, 'sha512'));
    assert.equal(await digestBy('no digest'), descriptor.digest);
    assert.equal(await digestBy(`blake3:${'0'.repeat(64)}`), descriptor.digest);
    await assert.rejects(digestBy(digestOf('other bytes')), { code: 'digest-mismatch' });
    await assert.rejects(digestBy(digestOf('other bytes', 'sha512')), { code: 'digest-mismatch' });
  });

  it('passes over a Docker-Content-Digest that says another thing than the digest that was asked for and proved', async (t) => {
    const { registry, target, store } = await startListing(t);
    const { descriptor } = await pushSampleImage(target);
    registry.quirks.contentDigest = digestOf('other bytes');
    assert.equal((await store.findManifest(descriptor.digest))?.manifest.digest, descriptor.digest);
  });

  it('asks for every type of manifest at once, and for one more where a list names it', async (t) => {
    const { registry, target, store } = await startListing(t, { acceptSensitive: true });
    const index = await pushSampleIndex(target, { tag: 'v1' });
    assert.equal((await store.findManifest({ tag: 'v1' }))?.manifest.digest, index.descriptor.digest);
    const accept = async (mediaType: string): Promise<string | undefined> => {
      await store.findManifest(index.descriptor.digest, { mediaType });
      return registry.log.at(-1)?.headers.accept;
    };
    const every = await accept(OCI_ARTIFACT_MANIFEST);
    assert.match(
      every ?? '',
      /index\.v1\+json, .*image\.manifest\.v1\+json, .*list\.v2\+json, .*docker.*manifest\.v2\+json/,
    );
    assert.equal(await accept('a/b'), `${every}, a/b`);
    assert.equal(await accept('a/b\r\nx: y'), every);
    assert.equal(await accept(''), every);
  });

  it('uses GET alone, so that a registry whose HEAD is broken is read', async (t) => {
    const { registry, target, list } = await startListing(t, { head: 405 });
    await pushSampleIndex(target, { tag: 'v1' });
    await list('v1');
    assert.deepEqual([...new Set(registry.log.map(({ method }) => method))], ['GET']);
  });

  it('tells "not there" from every other answer', async (t) => {
    const { registry, target, store } = await startListing(t);
    await pushSampleImage(target, { tag: 'v1' });
    assert.equal(await store.findManifest({ tag: 'v2' }), undefined);
    assert.equal(await store.findManifest(digestOf('nothing')), undefined);
    for (const [status, code] of [
      [400, 'http-status'],
      [403, 'denied'],
      [405, 'http-status'],
      [410, 'http-status'],
      [429, 'rate-limited'],
      [500, 'server-error'],
    ] as const) {
      registry.quirks.failure = { status };
      await assert.rejects(store.findManifest({ tag: 'v2' }), { code });
    }
  });

  it('gives the validator of the answer', async (t) => {
    const { target, store } = await startListing(t);
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    assert.equal((await store.findManifest({ tag: 'v1' }))?.etag, `"${descriptor.digest}"`);
  });
});
