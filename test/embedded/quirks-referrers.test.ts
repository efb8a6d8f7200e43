import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import type { LinkStyle, Quirks, ReferrersAnswer } from '../../src/embedded/quirks.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { OCI_INDEX } from '../../src/oci/media-types.ts';
import { absentDescriptor, pushSampleReferrer, type SampleTarget } from '../support/sample-image.ts';
import { clearQuirks } from './clear-quirks.ts';
import { readPages } from './read-pages.ts';
import { type Answer, send } from './registry-client.ts';

describe('quirks of the referrers API', () => {
  let registry: EmbeddedRegistry;
  let target: SampleTarget;
  const subject = absentDescriptor('subject');
  const all: Descriptor[] = [];
  before(async () => {
    registry = await startEmbeddedRegistry({ secondOrigin: true });
    target = { host: registry.host, repository: 'acme/app' };
    for (const artifactType of ['a/one', 'a/two', 'a/one', 'a/two', 'a/one']) {
      const options = { artifactType, annotations: { n: String(all.length) } };
      all.push((await pushSampleReferrer(target, subject, options)).descriptor);
    }
  });
  after(() => registry.close());
  afterEach(() => clearQuirks(registry));

  const path = `/v2/acme/app/referrers/${subject.digest}`;
  const list = (query = ''): Promise<Answer> => send('GET', registry.url + path + query);
  const listed = (answer: Answer): Descriptor[] => answer.json().manifests;
  const pushSubjectWord = async (): Promise<string | null> => {
    const { bytes, descriptor } = await pushSampleReferrer(target, subject, { artifactType: 'a/word' });
    const put = await send('PUT', `${registry.url}/v2/acme/app/manifests/${descriptor.digest}`, {
      body: bytes,
      headers: { 'content-type': descriptor.mediaType },
    });
    await send('DELETE', `${registry.url}/v2/acme/app/manifests/${descriptor.digest}`);
    return put.headers.get('oci-subject');
  };

  const answers: [boolean | ReferrersAnswer, number, RegExp, RegExp, boolean][] = [
    [false, 404, /^text\/plain/, /^404 page not found/, false],
    ['text-404', 404, /^text\/plain/, /^404 page not found/, false],
    ['manifest-unknown', 404, /json/, /MANIFEST_UNKNOWN/, false],
    ['name-unknown', 404, /json/, /NAME_UNKNOWN/, false],
    ['html-404', 404, /^text\/html/, /<html>/, false],
    ['html-200', 200, /^text\/html/, /Sign in/, true],
    ['unauthorized', 401, /json/, /UNAUTHORIZED/, true],
    [400, 400, /json/, /errors/, false],
    [403, 403, /json/, /DENIED/, true],
    [405, 405, /json/, /UNSUPPORTED/, false],
    [406, 406, /json/, /errors/, false],
    [429, 429, /json/, /TOOMANYREQUESTS/, true],
    [500, 500, /json/, /errors/, true],
    [503, 503, /json/, /errors/, true],
  ];
  for (const [quirk, status, type, body, saysSubject] of answers) {
    it(`answers ${status} for ${quirk}, and ${saysSubject ? 'still says' : 'does not say'} OCI-Subject`, async () => {
      registry.quirks.referrersApi = quirk;
      const answer = await list();
      assert.equal(answer.status, status);
      assert.match(answer.headers.get('content-type') ?? '', type);
      assert.match(answer.text(), body);
      assert.equal(await pushSubjectWord(), saysSubject ? subject.digest : null);
    });
  }

  it('redirects to another origin, where there is no list', async () => {
    registry.quirks.referrersApi = 'redirect';
    const answer = await list();
    assert.equal(answer.status, 303);
    const location = new URL(answer.headers.get('location') ?? '');
    assert.equal(location.origin, registry.secondUrl);
    assert.equal((await send('GET', location)).status, 404);
  });

  it('may say another OCI-Subject, none, or one without having the API', async () => {
    registry.quirks.ociSubject = 'sha256:lie';
    assert.equal(await pushSubjectWord(), 'sha256:lie');
    registry.quirks.ociSubject = false;
    assert.equal(await pushSubjectWord(), null);
    registry.quirks.ociSubject = true;
    registry.quirks.referrersApi = false;
    assert.equal(await pushSubjectWord(), subject.digest);
  });

  it('lists what was pushed before the API was switched on', async () => {
    registry.quirks.referrersApi = false;
    const late = absentDescriptor('late');
    const { descriptor } = await pushSampleReferrer(target, late);
    registry.quirks.referrersApi = true;
    assert.deepEqual(listed(await send('GET', `${registry.url}/v2/acme/app/referrers/${late.digest}`)), [descriptor]);
  });

  describe('in pages of two', () => {
    const first = `${path}?page=1`;
    const links: [LinkStyle, (origin: string) => string | null][] = [
      ['relative', () => `<${first}>; rel="next"`],
      ['query-only', () => '<?page=1>; rel="next"'],
      ['absolute', (origin) => `<${origin}${first}>; rel="next"`],
      ['unquoted', () => `<${first}>; rel=next`],
      ['upper-case', () => `<${first}>; REL="NEXT"`],
      [
        'several',
        () => `<${path}?page=0>; rel="prev", <${path}?a,b>; title="a, \\"b\\""; rel="first", <${first}>; rel="next"`,
      ],
      ['split', () => `<${path}?page=0>; rel="prev", <${first}>; rel="next"`],
      ['loop', () => `<${path}?>; rel="next"`],
      ['previous-only', () => `<${path}?page=0>; rel="prev"`],
      ['other-rel', () => `<${first}>; rel="nextpage"; title="next"`],
      ['missing', () => null],
    ];
    for (const [style, expected] of links) {
      it(`names the next page in style ${style}`, async () => {
        Object.assign(registry.quirks, { referrersPageSize: 2, referrersLink: style } satisfies Quirks);
        const answer = await list();
        assert.equal(answer.headers.get('link'), expected(registry.url));
        assert.deepEqual(listed(answer), all.slice(0, 2));
      });
    }

    it('leads to another origin where told to', async () => {
      Object.assign(registry.quirks, { referrersPageSize: 2, referrersLink: 'cross-origin' } satisfies Quirks);
      assert.equal((await list()).headers.get('link'), `<${registry.secondUrl}${first}>; rel="next"`);
      registry.quirks.otherOrigin = 'http://elsewhere.test';
      assert.equal((await list()).headers.get('link'), `<http://elsewhere.test${first}>; rel="next"`);
    });

    it('goes on without end where told to', async () => {
      Object.assign(registry.quirks, { referrersPageSize: 2, referrersLink: 'endless' } satisfies Quirks);
      const far = await list('?page=900');
      assert.deepEqual(listed(far), []);
      assert.equal(far.headers.get('link'), `<${path}?page=901>; rel="next"`);
    });

    it('fails at one page only', async () => {
      registry.quirks.referrersPageSize = 2;
      registry.quirks.referrersPageFailure = { page: 2, status: 502 };
      assert.equal((await list()).status, 200);
      assert.equal((await list('?page=1')).status, 502);
      assert.equal((await list('?page=2')).status, 200);
    });

    it('repeats a descriptor on the next page', async () => {
      Object.assign(registry.quirks, { referrersPageSize: 2, referrersDuplicates: true } satisfies Quirks);
      const pages = await readPages(registry, path);
      assert.deepEqual(pages, [all.slice(0, 2), all.slice(1, 4), all.slice(3, 5)]);
    });

    it('forgets the filter after the first page', async () => {
      Object.assign(registry.quirks, { referrersPageSize: 2, referrersPageDropsFilter: true } satisfies Quirks);
      const pages = await readPages(registry, `${path}?artifactType=a/one`);
      assert.deepEqual(pages, [[all[0], all[2]], all.slice(2, 4), all.slice(4)]);
    });
  });

  describe('with a filter', () => {
    const filtered = async (): Promise<[number, string | null]> => {
      const answer = await list('?artifactType=a/two');
      return [listed(answer).length, answer.headers.get('oci-filters-applied')];
    };

    it('applies it, ignores it, claims it, keeps silent about it', async () => {
      assert.deepEqual(await filtered(), [2, 'artifactType']);
      registry.quirks.referrersFilter = 'ignored';
      assert.deepEqual(await filtered(), [5, null]);
      registry.quirks.referrersFilter = 'claimed';
      assert.deepEqual(await filtered(), [5, 'artifactType']);
      registry.quirks.referrersFilter = 'silent';
      assert.deepEqual(await filtered(), [2, null]);
    });

    it('hides what its own wrong descriptors hide', async () => {
      registry.quirks.referrersEntry = (descriptor) => ({
        ...descriptor,
        artifactType: 'application/vnd.oci.empty.v1+json',
      });
      registry.quirks.referrersFilter = 'by-listed-type';
      assert.deepEqual(await filtered(), [0, 'artifactType']);
      assert.equal(listed(await list()).length, 5);
    });

    it('writes the header as it is told', async () => {
      registry.quirks.referrersFilterHeader = 'other , artifactType';
      assert.deepEqual(await filtered(), [2, 'other , artifactType']);
    });
  });

  it('shows wrong descriptors, and entries that are nowhere', async () => {
    registry.quirks.referrersEntry = ({ annotations: _, ...descriptor }) => ({ ...descriptor, size: 1 });
    registry.quirks.referrersExtra = [{ digest: 'x' }];
    const entries = listed(await list());
    assert.equal(entries.length, 6);
    const { annotations: _, ...bare } = all[0] ?? subject;
    assert.deepEqual(entries[0], { ...bare, size: 1 });
    assert.deepEqual(entries[5], { digest: 'x' });
  });

  it('gives a list whose manifests are null, or missing, or followed by more', async () => {
    registry.quirks.referrersBody = 'manifests-null';
    assert.equal((await list()).json().manifests, null);
    registry.quirks.referrersBody = 'manifests-missing';
    assert.ok(!('manifests' in (await list()).json()));
    registry.quirks.referrersBody = 'trailing-data';
    assert.match((await list()).text(), /\}\{\}$/);
  });

  it('gives another Content-Type', async () => {
    registry.quirks.referrersContentType = 'application/json';
    assert.equal((await list()).headers.get('content-type'), 'application/json');
    registry.quirks.referrersContentType = undefined;
    registry.quirks.charset = true;
    assert.equal((await list()).headers.get('content-type'), `${OCI_INDEX}; charset=utf-8`);
  });

  it('lists a new referrer late: after so many reads, or after a time', async () => {
    const slow = absentDescriptor('slow');
    const count = async (): Promise<number> =>
      listed(await send('GET', `${registry.url}/v2/acme/app/referrers/${slow.digest}`)).length;
    registry.quirks.referrersLag = { reads: 2 };
    await pushSampleReferrer(target, slow);
    assert.deepEqual([await count(), await count(), await count()], [0, 0, 1]);
    registry.quirks.referrersLag = { ms: 3_600_000 };
    assert.equal(await count(), 0);
    registry.quirks.referrersLag = undefined;
    assert.equal(await count(), 1);
  });
});
