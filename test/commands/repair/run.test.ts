import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Quirks } from '../../../src/embedded/quirks.ts';
import type { Descriptor } from '../../../src/oci/descriptor.ts';
import { buildUniqueTag } from '../../../src/oci/referrers-tag.ts';
import { BY_TAG } from '../../support/attaching.ts';
import { type FakeGithubOptions, packageVersion, startGithub } from '../../support/github-api.ts';
import { type Listing, pushFallbackList, startListing } from '../../support/listing.ts';
import { pushNestedImage } from '../../support/nested-image.ts';
import { type RepairRun, repair } from '../../support/repair-run.ts';
import { absentDescriptor, pushSampleIndex, pushSampleReferrer, type SampleIndex } from '../../support/sample-image.ts';

interface World extends Listing {
  readonly index: SampleIndex;
  readonly image: string;
  run(inputs?: Readonly<Record<string, string>>, github?: FakeGithubOptions): Promise<RepairRun>;
  /** Pushed, and listed nowhere. */
  lose(subject: Descriptor, content: string): Promise<Descriptor>;
}

async function start(t: TestContext, quirks: Quirks = BY_TAG): Promise<World> {
  const listing = await startListing(t, quirks);
  const index = await pushSampleIndex(listing.target, { tag: 'v1' });
  const image = `${listing.target.host}/acme/app:v1`;
  return {
    ...listing,
    index,
    image,
    lose: async (subject, content) => (await pushSampleReferrer(listing.target, subject, { content })).descriptor,
    run: async (inputs = {}, github) => {
      const env = github === undefined ? {} : { GITHUB_API_URL: (await startGithub(t, github)).url.href };
      listing.registry.clearLog();
      return repair({ image, ...inputs }, env);
    },
  };
}

const writesOf = ({ registry }: World): number => registry.log.filter(({ method }) => method === 'PUT').length;
const statuses = ({ rows }: RepairRun): string[] => rows.map(({ status }) => status);

