import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseManifest } from '../../src/oci/manifest.ts';
import { OCI_INDEX } from '../../src/oci/media-types.ts';
import { FallbackCondition } from '../../src/referrers/fallback-condition.ts';
import type { FallbackIndex } from '../../src/referrers/read-fallback-index.ts';

function listOf(etag: string | undefined): FallbackIndex {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] }));
  const index = parseManifest(bytes, { what: 'the list' });
  assert.ok(index.kind === 'index');
  return { state: 'list', index, ...(etag !== undefined && { etag }) };
}

describe('the condition of a write', () => {
  it('is that nothing has taken the place of what was read', () => {
    assert.deepEqual(new FallbackCondition().for(listOf('"a"')), { match: '"a"' });
    assert.equal(new FallbackCondition().for({ state: 'absent' }), 'none');
  });
  it('is none where the validator is weak, or absent: it would hold for nothing', () => {
    assert.equal(new FallbackCondition().for(listOf('W/"a"')), undefined);
    assert.equal(new FallbackCondition().for(listOf(undefined)), undefined);
  });
  it('is given up once it was refused six times in vain, and not where somebody else had written', () => {
    const [same, others] = [new FallbackCondition(), new FallbackCondition()];
    for (let n = 0; n < 6; n++) {
      assert.deepEqual(same.for(listOf('"a"')), { match: '"a"' });
      same.refused(listOf('"a"'));
      same.seen(listOf('"a"'));
      others.refused(listOf('"a"'));
      others.seen({ state: 'absent' });
    }
    assert.equal(same.for(listOf('"a"')), undefined);
    assert.deepEqual(others.for(listOf('"a"')), { match: '"a"' });
  });
});
