import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Quirks } from '../../src/embedded/quirks.ts';
import { CodedError } from '../../src/errors/coded-error.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { OCI_INDEX } from '../../src/oci/media-types.ts';
import { createCapabilityMemory } from '../../src/referrers/capability.ts';
import {
  codesOf,
  countRequests,
  digestsOf,
  pushFallbackList,
  rowsOf,
  startListing,
  unreadOf,
} from '../support/listing.ts';
import { pushSampleImage, pushSampleReferrer } from '../support/sample-image.ts';

/** What the referrers API may answer, and what of it is a word on "none". */
const NO_API: readonly [title: string, quirks: Quirks][] = [
  ['404 as plain text (distribution)', { referrersApi: 'text-404' }],
  ['404 MANIFEST_UNKNOWN (ghcr.io)', { referrersApi: 'manifest-unknown' }],
  ['404 as an HTML page (GitLab proxies)', { referrersApi: 'html-404' }],
  ['404 with an error of its own', { referrersApi: 404 }],
  ['303 to a web page (ghcr.io)', { referrersApi: 'redirect' }],
];

const COULD_NOT_LOOK: readonly [title: string, quirks: Quirks, code: string][] = [
  ['404 NAME_UNKNOWN', { referrersApi: 'name-unknown' }, 'repository-unknown'],
  ['400', { referrersApi: 400 }, 'http-status'],
  ['401 for every credential', { referrersApi: 'unauthorized' }, 'challenge-invalid'],
  ['403', { referrersApi: 403 }, 'denied'],
  ['405', { referrersApi: 405 }, 'http-status'],
  ['406', { referrersApi: 406 }, 'http-status'],
  ['408', { referrersApi: 408 }, 'network-timeout'],
  ['410', { referrersApi: 410 }, 'http-status'],
  ['418', { referrersApi: 418 }, 'http-status'],
  ['429', { referrersApi: 429 }, 'rate-limited'],
  ['500', { referrersApi: 500 }, 'server-error'],
  ['501', { referrersApi: 501 }, 'server-error'],
  ['502', { referrersApi: 502 }, 'server-error'],
  ['503', { referrersApi: 503 }, 'server-error'],
  ['200 with an HTML login page', { referrersApi: 'html-200' }, 'referrers-invalid'],
  ['200 without Content-Type of an index', { referrersContentType: 'application/json' }, 'referrers-invalid'],
  ['200 without manifests', { referrersBody: 'manifests-missing' }, 'manifest-invalid'],
  ['200 with data after the document', { referrersBody: 'trailing-data' }, 'json-invalid'],
];

const OTHER_TAG_ANSWERS: readonly [status: number, code: string][] = [
  [400, 'http-status'],
  [403, 'denied'],
  [405, 'http-status'],
  [429, 'rate-limited'],
  [500, 'server-error'],
  [503, 'server-error'],
];

/** Strikes the referrers tag alone. */
function failingTag(status: number): Quirks {
  return { failure: { status, match: ({ path }) => /\/manifests\/sha256-[0-9a-f]{64}$/.test(path) } };
}

