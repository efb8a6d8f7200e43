import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import { compileExpression } from '../../src/policy/cel/compile-expression.ts';
import type { Expression } from '../../src/policy/expression.ts';
import type { Rule } from '../../src/policy/policy.ts';
import { cellsOf, judge, makeTrustedKey, rejectedStates, sampleRule, signedByKeys } from '../support/judging.ts';
import { type Listing, startListing } from '../support/listing.ts';
import { pushSampleImage, pushSampleReferrer, type SampleImage } from '../support/sample-image.ts';
import { makeKeyBundle } from '../support/sigstore/make-bundle.ts';
import { makeStatement } from '../support/sigstore/make-statement.ts';
import { pushBundle } from '../support/sigstore/push-signed.ts';

const SPDX = 'application/spdx+json';
/** Takes the square of the number of annotations: of a hundred more than a first look, and less than a second. */
const SQUARE =
  'referrer.annotations.all(a, referrer.annotations.exists(b, b + "!" == a + "!")) && has(referrer.annotations.good)';

async function startScene(t: TestContext): Promise<Listing & { readonly image: SampleImage; readonly rule: Rule }> {
  const listing = await startListing(t);
  const image = await pushSampleImage(listing.target, { tag: 'v1' });
  const where = await compileExpression(SQUARE, { file: 'policy.yml' });
  const wanted = { kind: 'artifact-type', types: [SPDX] } as const;
  return { ...listing, image, rule: sampleRule({ wanted, signed: false, where }) };
}

function pushSbom({ target, image }: Listing & { readonly image: SampleImage }, name: string, count: number) {
  const annotations = Object.fromEntries(Array.from({ length: count }, (_, i) => [`key-${i}`, 'value']));
  const content = JSON.stringify({
    spdxVersion: 'SPDX-2.3',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: 'app',
    packages: [{ name: 'app' }],
  });
  return pushSampleReferrer(target, image.descriptor, {
    artifactType: SPDX,
    annotations: { [name]: 'yes', ...annotations },
    content,
  });
}

describe('a condition that takes longer than a first look', () => {
  it('is decided when all else is, so that good evidence counts', async (t) => {
    const scene = await startScene(t);
    await pushSbom(scene, 'good', 300);
    const { registry } = scene;
    registry.clearLog();
    const { verdict } = await judge(scene.store, { tag: 'v1' }, [scene.rule], []);
    assert.deepEqual(cellsOf(verdict), ['image: pass']);
    // without a question about what else may be there
    assert.deepEqual(
      registry.log.filter(({ path }) => /manifests\/sha256-/.test(path)),
      [],
    );
  });

  it('and is not met, fails', async (t) => {
    const scene = await startScene(t);
    await pushSbom(scene, 'other', 300);
    const { verdict } = await judge(scene.store, { tag: 'v1' }, [scene.rule], []);
    assert.deepEqual(cellsOf(verdict), ['image: fail']);
  });

  it('of junk does not keep quick evidence from counting', async (t) => {
    const scene = await startScene(t);
    for (let i = 0; i < 5; i++) await pushSbom(scene, `junk-${i}`, 3000);
    await pushSbom(scene, 'good', 2);
    const limits: (number | undefined)[] = [];
    const { where } = scene.rule;
    assert.ok(where !== undefined);
    const evaluate: typeof where.evaluate = (input, limit) => {
      limits.push(limit);
      return where.evaluate(input, limit);
    };
    const rule = { ...scene.rule, where: { ...where, evaluate } };
    const { verdict } = await judge(scene.store, { tag: 'v1' }, [rule], []);
    assert.deepEqual(cellsOf(verdict), ['image: pass']);
    // each was looked at, and none of them to the end
    assert.ok(limits.length >= 6, `${limits.length}`);
    assert.ok(!limits.includes(undefined), `${limits}`);
  });

  it('ends with the run: what is left of twenty is not looked at', async (t) => {
    const scene = await startScene(t);
    const names = Array.from({ length: 20 }, (_, i) => `junk-${i}`);
    await Promise.all(names.map((name) => pushSbom(scene, name, 2)));
    const controller = new AbortController();
    const ended = new CodedError('deadline-exceeded', 'the run took longer than its deadline');
    let asked = 0;
    const evaluate: Expression['evaluate'] = (_, limit = 2000) => {
      // the deadline's own timer is due meanwhile
      if (asked === 0) setTimeout(() => controller.abort(ended), 0);
      asked++;
      const end = performance.now() + limit;
      while (performance.now() < end);
      return { error: 'it took longer', isOutOfTime: true };
    };
    const rule = { ...scene.rule, where: { source: 'slow', evaluate } };
    await assert.rejects(judge(scene.store, { tag: 'v1' }, [rule], [], { signal: controller.signal }), ended);
    assert.ok(asked >= 1 && asked < 5, `${asked} of 20 were asked`);
  });

  it('is decided also where signatures on the evidence had to be looked for', async (t) => {
    const scene = await startScene(t);
    const { descriptor } = await pushSbom(scene, 'good', 500);
    const key = makeTrustedKey();
    const statement = makeStatement({ subject: descriptor.digest });
    await pushBundle(scene.target, descriptor, await makeKeyBundle({ statement, privateKey: key.privateKey }));
    const rule = { ...scene.rule, signed: true, signedBy: signedByKeys(key.trust) };
    const { verdict } = await judge(scene.store, { tag: 'v1' }, [rule], [key.trust]);
    assert.deepEqual(cellsOf(verdict), ['image: pass']);
  });

  it('is decided beside what passes, where everything is wanted for a comparison', async (t) => {
    const scene = await startScene(t);
    await pushSbom(scene, 'good', 2);
    await pushSbom(scene, 'other', 500);
    const { verdict } = await judge(scene.store, { tag: 'v1' }, [scene.rule], [], { thorough: true });
    assert.deepEqual([cellsOf(verdict), rejectedStates(verdict)], [['image: pass'], ['condition-not-met']]);
  });
});
