import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import type { Rule } from '../../src/policy/policy.ts';
import { cellsOf, judge, makeTrustedKey, sampleRule, signedByKeys } from '../support/judging.ts';
import { countRequests, type Listing, startListing } from '../support/listing.ts';
import {
  AMD64,
  ARM64,
  type NestedImage,
  type NestedOptions,
  pushIndex,
  pushNestedImage,
  S390X,
} from '../support/nested-image.ts';
import { makeKeyBundle } from '../support/sigstore/make-bundle.ts';
import { makeStatement } from '../support/sigstore/make-statement.ts';
import { pushBundle } from '../support/sigstore/push-signed.ts';

const key = makeTrustedKey();

interface World extends Listing {
  readonly image: NestedImage;
  attest(...to: readonly Descriptor[]): Promise<void>;
  gate(
    rule: Partial<Rule>,
    request?: Parameters<typeof judge>[4],
  ): Promise<readonly [verdict: string, ...cells: string[]]>;
}

async function start(t: Parameters<typeof startListing>[0], options: NestedOptions = {}): Promise<World> {
  const listing = await startListing(t);
  const image = await pushNestedImage(listing.target, options);
  return {
    ...listing,
    image,
    attest: async (...to) => {
      for (const one of to) {
        const statement = makeStatement({ subject: one.digest });
        await pushBundle(listing.target, one, await makeKeyBundle({ statement, privateKey: key.privateKey }));
      }
    },
    gate: async (parts, request) => {
      const rule = sampleRule({ signedBy: signedByKeys(key.trust), ...parts });
      const { verdict } = await judge(listing.store, { tag: 'v1' }, [rule], [key.trust], request);
      return [verdict.verdict, ...cellsOf(verdict)];
    },
  };
}

function nestedColumn({ nested }: NestedImage): string {
  return `nested index ${nested.digest.slice('sha256:'.length, 'sha256:'.length + 12)}`;
}

describe('a rule about each platform, where an index is inside the index', () => {
  it('passes only with evidence on every manifest in it', async (t) => {
    const { attest, gate, image } = await start(t);
    const { amd64, arm64, s390x, nested, index } = image;
    await attest(index, nested, amd64, arm64);
    const cells = ['index: not-applicable', 'linux/amd64: pass', 'linux/arm64: pass'];
    assert.deepEqual(await gate({ on: 'each-platform' }), ['fail', ...cells, 'linux/s390x: fail']);
    await attest(s390x);
    assert.deepEqual(await gate({ on: 'each-platform' }), ['pass', ...cells, 'linux/s390x: pass']);
  });

  it('asks the platforms that it names, wherever they stand, and no platform of the entry that leads there', async (t) => {
    const { attest, gate, image } = await start(t, { hint: AMD64 });
    const on = 'each-platform';
    await attest(image.s390x);
    assert.deepEqual(await gate({ on, platforms: [S390X] }), ['pass', 'index: not-applicable', 'linux/s390x: pass']);
    assert.deepEqual(await gate({ on, platforms: [ARM64] }), ['fail', 'index: not-applicable', 'linux/arm64: fail']);
    await attest(image.amd64);
    assert.equal((await gate({ on, platforms: [AMD64] }))[0], 'pass');
    const riscv = { os: 'linux', architecture: 'riscv64' };
    assert.deepEqual((await gate({ on, platforms: [riscv] })).slice(2), ['linux/riscv64: fail']);
  });

  for (const [how, platforms] of [
    ['all platforms', 'all'],
    ['one by name', [AMD64]],
  ] as const) {
    it(`does not know, of ${how}, what an index holds that cannot be read`, async (t) => {
      const { attest, gate, image, registry } = await start(t, { hint: ARM64 });
      await attest(image.amd64, image.nested, image.index);
      registry.quirks.failure = {
        status: 500,
        match: ({ path }) => path.endsWith(`/manifests/${image.nested.digest}`),
      };
      for (const on of ['each-platform', 'either'] as const) {
        assert.deepEqual(await gate({ on, platforms }), [
          'unknown',
          'index: not-applicable',
          'linux/amd64: pass',
          `${nestedColumn(image)}: unknown`,
        ]);
      }
      const absent = await gate({ on: 'each-platform', platforms: [S390X] });
      assert.deepEqual(absent, ['unknown', 'index: not-applicable', `${nestedColumn(image)}: unknown`]);
      assert.equal((await gate({ on: 'index' }))[0], 'pass');
    });
  }

  it('does not know what an index holds that the registry lacks, and leaves it out where it may', async (t) => {
    const { attest, gate, image, registry } = await start(t, { isHeld: false });
    await attest(image.amd64);
    const on = 'each-platform';
    const cells = ['index: not-applicable', 'linux/amd64: pass'];
    registry.clearLog();
    assert.deepEqual(await gate({ on }), ['unknown', ...cells, `${nestedColumn(image)}: unknown`]);
    assert.equal(registry.log.filter(({ path }) => path.endsWith(`/manifests/${image.nested.digest}`)).length, 1);
    const skipped = await gate({ on }, { missingPlatforms: 'skip' });
    assert.deepEqual(skipped, ['pass', ...cells, `${nestedColumn(image)}: skipped`]);
    assert.equal((await gate({ on, platforms: [S390X] }, { missingPlatforms: 'skip' }))[0], 'unknown');
  });

  it('is unknown for a platform that it names and that only an index shows which the registry lacks, also under skip', async (t) => {
    const { attest, gate, image } = await start(t, { isHeld: false });
    await attest(image.amd64);
    const on = 'each-platform';
    const skip = { missingPlatforms: 'skip' } as const;
    const of = async (platforms: Rule['platforms']) => {
      const [verdict, ...cells] = await gate({ on, platforms }, skip);
      return [verdict, cells.at(-1)];
    };
    const column = nestedColumn(image);
    assert.deepEqual(await of([AMD64, ARM64]), ['unknown', `${column}: unknown`]);
    assert.deepEqual(await of([AMD64]), ['pass', `${column}: skipped`]);
    assert.deepEqual(await of('all'), ['pass', `${column}: skipped`]);
  });

  it('does not know what an index holds that its entry calls an image', async (t) => {
    const { attest, gate, image, target } = await start(t);
    const { amd64, nested } = image;
    const disguised = { ...nested, mediaType: amd64.mediaType, platform: ARM64 };
    await pushIndex(target, [amd64, disguised], 'v1');
    await attest(amd64, nested);
    const verdict = await gate({ on: 'each-platform' });
    assert.deepEqual(verdict, ['unknown', 'index: not-applicable', 'linux/amd64: pass', 'linux/arm64: unknown']);
  });

  it('fails where the indexes in it hold nothing to run', async (t) => {
    const { gate, target } = await start(t);
    await pushIndex(target, [await pushIndex(target, [])], 'v1');
    assert.deepEqual(await gate({ on: 'each-platform' }), ['fail', 'index: fail']);
  });

  it('judges no image with more platforms than 500, wherever they stand', async (t) => {
    const { gate, target, image } = await start(t);
    const entries = Array.from({ length: 250 }, (_, i) => ({
      ...image.amd64,
      platform: { os: 'linux', architecture: `a${i}` },
    }));
    const others = entries.map((entry) => ({ ...entry, platform: { ...entry.platform, os: 'windows' } }));
    await pushIndex(target, [...entries, await pushIndex(target, [...others, image.arm64])], 'v1');
    await assert.rejects(gate({ on: 'each-platform' }), { code: 'page-limit', message: /names 501 platforms/ });
  });
});

