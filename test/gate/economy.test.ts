import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Descriptor, Platform } from '../../src/oci/descriptor.ts';
import type { Rule } from '../../src/policy/policy.ts';
import { cellsOf, judge, makeTrustedKey, sampleRule, signedByKeys } from '../support/judging.ts';
import { countRequests, type Listing, startListing } from '../support/listing.ts';
import { pushSampleIndex, pushSampleReferrer, type SampleIndex } from '../support/sample-image.ts';
import { makeKeyBundle } from '../support/sigstore/make-bundle.ts';
import { makeStatement, SLSA_V1 } from '../support/sigstore/make-statement.ts';
import { pushBundle } from '../support/sigstore/push-signed.ts';

const key = makeTrustedKey();
const SPDX = 'https://spdx.dev/Document';
const TESTS = 'https://in-toto.io/attestation/test-result/v0.1';
const SPDX_FILE = 'application/spdx+json';

/** Answers take so long that what is asked together arrives together. */
const DELAY_MS = 30;

const EIGHT: readonly Platform[] = ['amd64', 'arm64', 'arm', '386', 'ppc64le', 's390x', 'riscv64', 'mips64le'].map(
  (architecture) => ({ os: 'linux', architecture }),
);

function rule(name: string, predicateType: string, on: Rule['on']): Rule {
  const wanted = { kind: 'predicate-type', types: [predicateType] } as const;
  return sampleRule({ name, wanted, on, signedBy: signedByKeys(key.trust) });
}

const THREE_RULES = [
  rule('provenance', SLSA_V1, 'each-platform'),
  rule('sbom', SPDX, 'either'),
  rule('tests', TESTS, 'index'),
];

interface Fleet extends Listing {
  readonly image: SampleIndex;
  /** Attaches a statement signed by the trusted key. */
  sign(subject: Descriptor, predicateType: string): Promise<void>;
}

async function startFleet(t: TestContext): Promise<Fleet> {
  const listing = await startListing(t, {}, { http: { concurrency: 64 } });
  const image = await pushSampleIndex(listing.target, { tag: 'v1', platforms: EIGHT });
  const sign = async (subject: Descriptor, predicateType: string): Promise<void> => {
    const statement = makeStatement({ subject: subject.digest, predicateType });
    await pushBundle(listing.target, subject, await makeKeyBundle({ statement, privateKey: key.privateKey }));
  };
  return { ...listing, image, sign };
}

