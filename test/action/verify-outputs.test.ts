import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { buildVerifyOutputs } from '../../src/action/verify-outputs.ts';
import type { ImageVerdict } from '../../src/policy/verdict.ts';
import { buildMissing } from '../../src/report/verify-missing.ts';
import { sampleBroken, sampleFail, samplePass, sampleResult } from '../support/sample-verdict.ts';
import { makeTempDir } from '../support/temp-dir.ts';

async function outputsOf(...images: Parameters<typeof sampleResult>[0]) {
  await using folder = await makeTempDir();
  const result = sampleResult(images);
  const built = await buildVerifyOutputs(result, { RUNNER_TEMP: folder.path });
  const report = JSON.parse(await readFile(built.outputs['report-path'] ?? '', 'utf8')) as { images: unknown[] };
  return { ...built, result, report };
}

function nameOf({ image: { repository, digest } }: ImageVerdict): string {
  return `${repository}@${digest}`;
}

describe('the outputs of a verdict', () => {
  it('of one image have its digest, and what to use downstream', async () => {
    const image = samplePass();
    const { outputs, warning } = await outputsOf(image);
    assert.equal(outputs['digest'], image.image.digest);
    assert.equal(outputs['reference'], nameOf(image));
    assert.deepEqual([outputs['verdict'], outputs['missing'], warning], ['pass', '[]', undefined]);
  });

  it('of several have no digest, also where only one of them could be judged', async () => {
    const image = samplePass();
    const { outputs } = await outputsOf(image, sampleBroken());
    assert.equal(outputs['digest'], '');
    assert.equal(outputs['reference'], nameOf(image));
    assert.equal(outputs['verdict'], 'unknown');
    const [one, other] = [samplePass('ghcr.io/acme/a:1'), samplePass('ghcr.io/acme/b:1')];
    const both = (await outputsOf(one, other)).outputs;
    assert.deepEqual(
      [both['digest'], both['reference']?.split('\n').length],
      ['', new Set([one, other].map(nameOf)).size],
    );
  });

  it('say where the documents lie that images passed by, where there are such', async () => {
    await using folder = await makeTempDir();
    const env = { RUNNER_TEMP: folder.path };
    const result = sampleResult([samplePass()]);
    assert.equal((await buildVerifyOutputs(result, env)).outputs['evidence-path'], '');
    const download = { index: '/work/evidence/evidence.json', documents: [] };
    const { outputs } = await buildVerifyOutputs({ ...result, download }, env);
    assert.equal(outputs['evidence-path'], download.index);
  });

  it('say what is missing, and where it stands if that is more than an output holds', async () => {
    const few = await outputsOf(sampleFail());
    assert.deepEqual(JSON.parse(few.outputs['missing'] ?? ''), JSON.parse(JSON.stringify(buildMissing(few.result))));
    assert.equal(few.warning, undefined);
    const many = await outputsOf(...Array.from({ length: 400 }, (_, i) => sampleFail(`ghcr.io/acme/app:${i}`)));
    assert.ok(JSON.stringify(buildMissing(many.result)).length > 256 * 1024);
    assert.equal(many.outputs['missing'], '');
    assert.equal(many.warning?.code, 'output-truncated');
    assert.ok(many.warning?.message.includes(many.outputs['report-path'] ?? 'no path'));
    assert.equal(many.report.images.length, 400);
  });
});
