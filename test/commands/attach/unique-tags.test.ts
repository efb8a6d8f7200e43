import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildReferrersTag, buildUniqueTag } from '../../../src/oci/referrers-tag.ts';
import { BY_TAG, startAttaching } from '../../support/attaching.ts';

describe('the input unique-tags of attach', () => {
  it('gives each artifact a tag of its own beside the list', async (t) => {
    const { attach, registry, image } = await startAttaching(t, BY_TAG);
    const { row } = await attach({ 'unique-tags': 'true', 'if-exists': 'add' });
    const subject = image.descriptor.digest;
    assert.equal(row.status, 'attached');
    assert.ok(row.digest);
    assert.deepEqual(await digestTags(registry), [buildReferrersTag(subject), buildUniqueTag(subject, row.digest)]);
  });

  it('gives none by default, none with the API, and none in a dry run', async (t) => {
    const cases = [
      [{}, BY_TAG, 1],
      [{ 'unique-tags': 'true' }, {}, 0],
      [{ 'unique-tags': 'true', 'dry-run': 'true' }, BY_TAG, 0],
    ] as const;
    for (const [inputs, quirks, lists] of cases) {
      const { attach, registry } = await startAttaching(t, quirks);
      await attach(inputs);
      assert.equal((await digestTags(registry)).length, lists, JSON.stringify(inputs));
    }
  });
});

async function digestTags(registry: { tagsOf(repository: string): Promise<readonly string[]> }): Promise<string[]> {
  return (await registry.tagsOf('acme/app')).filter((tag) => tag.startsWith('sha256-')).sort();
}