describe('repair', () => {
  it('rewrites the lists of the index and of each platform from the digests given', async (t) => {
    const world = await start(t);
    const [platform] = world.index.platforms;
    assert.ok(platform);
    const lost = [await world.lose(world.index.descriptor, '"1"'), await world.lose(platform, '"2"')];
    const result = await world.run({ digests: lost.map(({ digest }) => digest).join('\n') });
    assert.deepEqual(statuses(result), ['repaired', 'repaired', 'sound']);
    assert.deepEqual([result.exitCode, result.codes], [0, []]);
    assert.deepEqual(
      result.rows.map((row) => row.platform),
      [undefined, 'linux/amd64', 'linux/arm64'],
    );
    const again = await world.run();
    assert.deepEqual(statuses(again), ['sound', 'sound', 'sound']);
    assert.equal(writesOf(world), 0);
    assert.deepEqual(
      again.rows.map(({ entries }) => entries.map(({ digest, change }) => `${digest} ${change}`)),
      [[`${lost[0]?.digest} kept`], [`${lost[1]?.digest} kept`], []],
    );
  });

  it('rewrites the lists of what an index inside the index holds, and its own', async (t) => {
    const world = await start(t);
    const image = await pushNestedImage(world.target, { tag: 'nested' });
    const { index, amd64, nested, arm64, s390x } = image;
    const lost = [await world.lose(nested, '"1"'), await world.lose(s390x, '"2"')];
    const inputs = {
      image: world.image.replace(/v1$/, 'nested'),
      digests: lost.map(({ digest }) => digest).join('\n'),
    };
    const result = await world.run(inputs);
    assert.deepEqual(
      result.rows.map(({ platform, subject, status }) => [platform, subject, status]),
      [
        [undefined, index.digest, 'sound'],
        ['linux/amd64', amd64.digest, 'sound'],
        ['nested index', nested.digest, 'repaired'],
        ['linux/arm64', arm64.digest, 'sound'],
        ['linux/s390x', s390x.digest, 'repaired'],
      ],
    );
    world.registry.quirks.failure = { status: 500, match: ({ path }) => path.endsWith(`/manifests/${nested.digest}`) };
    const other = await world.run(inputs);
    assert.deepEqual([other.exitCode, other.codes.includes('server-error')], [3, true]);
    assert.ok(other.rows.some(({ status, subject }) => status === 'sound' && subject === amd64.digest));
  });

  it('says in a dry run what it would do, and writes nothing', async (t) => {
    const world = await start(t);
    const lost = await world.lose(world.index.descriptor, '"1"');
    const result = await world.run({ digests: lost.digest, 'dry-run': 'true', platforms: 'index' });
    assert.deepEqual([statuses(result), result.exitCode, writesOf(world)], [['planned'], 0, 0]);
  });

  it('has nothing to do where the registry has the referrers API', async (t) => {
    const world = await start(t, {});
    const result = await world.run({ platforms: 'index' });
    assert.deepEqual([statuses(result), result.exitCode, writesOf(world)], [['api'], 0, 0]);
  });

  it("finds what only GitHub's Packages API knows, and takes no image for a referrer", async (t) => {
    const world = await start(t);
    const lost = await world.lose(world.index.descriptor, '"1"');
    const versions = [
      packageVersion(world.index.descriptor.digest, ['v1']),
      ...world.index.platforms.map(({ digest }) => packageVersion(digest)),
      packageVersion(lost.digest),
    ];
    const inputs = { packages: 'true', platforms: 'index', 'unique-tags': 'false', 'github-token': 'ghs_x' };
    const result = await world.run(inputs, { packages: { 'orgs/acme/app': versions } });
    assert.deepEqual([statuses(result), result.codes], [['repaired'], []]);
    assert.deepEqual(
      result.rows[0]?.entries.map(({ digest, change }) => [digest, change]),
      [[lost.digest, 'added']],
    );
  });

  it('reads of what the Packages API knows what has no tag, or none but one of its own', async (t) => {
    const world = await start(t);
    const [tagged, own] = [
      await world.lose(world.index.descriptor, '"1"'),
      await world.lose(world.index.descriptor, '"2"'),
    ];
    const versions = [
      packageVersion(tagged.digest, ['sbom-1.4']),
      packageVersion(own.digest, [buildUniqueTag(world.index.descriptor.digest, own.digest)]),
    ];
    const inputs = { packages: 'true', platforms: 'index', 'unique-tags': 'false', 'github-token': 'ghs_x' };
    const result = await world.run(inputs, { packages: { 'orgs/acme/app': versions } });
    assert.deepEqual(
      result.rows[0]?.entries.map(({ digest, change }) => [digest, change]),
      [[own.digest, 'added']],
    );
    assert.ok(world.registry.log.every(({ path }) => !path.includes(tagged.digest)));
  });

  it('ends with 1 where one thing was refused, whatever else could not be looked at', async (t) => {
    const world = await start(t);
    const unread = await world.lose(world.index.descriptor, '"1"');
    world.registry.quirks.intercept = ({ path }) => {
      const status = path.endsWith('/tags/list') ? 403 : path.includes(unread.digest) ? 500 : undefined;
      return status === undefined ? undefined : { status, headers: {}, body: undefined };
    };
    const inputs = { packages: 'true', platforms: 'index', digests: unread.digest };
    const result = await world.run(inputs, {});
    assert.deepEqual([result.exitCode, result.codes], [1, ['github-api-failed', 'denied', 'list-incomplete']]);
  });

  it('repairs what it can without the Packages API, and says that it could not look', async (t) => {
    const world = await start(t);
    const lost = await world.lose(world.index.descriptor, '"1"');
    const inputs = { packages: 'true', platforms: 'index', digests: lost.digest };
    const result = await world.run(inputs, {});
    assert.deepEqual([statuses(result), result.exitCode, result.codes], [['repaired'], 3, ['github-api-failed']]);
  });

  it('asks no API of GitHub about other registries than ghcr.io by default', async (t) => {
    const world = await start(t);
    const github = await startGithub(t);
    await repair({ image: world.image }, { GITHUB_API_URL: github.url.href });
    assert.equal(github.requests.length, 0);
  });

  it('goes on with the other images where one is not there', async (t) => {
    const world = await start(t);
    const lost = await world.lose(world.index.descriptor, '"1"');
    const image = `${world.image}\n${world.target.host}/acme/app:gone`;
    const result = await world.run({ image, platforms: 'index', digests: lost.digest });
    assert.deepEqual([statuses(result), result.exitCode], [['repaired', 'failed'], 1]);
    assert.deepEqual(result.codes, ['manifest-unknown']);
  });

  it('fails with exit code 3 for an entry that could not be read, which stays', async (t) => {
    const world = await start(t);
    const kept = await world.lose(world.index.descriptor, '"1"');
    await pushFallbackList(world.target, world.index.descriptor, [kept, absentDescriptor('gone')]);
    world.registry.quirks.intercept = ({ path, method }) =>
      method === 'GET' && path.includes(kept.digest) ? { status: 500, headers: {}, body: undefined } : undefined;
    const result = await world.run({ platforms: 'index' });
    assert.deepEqual([result.exitCode, result.codes], [3, ['list-incomplete']]);
    assert.deepEqual(
      result.rows[0]?.entries.map(({ change }) => change),
      ['unread', 'removed'],
    );
  });

  it('says once of a digest that could not be read that its image is not known, whatever the number of lists', async (t) => {
    const world = await start(t);
    const unread = await world.lose(world.index.descriptor, '"1"');
    world.registry.quirks.failure = { status: 500, match: ({ path }) => path.includes(unread.digest) };
    const result = await world.run({ digests: unread.digest });
    assert.deepEqual(
      [statuses(result), result.exitCode, result.codes],
      [['sound', 'sound', 'sound'], 3, ['list-incomplete']],
    );
    assert.match(result.errors[0]?.message ?? '', /whether it refers to the image is not known/);
  });

  it('repairs from the digests given where the tags may not be listed, and fails with the refusal', async (t) => {
    const world = await start(t);
    const lost = await world.lose(world.index.descriptor, '"1"');
    world.registry.quirks.failure = { status: 403, match: ({ path }) => path.endsWith('/tags/list') };
    const result = await world.run({ digests: lost.digest });
    assert.deepEqual(
      [statuses(result), result.exitCode, result.codes],
      [['repaired', 'sound', 'sound'], 1, ['denied']],
    );
  });

  it('warns of a digest that was given and refers to none of the images', async (t) => {
    const world = await start(t);
    const result = await world.run({ digests: absentDescriptor('gone').digest });
    assert.deepEqual([result.exitCode, result.warnings.map(({ code }) => code)], [0, ['digest-passed-over']]);
  });

  it('warns of a digest that was given only where no repository lists it', async (t) => {
    const world = await start(t);
    const other = { ...world.target, repository: 'acme/other' };
    await pushSampleIndex(other, { tag: 'v1' });
    const lost = await world.lose(world.index.descriptor, '"1"');
    const gone = absentDescriptor('gone');
    const image = `${world.image}\n${world.target.host}/acme/other:v1`;
    const result = await world.run({ image, digests: `${lost.digest}\n${gone.digest}` });
    assert.deepEqual(
      result.rows[0]?.entries.map(({ digest, change }) => [digest, change]),
      [[lost.digest, 'added']],
    );
    assert.deepEqual(
      result.warnings.map(({ code, subject }) => [code, subject]),
      [
        ['digest-passed-over', gone.digest],
        ['digest-passed-over', gone.digest],
      ],
    );
    assert.deepEqual(result.warnings.map(({ message }) => /acme\/(app|other)@/.exec(message)?.[1]).toSorted(), [
      'app',
      'other',
    ]);
  });

  it('does not warn of a digest that a repository may list which could not be read', async (t) => {
    const world = await start(t);
    const gone = absentDescriptor('gone');
    const result = await world.run({
      image: `${world.image}\n${world.target.host}/acme/none:v1`,
      digests: gone.digest,
    });
    assert.deepEqual(statuses(result).toSorted(), ['failed', 'sound', 'sound', 'sound']);
    assert.deepEqual(result.warnings, []);
  });

  for (const [what, answer, hint] of [
    ['refuses', { status: 403, body: { message: 'Resource not accessible by integration' } }, /permissions/],
    [
      'has no more requests for today',
      { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '4102444800' } },
      /rate limit/,
    ],
    ['does not show the package', { status: 404, body: { message: 'Not Found' } }, /packages: read/],
    ['breaks off', { status: 502 }, undefined],
  ] as const) {
    it(`repairs from the rest where the Packages API ${what}, and fails with exit code 3`, async (t) => {
      const world = await start(t);
      const lost = await world.lose(world.index.descriptor, '"1"');
      const inputs = { packages: 'true', platforms: 'index', digests: lost.digest, 'github-token': 'ghs_x' };
      const result = await world.run(inputs, { answer: () => answer });
      assert.deepEqual([statuses(result), result.exitCode, result.codes], [['repaired'], 3, ['github-api-failed']]);
      if (hint !== undefined) assert.match(result.errors[0]?.hint ?? '', hint);
    });
  }

  it('refuses a digest that is none before any request', async (t) => {
    const world = await start(t);
    await assert.rejects(world.run({ digests: 'sha256:abc' }), { code: 'digest-invalid' });
    assert.equal(world.registry.log.length, 0);
  });
});
