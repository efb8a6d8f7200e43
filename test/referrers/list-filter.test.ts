import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Quirks } from '../../src/embedded/quirks.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import type { ReferrerFilter } from '../../src/referrers/filter.ts';
import {
  codesOf,
  countRequests,
  digestsOf,
  type Listing,
  pushFallbackList,
  rowsOf,
  startListing,
} from '../support/listing.ts';
import { pushSampleImage, pushSampleManifest, pushSampleReferrer } from '../support/sample-image.ts';

const SPDX = 'application/spdx+json';
const SARIF = 'application/sarif+json';
const SIGNATURE = 'application/vnd.cncf.notary.signature';

function types(...artifactTypes: string[]): ReferrerFilter {
  return { artifactTypes, annotations: [] };
}

/** An image `v1` with an SBOM and a scan report; the SBOM is signed. */
async function startFiltered(
  t: Parameters<typeof startListing>[0],
  quirks: Quirks = {},
): Promise<Listing & Record<'image' | 'sbom' | 'report' | 'signature', Descriptor>> {
  const listing = await startListing(t, quirks);
  const { descriptor: image } = await pushSampleImage(listing.target, { tag: 'v1' });
  const push = async (subject: Descriptor, artifactType: string, annotations: Record<string, string>) =>
    (await pushSampleReferrer(listing.target, subject, { artifactType, annotations })).descriptor;
  const sbom = await push(image, SPDX, { kind: 'sbom', tool: 'syft' });
  const report = await push(image, SARIF, { kind: 'scan', empty: '' });
  const signature = await push(sbom, SIGNATURE, { kind: 'signature' });
  return { ...listing, image, sbom, report, signature };
}

