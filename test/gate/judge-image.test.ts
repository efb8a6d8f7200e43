import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LET_GO } from '../../src/evidence/statement.ts';
import type { BundleDocument } from '../../src/gate/outside-evidence.ts';
import type { Expression } from '../../src/policy/expression.ts';
import { cellsOf, judge, makeTrustedKey, rejectedStates, sampleRule, signedByKeys } from '../support/judging.ts';
import { pushFallbackList, startListing } from '../support/listing.ts';
import { pushSampleImage } from '../support/sample-image.ts';
import { makeKeyBundle } from '../support/sigstore/make-bundle.ts';
import { makeStatement } from '../support/sigstore/make-statement.ts';
import { pushBundle } from '../support/sigstore/push-signed.ts';

const key = makeTrustedKey();
const rules = [sampleRule({ signedBy: signedByKeys(key.trust) })];

describe('an image judged by what a registry holds', () => {
  it('passes with a verified statement about it', async (t) => {
    const { store, target } = await startListing(t);
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    const statement = makeStatement({ subject: descriptor.digest });
    await pushBundle(target, descriptor, await makeKeyBundle({ statement, privateKey: key.privateKey }));
    const { verdict } = await judge(store, { tag: 'v1' }, rules, [key.trust]);
    assert.deepEqual([verdict.verdict, cellsOf(verdict)], ['pass', ['image: pass']]);
    assert.equal(verdict.image.digest, descriptor.digest);
  });

  it('fails where the SBOM in a verified statement is empty, and says so', async (t) => {
    const { store, target } = await startListing(t);
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    const predicateType = 'https://spdx.dev/Document/v2.3';
    const sbom = sampleRule({
      wanted: { kind: 'artifact-type', types: ['application/spdx+json'] },
      signedBy: signedByKeys(key.trust),
    });
    const attest = async (packages: readonly object[]): Promise<void> => {
      const predicate = { spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', name: 'app', packages };
      const statement = makeStatement({ subject: descriptor.digest, predicateType, predicate });
      await pushBundle(target, descriptor, await makeKeyBundle({ statement, privateKey: key.privateKey }));
    };
    await attest([]);
    const empty = await judge(store, { tag: 'v1' }, [sbom], [key.trust]);
    assert.deepEqual([empty.verdict.verdict, rejectedStates(empty.verdict)], ['fail', ['malformed']]);
    await attest([{ name: 'app' }]);
    const { verdict } = await judge(store, { tag: 'v1' }, [sbom], [key.trust]);
    assert.equal(verdict.verdict, 'pass');
  });

  it('keeps the predicate, which may be large, only for rules that look into it', async (t) => {
    const { store, target } = await startListing(t);
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    const statement = makeStatement({ subject: descriptor.digest });
    await pushBundle(target, descriptor, await makeKeyBundle({ statement, privateKey: key.privateKey }));
    const other = makeTrustedKey();
    const strange = makeStatement({ subject: descriptor.digest, predicate: { by: 'a stranger' } });
    await pushBundle(target, descriptor, await makeKeyBundle({ statement: strange, privateKey: other.privateKey }));
    const calls: unknown[] = [];
    const where: Expression = {
      source: 'true',
      evaluate: ({ predicate }) => {
        calls.push(predicate);
        return { holds: true };
      },
    };
    for (const parts of [{}, { where }]) {
      const rule = sampleRule({ signedBy: signedByKeys(key.trust), ...parts });
      const { verdict } = await judge(store, { tag: 'v1' }, [rule], [key.trust]);
      assert.equal(verdict.verdict, 'pass');
      const { evidence = [], rejected = [] } = verdict.rules[0]?.cells[0] ?? {};
      assert.deepEqual([evidence.length, rejected.length], [1, 1]);
      // what was judged is not kept with the verdict
      for (const { item } of [...evidence, ...rejected]) {
        assert.ok(item.content.kind === 'signed' && item.content.claim.kind === 'statement');
        assert.equal(item.content.claim.statement.predicate, LET_GO);
      }
    }
    assert.deepEqual(calls, [statement.predicate]);
  });

  it('fails without any', async (t) => {
    const { store, target } = await startListing(t);
    await pushSampleImage(target, { tag: 'v1' });
    const { verdict } = await judge(store, { tag: 'v1' }, rules, [key.trust]);
    assert.deepEqual([verdict.verdict, cellsOf(verdict)], ['fail', ['image: fail']]);
  });

  it('fails where the statement is about another image, and says so', async (t) => {
    const { store, target } = await startListing(t);
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    const other = await pushSampleImage(target, { tag: 'v2', name: 'other' });
    const statement = makeStatement({ subject: other.descriptor.digest });
    await pushBundle(target, descriptor, await makeKeyBundle({ statement, privateKey: key.privateKey }));
    const { verdict } = await judge(store, { tag: 'v1' }, rules, [key.trust]);
    assert.deepEqual([verdict.verdict, rejectedStates(verdict)], ['fail', ['wrong-subject']]);
  });

  it('says of each bundle of the user why it does not count, also where one of them is broken', async (t) => {
    const { store, target } = await startListing(t);
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    const other = await pushSampleImage(target, { tag: 'v2', name: 'other' });
    const bundleOf = async (subject: typeof descriptor) =>
      (await makeKeyBundle({ statement: makeStatement({ subject: subject.digest }), privateKey: key.privateKey }))
        .bytes;
    const broken: BundleDocument = { bytes: new TextEncoder().encode('{}'), origin: 'broken.json' };
    const elsewhere = { bytes: await bundleOf(other.descriptor), origin: 'elsewhere.json' };
    const judged = async (...bundles: readonly BundleDocument[]) =>
      (await judge(store, { tag: 'v1' }, rules, [key.trust], { bundles })).verdict;
    const verdict = await judged(broken, elsewhere);
    assert.deepEqual([verdict.verdict, rejectedStates(verdict).sort()], ['fail', ['invalid', 'wrong-subject']]);
    // beside one that is about the image, those about others are not worth a word
    const good = { bytes: await bundleOf(descriptor), origin: 'good.json' };
    const passed = await judged(good, elsewhere);
    assert.deepEqual([passed.verdict, rejectedStates(passed)], ['pass', []]);
  });

  describe('where an entry of the list of referrers names no manifest', () => {
    const quirks = { referrersApi: false, manifestChecks: false };

    it('cannot say that evidence is missing', async (t) => {
      const { store, target } = await startListing(t, quirks);
      const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
      await pushFallbackList(target, descriptor, [{ mediaType: 'a/b', digest: 'sha256:cut off', size: 7 }]);
      const { verdict } = await judge(store, { tag: 'v1' }, rules, [key.trust]);
      assert.deepEqual([verdict.verdict, cellsOf(verdict)], ['unknown', ['image: unknown']]);
      const [gap] = verdict.rules[0]?.cells[0]?.gaps ?? [];
      assert.deepEqual([gap?.source, gap?.code], ['tag-schema', 'referrers-invalid']);
    });

    it('passes with the evidence that the other entries name', async (t) => {
      const { store, target } = await startListing(t, quirks);
      const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
      const statement = makeStatement({ subject: descriptor.digest });
      const bundle = await makeKeyBundle({ statement, privateKey: key.privateKey });
      const signed = await pushBundle(target, descriptor, bundle);
      await pushFallbackList(target, descriptor, [7, { digest: signed }]);
      const { verdict } = await judge(store, { tag: 'v1' }, rules, [key.trust]);
      assert.equal(verdict.verdict, 'pass');
      assert.deepEqual(
        verdict.notices.map(({ code }) => code),
        ['source-unread'],
      );
    });
  });
});