describe('the requests of a gate with 3 rules on 8 platforms', () => {
  it('are the image, 9 lists, whether 8 platforms are there, one tags/list, and 2 for each candidate that a hint chose', async (t) => {
    const { registry, store, target, image, sign } = await startFleet(t);
    for (const platform of image.platforms) {
      await sign(platform, SLSA_V1);
      // what its annotation and type rule out is not read while the rest is enough
      await sign(platform, 'https://example.com/other/v1');
      await pushSampleReferrer(target, platform);
    }
    await sign(image.descriptor, SPDX);
    await sign(image.descriptor, TESTS);
    registry.quirks.delayMs = DELAY_MS;
    registry.clearLog();
    const { verdict } = await judge(store, { tag: 'v1' }, THREE_RULES, [key.trust]);
    assert.equal(verdict.verdict, 'pass', JSON.stringify(verdict.rules.map(({ cells }) => cells.map((c) => c.reason))));
    const candidates = 8 + 2;
    assert.deepEqual(countRequests(registry), {
      'manifest by tag': 1,
      'tags/list': 1,
      referrers: 9,
      'manifest by digest': 8 + candidates,
      other: candidates, // the bundles
    });
    assert.equal(registry.log.length, 1 + 9 + 2 * candidates + 1 + 8);
    assert.equal(registry.rounds(), 4);
  });

  it('are not more where tag sources are off, less the tags/list', async (t) => {
    const { registry, store, image, sign } = await startFleet(t);
    for (const platform of image.platforms) await sign(platform, SLSA_V1);
    await sign(image.descriptor, SPDX);
    await sign(image.descriptor, TESTS);
    registry.clearLog();
    const { verdict } = await judge(store, { tag: 'v1' }, THREE_RULES, [key.trust], { sources: ['api', 'in-index'] });
    assert.equal(verdict.verdict, 'pass');
    assert.equal(registry.log.length, 1 + 9 + 2 * 10 + 8);
  });

  it('are without those for platforms where every rule is about the index', async (t) => {
    const { registry, store, image, sign } = await startFleet(t);
    await sign(image.descriptor, TESTS);
    registry.clearLog();
    const { verdict } = await judge(store, { tag: 'v1' }, [rule('tests', TESTS, 'index')], [key.trust]);
    assert.equal(verdict.verdict, 'pass');
    assert.equal(registry.log.length, 1 + 1 + 2 + 1);
  });

  it('ask for every tag, and read every candidate, of what is not met, before it is called missing', async (t) => {
    const { registry, store, target, image, sign } = await startFleet(t);
    const [first, ...others] = image.platforms;
    assert.ok(first);
    for (const platform of others) await sign(platform, SLSA_V1);
    await sign(image.descriptor, SPDX);
    await sign(image.descriptor, TESTS);
    await pushSampleReferrer(target, first);
    await pushSampleReferrer(target, others[0] ?? first);
    registry.clearLog();
    const { verdict } = await judge(store, { tag: 'v1' }, THREE_RULES, [key.trust]);
    assert.deepEqual(cellsOf(verdict), [
      'index: not-applicable',
      'linux/amd64: fail',
      ...EIGHT.slice(1).map((p) => `linux/${p.architecture}: pass`),
    ]);
    const counts = countRequests(registry);
    // of the index and of the one platform; the others are met
    assert.equal(counts['referrers tag'], 2);
    assert.equal(counts['cosign tag'], 2 * 3);
    assert.equal(counts['manifest by digest'], 8 + 9 + 1);
  });

  it('fetch a manifest, a bundle and the tags once for two images of a repository', async (t) => {
    const { registry, store, image, sign } = await startFleet(t);
    await sign(image.descriptor, TESTS);
    const { memoizeStore } = await import('../../src/gate/memoizing-store.ts');
    const remembering = memoizeStore(store);
    registry.clearLog();
    const rules = [rule('tests', TESTS, 'index')];
    for (const target of [{ tag: 'v1' }, image.descriptor.digest]) {
      const { verdict } = await judge(remembering, target, rules, [key.trust], { store: remembering });
      assert.equal(verdict.verdict, 'pass');
    }
    // image, list, tags, candidate, bundle; the second time the list
    assert.deepEqual(countRequests(registry), {
      'manifest by tag': 1,
      'tags/list': 1,
      referrers: 2,
      'manifest by digest': 1,
      other: 1,
    });
  });
});

describe('the requests of a gate with a nested rule', () => {
  it('are one list more for each artifact that needs a signature of its own, and 2 for each candidate of it', async (t) => {
    const { registry, store, target, image, sign } = await startFleet(t);
    const sbom = await pushSampleReferrer(target, image.descriptor, {
      artifactType: SPDX_FILE,
      content: JSON.stringify({
        spdxVersion: 'SPDX-2.3',
        SPDXID: 'SPDXRef-DOCUMENT',
        name: 'app',
        dataLicense: 'CC0-1.0',
        documentNamespace: 'https://acme.example/app',
        creationInfo: { created: '2026-11-22T00:00:00Z', creators: ['Tool: test'] },
        packages: [{ SPDXID: 'SPDXRef-a', name: 'a', downloadLocation: 'NOASSERTION' }],
      }),
    });
    await sign(sbom.descriptor, TESTS);
    const nested = sampleRule({
      name: 'signed sbom',
      on: 'index',
      wanted: { kind: 'artifact-type', types: [SPDX_FILE] },
      signed: false,
      referrer: { signedBy: signedByKeys(key.trust) },
    });
    registry.clearLog();
    const { verdict } = await judge(store, { tag: 'v1' }, [nested], [key.trust]);
    assert.equal(verdict.verdict, 'pass', JSON.stringify(verdict.rules[0]?.cells));
    assert.deepEqual(countRequests(registry), {
      'manifest by tag': 1,
      'tags/list': 1,
      referrers: 2,
      'manifest by digest': 2,
      other: 2,
    });
  });
});