describe('a rule about either, where an index is inside the index', () => {
  it('takes evidence on that index for the manifests in it, and for no other', async (t) => {
    const { attest, gate, image } = await start(t);
    await attest(image.nested);
    const inside = ['linux/arm64: pass', 'linux/s390x: pass'];
    assert.deepEqual(await gate({ on: 'either' }), ['fail', 'index: not-applicable', 'linux/amd64: fail', ...inside]);
    await attest(image.amd64);
    assert.equal((await gate({ on: 'either' }))[0], 'pass');
  });

  it('does not know, where the list of that index could not be read', async (t) => {
    const { attest, gate, image, registry } = await start(t);
    await attest(image.amd64, image.arm64, image.nested);
    registry.quirks.failure = { status: 500, match: ({ path }) => path.endsWith(`/referrers/${image.nested.digest}`) };
    assert.deepEqual((await gate({ on: 'either' })).slice(2), [
      'linux/amd64: pass',
      'linux/arm64: pass',
      'linux/s390x: unknown',
    ]);
    assert.equal((await gate({ on: 'each-platform' }))[4], 'linux/s390x: fail');
  });

  it('asks for the tags of that index, too, before it calls evidence missing', async (t) => {
    const { gate, image, registry } = await start(t);
    assert.equal((await gate({ on: 'either' }))[0], 'fail');
    const tag = `${image.nested.digest.replace(':', '-')}.att`;
    assert.ok(registry.log.some(({ path }) => path.endsWith(tag)));
  });

  it('asks for lists of that index only where one counts, and for the index itself once', async (t) => {
    const { attest, gate, image, registry } = await start(t);
    await attest(image.index, image.amd64, image.arm64, image.s390x);
    const count = async (on: Rule['on']): Promise<object> => {
      registry.clearLog();
      assert.equal((await gate({ on }, { sources: ['api'] }))[0], 'pass');
      return countRequests(registry);
    };
    // the image, its platforms and the nested index; a list of each platform; a manifest and a blob of each bundle
    assert.deepEqual(await count('each-platform'), {
      'manifest by tag': 1,
      'manifest by digest': 4 + 3,
      referrers: 3,
      other: 3,
    });
    assert.deepEqual(await count('index'), { 'manifest by tag': 1, 'manifest by digest': 1, referrers: 1, other: 1 });
    assert.partialDeepStrictEqual(await count('either'), { 'manifest by tag': 1, referrers: 5 });
  });
});
