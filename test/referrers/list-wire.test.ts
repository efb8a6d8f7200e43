import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { type Digest, digestOf } from '../../src/oci/digest.ts';
import { OCI_INDEX } from '../../src/oci/media-types.ts';
import { listReferrers } from '../../src/referrers/list-referrers.ts';
import type { RegistryStore } from '../../src/store/registry/registry-store.ts';
import { digestsOf, openTestStore, startListing, unreadOf } from '../support/listing.ts';
import { pushSampleImage, pushSampleReferrer } from '../support/sample-image.ts';
import { buildSelfSigned } from '../support/self-signed.ts';

const BEARER = { kind: 'bearer', users: { ann: { password: 'secret' } } } as const;
const CREDENTIAL = { kind: 'basic', username: 'ann', password: 'secret', origin: 'test' } as const;

describe('listReferrers: the way to the registry', () => {
  it('goes on with a new token where the old one dies in the middle of the pages', async (t) => {
    const listing = await startListing(t, { referrersPageSize: 1 }, { auth: BEARER, credential: CREDENTIAL });
    const { registry, list } = listing;
    const target = { ...listing.target, authorization: await pushToken(registry.url) };
    const image = await pushSampleImage(target, { tag: 'v1' });
    const all: Digest[] = [];
    for (const content of ['1', '2', '3']) {
      all.push((await pushSampleReferrer(target, image.descriptor, { content })).descriptor.digest);
    }
    let asked = 0;
    registry.quirks.intercept = ({ query }) => {
      if (query.get('page') === '1' && asked++ === 0) registry.revokeTokens();
      return undefined;
    };
    const tree = await list('v1', { sources: ['api'], verify: false });
    assert.deepEqual([digestsOf(tree), tree.complete], [all, true]);
    assert.equal(asked, 2); // the page that was refused, and the same page again
    assert.equal(registry.log.filter(({ path }) => path === '/token').length, 2);
  });

  it('lists from a registry at an IPv6 address', async (t) => {
    const registry = await startEmbeddedRegistry({ host: '::1' }).catch(() => undefined);
    if (registry === undefined) return t.skip('this machine has no ::1');
    t.after(() => registry.close());
    const target = { host: registry.host, repository: 'acme/app' };
    assert.match(target.host, /^\[::1\]:\d+$/);
    const image = await pushSampleImage(target, { tag: 'v1' });
    const referrer = await pushSampleReferrer(target, image.descriptor);
    const tree = await listReferrers({ store: openTestStore(t, registry.host), target: { tag: 'v1' } });
    assert.deepEqual([digestsOf(tree), tree.complete], [[referrer.descriptor.digest], true]);
  });

  it('lists over TLS with a certificate of its own authority, and not without it', async (t) => {
    const tls = buildSelfSigned();
    const registry = await startEmbeddedRegistry({ tls, quirks: { referrersApi: true } });
    t.after(() => registry.close());
    const plain = openTestStore(t, registry.url);
    await assert.rejects(listReferrers({ store: plain, target: { tag: 'v1' } }), { code: 'tls-failed' });
    const store = openTestStore(t, registry.url, { ca: tls.cert });
    const bytes = new TextEncoder().encode(
      '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}',
    );
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    await store.pushManifest({ bytes, mediaType, target: { tag: 'v1' } });
    const tree = await listReferrers({ store, target: { tag: 'v1' } });
    assert.deepEqual([digestsOf(tree), tree.complete, tree.capability], [[], true, 'api']);
  });

  it('follows no link from https to http, and says that it could not look', async (t) => {
    const registry = await startEmbeddedRegistry({ tls: buildSelfSigned(), quirks: { referrersPageSize: 1 } });
    t.after(() => registry.close());
    const store = openTestStore(t, registry.url, { insecure: true });
    const image = await pushIndex(store, { tag: 'v1' });
    const referrers = [await pushIndex(store, image, '1'), await pushIndex(store, image, '2')];
    const listed = async () => await listReferrers({ store, target: { tag: 'v1' } });
    assert.deepEqual(
      digestsOf(await listed()),
      referrers.map(({ digest }) => digest),
      'both, over https',
    );
    registry.quirks.referrersLink = 'http-downgrade';
    registry.clearLog();
    const tree = await listed();
    assert.deepEqual([digestsOf(tree), unreadOf(tree), tree.complete], [[], ['api: link-refused'], false]);
    assert.equal(registry.log.filter(({ path }) => path.includes('/referrers/')).length, 1);
  });

  it('could not look where a list stops in the middle', async (t) => {
    const { registry, target, list } = await startListing(t, {}, { http: { timeoutMs: 200 } });
    const image = await pushSampleImage(target, { tag: 'v1' });
    await pushSampleReferrer(target, image.descriptor);
    registry.quirks.bodyFault = { kind: 'stall', match: ({ path }) => path.includes('/referrers/') };
    const tree = await list('v1');
    assert.deepEqual([digestsOf(tree), unreadOf(tree), tree.complete], [[], ['api: network-timeout'], false]);
  });

  it('could not look where a list comes packed', async (t) => {
    const { registry, target, list } = await startListing(t);
    await pushSampleImage(target, { tag: 'v1' });
    const headers = { 'content-type': 'application/vnd.oci.image.index.v1+json', 'content-encoding': 'gzip' };
    registry.quirks.intercept = ({ path }) =>
      path.includes('/referrers/') ? { status: 200, headers, body: Buffer.from('{"manifests":[]}') } : undefined;
    assert.deepEqual(unreadOf(await list('v1')), ['api: response-invalid']);
  });

  it('reads answers with headers of 40 KiB', async (t) => {
    const { registry, target, list } = await startListing(t);
    const image = await pushSampleImage(target, { tag: 'v1' });
    const referrer = await pushSampleReferrer(target, image.descriptor);
    registry.quirks.bigHeader = 40 * 1024;
    const tree = await list('v1');
    assert.deepEqual([digestsOf(tree), tree.complete], [[referrer.descriptor.digest], true]);
  });
});

/** The Authorization of somebody who may write. */
async function pushToken(url: string): Promise<string> {
  const basic = `Basic ${Buffer.from('ann:secret').toString('base64')}`;
  const query = 'service=embedded-registry&scope=repository:acme/app:pull,push';
  const answer = await fetch(`${url}/token?${query}`, { headers: { authorization: basic } });
  return `Bearer ${((await answer.json()) as { token: string }).token}`;
}

/** An empty index: an image, or with a subject a referrer of it that `content` tells from others. */
async function pushIndex(
  store: RegistryStore,
  place: { readonly tag: string } | Descriptor,
  content?: string,
): Promise<Descriptor> {
  const [target, subject] = 'tag' in place ? [place, undefined] : [undefined, place];
  const annotations = content === undefined ? undefined : { content };
  const bytes = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [], subject, annotations }),
  );
  const descriptor = { mediaType: OCI_INDEX, digest: digestOf(bytes), size: bytes.byteLength };
  await store.pushManifest({ bytes, mediaType: OCI_INDEX, target: target ?? descriptor.digest });
  return descriptor;
}