describe('listReferrers: the filter', () => {
  const LIES: readonly [title: string, quirks: Quirks][] = [
    ['filters and says so', {}],
    ['says so with spaces and others around it', { referrersFilterHeader: ' other , artifactType ' }],
    ['says so in other letters', { referrersFilterHeader: 'ARTIFACTTYPE' }],
    ['filters without a word', { referrersFilter: 'silent' }],
    ['does not filter', { referrersFilter: 'ignored' }],
    ['claims to filter, and does not', { referrersFilter: 'claimed' }],
  ];
  for (const [title, quirks] of LIES) {
    it(`shows what matches from a registry that ${title}`, async (t) => {
      const { list, sbom, registry } = await startFiltered(t, quirks);
      const tree = await list('v1', { filter: types(SPDX) });
      assert.deepEqual([digestsOf(tree), tree.warnings], [[sbom.digest], []]);
      assert.equal(countRequests(registry)['referrers'], 1);
    });
  }

  it('reads OCI-Filters-Applied as a list of names in any case, and only tells', async (t) => {
    const { store, image, registry } = await startFiltered(t);
    const filtered = async (header: string): Promise<boolean | undefined> => {
      registry.quirks.referrersFilterHeader = header;
      const answer = await store.listReferrers(image.digest, { artifactType: SPDX });
      return answer.supported ? answer.filtered : undefined;
    };
    assert.deepEqual(await Promise.all([filtered('artifactType')]), [true]);
    assert.equal(await filtered(' annotations , ARTIFACTTYPE'), true);
    assert.equal(await filtered('annotations'), false);
    assert.equal(await filtered('artifactTypes'), false);
  });

  it('sends artifactType percent-encoded, where exactly one exact type is asked for', async (t) => {
    const { list, registry } = await startFiltered(t);
    const queryFor = async (filter: ReferrerFilter, depth = 1): Promise<string | undefined> => {
      await list('v1', { filter, depth });
      return registry.log.find(({ path }) => path.includes('/referrers/'))?.query;
    };
    assert.equal(await queryFor(types(SPDX)), '?artifactType=application%2Fspdx%2Bjson');
    assert.equal(await queryFor(types(SPDX, SARIF)), '');
    assert.equal(await queryFor(types('application/*')), '');
    assert.equal(await queryFor(types()), '');
    assert.equal(await queryFor(types(SPDX), 2), '');
  });

  it('takes several types, globs, and annotations that must all hold', async (t) => {
    const { list, sbom, report } = await startFiltered(t);
    const shown = async (filter: Partial<ReferrerFilter>): Promise<readonly string[]> =>
      digestsOf(await list('v1', { filter: { artifactTypes: [], annotations: [], ...filter } }));
    const both = [sbom.digest, report.digest];
    assert.deepEqual(await shown({ artifactTypes: [SPDX, SARIF] }), both);
    assert.deepEqual(await shown({ artifactTypes: ['application/s*json'] }), both);
    assert.deepEqual(await shown({ artifactTypes: ['application/spd?+json'] }), [sbom.digest]);
    assert.deepEqual(await shown({ artifactTypes: ['APPLICATION/SPDX+JSON'] }), []);
    assert.deepEqual(await shown({ annotations: [{ key: 'kind' }] }), both);
    assert.deepEqual(await shown({ annotations: [{ key: 'kind', value: 'sbom' }, { key: 'tool' }] }), [sbom.digest]);
    assert.deepEqual(await shown({ annotations: [{ key: 'kind', value: 'sbom' }, { key: 'empty' }] }), []);
    assert.deepEqual(await shown({ annotations: [{ key: 'empty', value: '' }] }), [report.digest]);
    assert.deepEqual(await shown({ annotations: [{ key: 'toString' }] }), []);
    assert.deepEqual(await shown({ artifactTypes: [SPDX], annotations: [{ key: 'kind', value: 'scan' }] }), []);
  });

  it('asks for the whole list before it says none, and says nothing when there is none', async (t) => {
    const { list, registry } = await startFiltered(t);
    const tree = await list('v1', { filter: types('application/vnd.cyclonedx+json') });
    const queries = registry.log.filter(({ path }) => path.includes('/referrers/')).map(({ query }) => query);
    assert.deepEqual(queries, ['?artifactType=application%2Fvnd.cyclonedx%2Bjson', '']);
    assert.deepEqual([digestsOf(tree), tree.complete, tree.warnings], [[], true, []]);
  });

  it('takes an answer with other types in it for the whole list', async (t) => {
    const { list, registry } = await startFiltered(t, { referrersFilter: 'claimed' });
    const tree = await list('v1', { filter: types('application/vnd.cyclonedx+json') });
    assert.deepEqual([digestsOf(tree), tree.complete], [[], true]);
    assert.equal(countRequests(registry)['referrers'], 1);
  });

  it('finds what the filter of the registry hides because its list has another type', async (t) => {
    const { list, sbom } = await startFiltered(t, {
      referrersFilter: 'by-listed-type',
      referrersEntry: (entry) => ({ ...entry, artifactType: 'application/vnd.oci.empty.v1+json' }),
    });
    const tree = await list('v1', { filter: types(SPDX) });
    assert.deepEqual(digestsOf(tree), [sbom.digest]);
    assert.ok(codesOf(tree).includes('filter-reasked'));
  });

  it('finds it also where the filtered answer is not empty, but nothing of it is what it says', async (t) => {
    const { list, sbom, report } = await startFiltered(t, {
      referrersFilter: 'by-listed-type',
      referrersEntry: (entry) => ({ ...entry, artifactType: entry['artifactType'] === SPDX ? SARIF : SPDX }),
    });
    const tree = await list('v1', { filter: types(SPDX) });
    assert.deepEqual(digestsOf(tree), [sbom.digest]);
    assert.notEqual(sbom.digest, report.digest);
  });

  it('shows once, with both sources, what the tag has and the filter of the API hid', async (t) => {
    const { target, list, image, sbom } = await startFiltered(t, {
      referrersFilter: 'by-listed-type',
      referrersEntry: (entry) => ({ ...entry, artifactType: 'a/wrong' }),
    });
    await pushFallbackList(target, image, [sbom]);
    const tree = await list('v1', { filter: types(SPDX) });
    assert.deepEqual(
      rowsOf(tree).map(({ descriptor, sources }) => [descriptor, sources]),
      [[sbom, ['api', 'tag-schema']]],
    );
  });

  it('asks no second time when the first answer was an error', async (t) => {
    const { list, registry } = await startFiltered(t, { referrersApi: 500 });
    const tree = await list('v1', { filter: types(SPDX) });
    assert.equal(countRequests(registry)['referrers'], 1);
    assert.equal(tree.unread.length, 1);
  });

  it('is incomplete when the whole list cannot be had', async (t) => {
    const { list, registry } = await startFiltered(t);
    registry.quirks.failure = {
      status: 500,
      match: ({ path, query }) => path.includes('/referrers/') && query.size === 0,
    };
    const tree = await list('v1', { filter: types('application/vnd.cyclonedx+json') });
    assert.deepEqual([digestsOf(tree), tree.complete], [[], false]);
  });

  it('reads an entry without a type before it judges it, though nothing is to be verified', async (t) => {
    const { target, list, image, sbom, report } = await startFiltered(t, { referrersApi: false });
    const bare = ({ mediaType, digest, size }: Descriptor): unknown => ({ mediaType, digest, size });
    await pushFallbackList(target, image, [bare(sbom), bare(report)]);
    const tree = await list('v1', { filter: types(SPDX), verify: false });
    assert.deepEqual(
      rowsOf(tree).map(({ descriptor, verified }) => [descriptor, verified]),
      [[sbom, true]],
    );
  });

  it('is incomplete when an entry without a type cannot be read', async (t) => {
    const { target, list, image, sbom, registry } = await startFiltered(t, { referrersApi: false });
    await pushFallbackList(target, image, [{ ...sbom, artifactType: 'application/vnd.oci.empty.v1+json' }]);
    registry.quirks.failure = { status: 500, match: ({ path }) => path.endsWith(sbom.digest) };
    const tree = await list('v1', { filter: types(SPDX), verify: false });
    assert.deepEqual([digestsOf(tree), tree.complete], [[], false]);
  });

  it('shows no row without a type for any type filter, a glob for all included', async (t) => {
    const { target, list, image } = await startFiltered(t);
    await pushIndexReferrer(target, image);
    const all = await list('v1');
    const untyped = rowsOf(all).filter(({ descriptor }) => descriptor.artifactType === undefined);
    assert.equal(untyped.length, 1);
    const filtered = await list('v1', { filter: types('*') });
    assert.deepEqual(
      digestsOf(filtered),
      digestsOf(all).filter((digest) => digest !== untyped[0]?.descriptor.digest),
    );
  });

  it('keeps the way to a match that lies deeper, and marks what it is', async (t) => {
    const { list, sbom, signature } = await startFiltered(t);
    const tree = await list('v1', { depth: Number.POSITIVE_INFINITY, filter: types(SIGNATURE) });
    assert.deepEqual(
      rowsOf(tree).map(({ descriptor, selected }) => [descriptor.digest, selected]),
      [
        [sbom.digest, false],
        [signature.digest, true],
      ],
    );
  });

  it('proves rows that may match before those that the list rules out', async (t) => {
    const { list, report } = await startFiltered(t, { referrersFilter: 'ignored' });
    const tree = await list('v1', { filter: types(SARIF), verifyLimit: 1 });
    assert.deepEqual(
      rowsOf(tree).map(({ descriptor, verified }) => [descriptor.digest, verified]),
      [[report.digest, true]],
    );
  });
});

async function pushIndexReferrer(target: Listing['target'], subject: Descriptor): Promise<void> {
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const { digest, size } = subject;
  const index = { schemaVersion: 2, mediaType, manifests: [], subject: { mediaType: subject.mediaType, digest, size } };
  await pushSampleManifest(target, index);
}
