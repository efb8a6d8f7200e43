import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { VerifiedImage, VerifyResult } from '../../../src/commands/verify/result.ts';
import { runMerge } from '../../../src/commands/verify/run-merge.ts';
import { digestOfList } from '../../../src/commands/verify/shard.ts';
import type { ImageVerdict } from '../../../src/policy/verdict.ts';
import { buildVerifyJson } from '../../../src/report/verify-json.ts';
import { sampleBroken, sampleFail, samplePass, sampleResult, sampleUnknown } from '../../support/sample-verdict.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

type Image = ImageVerdict | VerifiedImage;

/** The reports of as many shards as there are lists of images, joined. */
async function merge(...shards: readonly (readonly Image[])[]): Promise<VerifyResult> {
  await using folder = await makeTempDir();
  const names = shards.flat().map((image) => ('requested' in image ? image.requested : image.image.requested));
  for (const [at, images] of shards.entries()) {
    const shard = { number: at + 1, of: shards.length, total: names.length, list: digestOfList(names) };
    const report = buildVerifyJson(sampleResult(images, { shard }));
    await writeFile(join(folder.path, `report-${at}.json`), JSON.stringify(report));
  }
  const context = { workspace: folder.path, env: {}, now: () => new Date() };
  return await runMerge({ reports: ['report-*.json'], mode: 'enforce' }, context);
}

describe('reports of shards, joined', () => {
  const [pass, other] = [samplePass('ghcr.io/acme/a:1'), samplePass('ghcr.io/acme/b:1')];

  it('pass where every image does', async () => {
    const merged = await merge([pass], [other]);
    assert.deepEqual([merged.verdict, merged.error, merged.images.length], ['pass', undefined, 2]);
  });

  const worse: readonly (readonly [string, Image, string])[] = [
    ['an image fails', sampleFail('ghcr.io/acme/c:1'), 'fail'],
    ['an image is undecided', sampleUnknown('ghcr.io/acme/c:1'), 'unknown'],
    ['an image could not be judged at all', sampleBroken('ghcr.io/acme/c:1'), 'unknown'],
  ];
  for (const [title, image, verdict] of worse) {
    it(`do not pass where ${title}`, async () => {
      for (const shards of [
        [[pass], [image]],
        [[pass, image], [other]],
      ]) {
        const merged = await merge(...shards);
        assert.equal(merged.verdict, verdict);
        assert.equal(merged.error, undefined, 'the reports are whole');
      }
    });
  }
});
