import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openCapabilityFile } from '../../src/commands/capability-file.ts';
import { makeTempDir } from '../support/temp-dir.ts';

const NAME = 'oci-referrers-capabilities.json';
const MINUTES = 60_000;
const BY_TAG = { capability: 'tag-schema', reason: '404' } as const;
const API = { capability: 'api', reason: 'a list' } as const;

describe('what a job remembers of registries', () => {
  it('is known to the next step, and grows with what other steps learned meanwhile', async () => {
    await using temp = await makeTempDir();
    const first = openCapabilityFile(temp.path);
    const second = openCapabilityFile(temp.path);
    first.set('ghcr.io/acme/app', BY_TAG);
    second.set('zot.example/app', API);
    first.save();
    second.save();
    const later = openCapabilityFile(temp.path);
    assert.equal(later.get('ghcr.io/acme/app')?.capability, 'tag-schema');
    assert.equal(later.get('zot.example/app')?.capability, 'api');
    assert.equal(later.get('other/app'), undefined);
  });

  it('is forgotten after ten minutes, and is not believed from the future', async () => {
    await using temp = await makeTempDir();
    const at = 1_800_000_000_000;
    const file = openCapabilityFile(temp.path, () => at);
    file.set('a/b', BY_TAG);
    file.save();
    assert.equal(openCapabilityFile(temp.path, () => at + 9 * MINUTES).get('a/b')?.capability, 'tag-schema');
    assert.equal(openCapabilityFile(temp.path, () => at + 10 * MINUTES).get('a/b'), undefined);
    assert.equal(openCapabilityFile(temp.path, () => at - 1).get('a/b'), undefined);
  });

  for (const [what, text] of [
    ['no JSON', 'nonsense'],
    ['another version', '{"version":2,"entries":{"a/b":{"capability":"api","reason":"x","at":1}}}'],
    ['entries that are none', '{"version":1,"entries":{"a/b":{"capability":"all","reason":"x","at":1},"c/d":3}}'],
    ['an array', '[]'],
  ] as const) {
    it(`is nothing where the file holds ${what}, and the file is written anew`, async () => {
      await using temp = await makeTempDir();
      await writeFile(join(temp.path, NAME), text);
      const file = openCapabilityFile(temp.path);
      assert.equal(file.get('a/b'), undefined);
      file.set('a/b', API);
      file.save();
      assert.equal(openCapabilityFile(temp.path).get('a/b')?.capability, 'api');
    });
  }

  it('writes nothing where nothing was learned', async () => {
    await using temp = await makeTempDir();
    openCapabilityFile(temp.path).save();
    await assert.rejects(readFile(join(temp.path, NAME)), { code: 'ENOENT' });
  });
});