describe('listReferrers: "none" and "could not look"', () => {
  it('says none, completely, where the API answers with an empty list', async (t) => {
    const { target, list } = await startListing(t);
    await pushSampleImage(target, { tag: 'v1' });
    const tree = await list('v1');
    assert.deepEqual([digestsOf(tree), tree.complete, tree.capability], [[], true, 'api']);
  });

  it('takes `manifests: null` for an empty list', async (t) => {
    const { target, list } = await startListing(t, { referrersBody: 'manifests-null' });
    await pushSampleImage(target, { tag: 'v1' });
    const tree = await list('v1');
    assert.deepEqual([digestsOf(tree), tree.complete, tree.capability], [[], true, 'api']);
  });

  it('takes the Content-Type of an index with parameters', async (t) => {
    const { target, list } = await startListing(t, { charset: true });
    const image = await pushSampleImage(target, { tag: 'v1' });
    const referrer = await pushSampleReferrer(target, image.descriptor);
    const tree = await list('v1');
    assert.deepEqual(digestsOf(tree), [referrer.descriptor.digest]);
    assert.deepEqual(tree.unread, []);
  });

  for (const [title, quirks] of NO_API) {
    it(`takes ${title} and a 404 for the tag for none`, async (t) => {
      const { target, list } = await startListing(t, quirks);
      await pushSampleImage(target, { tag: 'v1' });
      const tree = await list('v1');
      assert.deepEqual([digestsOf(tree), tree.complete, tree.capability], [[], true, 'tag-schema']);
    });

    it(`takes ${title} and lists what the tag has`, async (t) => {
      const { target, list } = await startListing(t, quirks);
      const image = await pushSampleImage(target, { tag: 'v1' });
      const referrer = await pushSampleReferrer(target, image.descriptor);
      await pushFallbackList(target, image.descriptor, [referrer.descriptor]);
      const tree = await list('v1');
      assert.deepEqual(
        rowsOf(tree).map(({ descriptor, sources, verified }) => ({ descriptor, sources, verified })),
        [{ descriptor: referrer.descriptor, sources: ['tag-schema'], verified: true }],
      );
      assert.deepEqual([tree.complete, tree.warnings], [true, []]);
    });
  }

  for (const [title, quirks, code] of COULD_NOT_LOOK) {
    it(`does not take ${title} and a 404 for the tag for none`, async (t) => {
      const { target, list, store } = await startListing(t, quirks);
      await pushSampleImage(target, { tag: 'v1' });
      const capabilities = createCapabilityMemory();
      const tree = await list('v1', { capabilities });
      assert.deepEqual(unreadOf(tree), [`api: ${code}`]);
      assert.deepEqual([tree.complete, tree.capability, codesOf(tree)], [false, 'unknown', ['source-unread']]);
      assert.equal(capabilities.get(store.name), undefined);
      assert.match(tree.unread[0]?.reason ?? '', new RegExp(store.name.split('/')[0] ?? 'no host'));
    });
  }

  it('shows what the tag has beside an API that fails, as an incomplete answer', async (t) => {
    const { target, list } = await startListing(t, { referrersApi: 500 });
    const image = await pushSampleImage(target, { tag: 'v1' });
    const referrer = await pushSampleReferrer(target, image.descriptor);
    await pushFallbackList(target, image.descriptor, [referrer.descriptor]);
    const tree = await list('v1');
    assert.deepEqual([digestsOf(tree), tree.complete], [[referrer.descriptor.digest], false]);
  });

  for (const api of [true, false]) {
    for (const [status, code] of OTHER_TAG_ANSWERS) {
      it(`does not take ${status} for the tag for none, ${api ? 'beside' : 'without'} the API`, async (t) => {
        const { target, list } = await startListing(t, { referrersApi: api, ...failingTag(status) });
        const image = await pushSampleImage(target, { tag: 'v1' });
        const referrer = api ? [await pushSampleReferrer(target, image.descriptor)] : [];
        const tree = await list('v1');
        assert.deepEqual(
          digestsOf(tree),
          referrer.map(({ descriptor }) => descriptor.digest),
        );
        assert.deepEqual([unreadOf(tree), tree.complete], [[`tag-schema: ${code}`], false]);
      });
    }
  }

  it('hints at distribution-spec where a status may mean that there is no API', async (t) => {
    const { target, store } = await startListing(t, { referrersApi: 406 });
    const image = await pushSampleImage(target);
    await assert.rejects(
      store.listReferrers(image.descriptor.digest),
      (error) => error instanceof CodedError && /v1\.1-referrers-tag/.test(error.hint ?? ''),
    );
  });

  for (const [what, members] of [
    ['another mediaType', '"mediaType":"application/vnd.oci.image.manifest.v1+json"'],
    ['layers', '"layers":[]'],
    ['a config', '"config":{}'],
  ] as const) {
    it(`does not take a document with manifests and ${what} for an empty list`, async (t) => {
      const { registry, target, list } = await startListing(t);
      await pushSampleImage(target, { tag: 'v1' });
      const body = new TextEncoder().encode(`{"schemaVersion":2,"manifests":[],${members}}`);
      const answer = { status: 200, headers: { 'content-type': OCI_INDEX }, body };
      registry.quirks.intercept = ({ path }) => (path.includes('/referrers/') ? answer : undefined);
      const tree = await list('v1');
      assert.deepEqual([unreadOf(tree), tree.complete], [['api: referrers-invalid'], false]);
    });
  }

  it('asks an API that answers 400 for a sha512 subject, and says that it could not look', async (t) => {
    const { target, list } = await startListing(t, { referrersApi: 400 });
    const image = await pushSampleImage(target);
    const { bytes } = image;
    const digest = digestOf(bytes, 'sha512');
    await fetch(`http://${target.host}/v2/${target.repository}/manifests/${digest}`, {
      method: 'PUT',
      body: bytes,
      headers: { 'content-type': image.descriptor.mediaType },
    });
    const tree = await list({ ...image.descriptor, digest });
    assert.deepEqual(unreadOf(tree), ['api: http-status']);
    assert.match(tree.unread[0]?.reason ?? '', /answered 400 \(UNSUPPORTED/);
  });

  it('sends no second request where ghcr.io redirects to its web pages', async (t) => {
    const { registry, target, list } = await startListing(t, { referrersApi: 'redirect' }, { secondOrigin: true });
    await pushSampleImage(target, { tag: 'v1' });
    const tree = await list('v1', { sources: ['api', 'tag-schema'] });
    assert.equal(countRequests(registry)['referrers'], 1);
    assert.deepEqual(
      registry.log.filter(({ headers }) => headers.host !== registry.host),
      [],
    );
    assert.deepEqual([tree.complete, tree.capability], [true, 'tag-schema']);
  });

  it('follows any other redirect to another host, without Authorization, and takes its 404 for no API', async (t) => {
    const auth = { kind: 'basic', users: { ann: { password: 'secret' } } } as const;
    const credential = { kind: 'basic', username: 'ann', password: 'secret', origin: 'test' } as const;
    const { registry, target, list } = await startListing(t, {}, { secondOrigin: true, auth, credential });
    const authorization = `Basic ${Buffer.from('ann:secret').toString('base64')}`;
    const image = await pushSampleImage({ ...target, authorization }, { tag: 'v1' });
    registry.quirks.intercept = ({ path, headers }) =>
      path.includes('/referrers/') && headers.host === registry.host
        ? { status: 307, headers: { location: `${registry.secondUrl}/nowhere` } }
        : undefined;
    const tree = await list('v1', { sources: ['api', 'tag-schema'] });
    const elsewhere = registry.log.filter(({ headers }) => headers.host !== registry.host);
    assert.deepEqual(
      elsewhere.map(({ path, status, headers }) => [path, status, headers.authorization]),
      [['/nowhere', 404, undefined]],
    );
    const here = registry.log.filter(({ path }) => path.includes('/referrers/'));
    assert.deepEqual(
      here.map(({ headers }) => headers.authorization),
      ['Basic', 'Basic'],
    );
    assert.deepEqual([digestsOf(tree), tree.complete], [[], true]);
    assert.equal(tree.root.descriptor.digest, image.descriptor.digest);
  });

  it('does not take a 429 behind a redirect for none', async (t) => {
    const { registry, target, list } = await startListing(t, {}, { secondOrigin: true });
    await pushSampleImage(target, { tag: 'v1' });
    registry.quirks.intercept = ({ path, headers }) => {
      if (headers.host !== registry.host) return { status: 429, headers: {} };
      return path.includes('/referrers/')
        ? { status: 303, headers: { location: `${registry.secondUrl}/nowhere` } }
        : undefined;
    };
    const tree = await list('v1', { sources: ['api', 'tag-schema'] });
    assert.deepEqual([unreadOf(tree), tree.complete], [['api: rate-limited'], false]);
  });

  it('reads a list that comes after one 503', async (t) => {
    const { registry, target, list } = await startListing(t, {}, { http: { retries: 1 } });
    const image = await pushSampleImage(target, { tag: 'v1' });
    const referrer = await pushSampleReferrer(target, image.descriptor);
    registry.quirks.failure = { status: 503, times: 1, match: ({ path }) => path.includes('/referrers/') };
    const tree = await list('v1');
    assert.deepEqual([digestsOf(tree), tree.complete], [[referrer.descriptor.digest], true]);
  });

  it('says which registry answered what when the image is not there', async (t) => {
    const { target, list, registry } = await startListing(t);
    await pushSampleImage(target, { tag: 'v1' });
    await assert.rejects(list('v2'), {
      code: 'manifest-unknown',
      message: `${registry.host}/acme/app:v2: ${registry.host} answered 404, there is no such image`,
    });
  });

  it('says that the repository is unknown where the registry says so', async (t) => {
    const { list, registry } = await startListing(t);
    await assert.rejects(list('v1'), (error) => {
      assert.ok(error instanceof CodedError);
      assert.equal(error.code, 'repository-unknown');
      assert.match(error.message, new RegExp(`${registry.host} answered 404 \\(NAME_UNKNOWN`));
      assert.match(error.hint ?? '', /may not see it/);
      return true;
    });
  });

  it('does not take NAME_UNKNOWN for the tag of an image that is there for "no such tag"', async (t) => {
    const { registry, target, list } = await startListing(t, { referrersApi: false });
    await pushSampleImage(target, { tag: 'v1' });
    const body = new TextEncoder().encode('{"errors":[{"code":"NAME_UNKNOWN","message":"no such repository"}]}');
    registry.quirks.intercept = ({ path }) =>
      /\/manifests\/sha256-[0-9a-f]{64}$/.test(path) ? { status: 404, headers: {}, body } : undefined;
    const tree = await list('v1');
    assert.deepEqual([unreadOf(tree), tree.complete], [['tag-schema: repository-unknown'], false]);
  });
});
