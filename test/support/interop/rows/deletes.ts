import assert from 'node:assert/strict';
import type { InteropClient } from '../client.ts';
import type { Ground } from '../ground.ts';

/** Two referrers of ours, one deleted by the client -> we list the other one, and attach a third as if nothing was. */
export async function agreesOnDeletion(ground: Ground, client: InteropClient): Promise<string | undefined> {
  const gone = await ground.attach('gone');
  const kept = await ground.attach('kept');
  await client.delete?.(ground.at(gone));
  const listed = await ground.list();
  const shown = listed.rows.filter(({ verified }) => verified).map(({ descriptor }) => descriptor.digest);
  assert.deepEqual(shown, [kept]);
  assert.equal(listed.tree.complete, true);
  // where the client left its entry behind, some registries refuse a list with it, and it is dropped from the list
  const next = await ground.attach('next', ['fallback-entry-dropped']);
  const after = await ground.list();
  const digests = after.rows.filter(({ verified }) => verified).map(({ descriptor }) => descriptor.digest);
  assert.deepEqual(digests.sort(), [kept, next].sort());
  const codes = new Set(listed.tree.warnings.map(({ code }) => code));
  if (codes.has('referrer-missing')) return 'it leaves its entry in the list, and we say so';
  return codes.size === 0 ? undefined : `warned: ${[...codes].join(', ')}`;
}
