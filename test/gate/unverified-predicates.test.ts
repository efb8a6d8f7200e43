import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { compileExpression } from '../../src/policy/cel/compile-expression.ts';
import type { Rule } from '../../src/policy/policy.ts';
import { judge, makeTrustedKey, sampleRule, signedByKeys } from '../support/judging.ts';
import { type Listing, startListing } from '../support/listing.ts';
import { pushSampleImage } from '../support/sample-image.ts';
import { makeKeyBundle } from '../support/sigstore/make-bundle.ts';
import { makeStatement } from '../support/sigstore/make-statement.ts';
import { pushBundle } from '../support/sigstore/push-signed.ts';

const key = makeTrustedKey();
const stranger = makeTrustedKey('stranger');
const byKey = signedByKeys(key.trust);
const REPORT = 'application/vnd.acme.report';

/** Rules that ask their condition of what nobody whom the policy trusts has signed. */
const RULES: Readonly<Record<string, Partial<Rule>>> = {
  'asks for no signature': { signed: false },
  'asks for a signature on the artifact alone': { referrer: { signedBy: byKey } },
  'asks for either, and for no signature of the document': { signed: false, referrer: { signedBy: byKey } },
};

/** A statement that says `bad` and not `good`, signed by a stranger; who is trusted signs the artifact. */
async function pushBad({ target, store }: Listing): Promise<Descriptor> {
  const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
  const statement = makeStatement({ subject: descriptor.digest, predicate: { bad: true, findings: ['x'] } });
  const made = await makeKeyBundle({ statement, privateKey: stranger.privateKey });
  const digest = await pushBundle(target, descriptor, made);
  const fetched = await store.findManifest(digest);
  assert.ok(fetched);
  const artifact = { mediaType: fetched.manifest.mediaType, digest, size: fetched.manifest.size };
  const onIt = makeStatement({ subject: digest });
  await pushBundle(target, artifact, await makeKeyBundle({ statement: onIt, privateKey: key.privateKey }));
  return artifact;
}

async function verdictsOf(
  t: TestContext,
  parts: Partial<Rule>,
  others: readonly Rule[] = [],
): Promise<Readonly<Record<string, string>>> {
  const listing = await startListing(t);
  await pushBad(listing);
  const verdicts: Record<string, string> = {};
  for (const source of CONDITIONS) {
    const where = await compileExpression(source, { file: 'p.yml', line: 1, column: 1 });
    const rules = [sampleRule({ ...parts, where }), ...others];
    const { verdict } = await judge(listing.store, { tag: 'v1' }, rules, [key.trust]);
    verdicts[source] = verdict.rules[0]?.verdict ?? 'none';
  }
  return verdicts;
}

const CONDITIONS = [
  'has(predicate.bad)',
  '!has(predicate.bad)',
  'has(predicate.good)',
  '!has(predicate.good)',
  'predicate == null',
  'statement.predicate.findings.exists(f, f == "x")',
  '!predicate.findings.exists(f, f == "x")',
];
const TRUTH = Object.fromEntries(
  CONDITIONS.map((source, i) => [source, [true, false, false, true, false, true, false][i] ? 'pass' : 'fail']),
);

describe('a condition on a document that a stranger signed', () => {
  for (const [name, parts] of Object.entries(RULES)) {
    it(`sees what is in it, where the rule ${name}`, async (t) => {
      assert.deepEqual(await verdictsOf(t, parts), TRUTH);
    });
  }

  it('sees what is in it, too, where another rule asks for signatures', async (t) => {
    const signed = sampleRule({ name: 'signed', signedBy: byKey });
    assert.deepEqual(await verdictsOf(t, { signed: false }, [signed]), TRUTH);
  });

  it('sees the statement in an artifact of a type of its own, which a signature on it makes count', async (t) => {
    const { target, store } = await startListing(t);
    const { descriptor } = await pushSampleImage(target, { tag: 'v1' });
    const statement = makeStatement({ subject: descriptor.digest, predicate: { bad: true } });
    const made = await makeKeyBundle({ statement, privateKey: stranger.privateKey });
    const digest = await pushBundle(target, descriptor, { ...made, mediaType: REPORT });
    const fetched = await store.findManifest(digest);
    assert.equal(fetched?.manifest.artifactType, REPORT);
    const artifact = { mediaType: fetched.manifest.mediaType, digest, size: fetched.manifest.size };
    const onIt = makeStatement({ subject: digest });
    await pushBundle(target, artifact, await makeKeyBundle({ statement: onIt, privateKey: key.privateKey }));
    for (const [source, expected] of [
      ['has(predicate.bad)', 'pass'],
      ['!has(predicate.bad)', 'fail'],
    ] as const) {
      const where = await compileExpression(source, { file: 'p.yml', line: 1, column: 1 });
      const rule = sampleRule({ wanted: { kind: 'artifact-type', types: [REPORT] }, signedBy: byKey, where });
      const { verdict } = await judge(store, { tag: 'v1' }, [rule], [key.trust]);
      assert.equal(verdict.verdict, expected, `${source}: ${verdict.rules[0]?.cells[0]?.reason}`);
    }
  });
});
