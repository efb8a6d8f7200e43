import assert from 'node:assert/strict';
import type { InteropClient } from '../client.ts';
import type { Ground } from '../ground.ts';
import type { RegistryTraits } from '../registries.ts';

interface FallbackIndex {
  readonly manifests: readonly { readonly digest: string; readonly [key: string]: unknown }[];
}

interface WrittenList extends FallbackIndex {
  readonly text: string;
}

/**
 * Client, we, client, we write one fallback list. What the client wrote stands unchanged, to the byte, after we
 * wrote; what we wrote stands after the client; in the end all four are listed by both.
 */
export async function keepsMixedEntries(
  ground: Ground,
  client: InteropClient,
  registry: RegistryTraits,
): Promise<string | undefined> {
  const order = { host: ground.host, repository: ground.repository, subject: ground.image.descriptor, registry };
  const notes: string[] = [];

  await client.attach?.({ ...order, content: '{"n":1}' });
  const first = await readIndex(ground);
  await ground.attach('two');
  const second = await readIndex(ground);
  assertKept(first, second);

  await client.attach?.({ ...order, content: '{"n":33}' });
  const third = await readIndex(ground);
  notes.push(...changesOf(second, third));
  await ground.attach('four');
  const fourth = await readIndex(ground);
  assertKept(third, fourth);
  assert.equal(fourth.manifests.length, 4);

  const listed = await ground.list();
  assert.deepEqual(digestsOf(fourth), listed.rows.map(({ descriptor }) => descriptor.digest).sort());
  assert.equal(listed.tree.complete, true);
  if (client.list !== undefined) {
    const seen = (await client.list(ground.subject)).map(({ digest }) => digest);
    assert.equal(seen.length, client.listsAll === false ? 2 : 4);
  }
  return notes.length === 0 ? undefined : [...new Set(notes)].join('; ');
}

async function readIndex(ground: Ground): Promise<WrittenList> {
  const text = await ground.readTag();
  assert.ok(text !== undefined, 'there is no referrers tag');
  return { text, ...(JSON.parse(text) as FallbackIndex) };
}

/** Something was put in, and not one byte of what was there is lost or changed. */
function assertKept({ text: before }: WrittenList, { text: after }: WrittenList): void {
  let same = 0;
  while (same < before.length && before[same] === after[same]) same++;
  assert.ok(after.length > before.length, 'nothing was added');
  assert.ok(after.endsWith(before.slice(same)), `${before}\nbecame\n${after}`);
}

/** What a client did to entries that were there: none may be lost; what else it changed is told in the table. */
function changesOf(before: FallbackIndex, after: FallbackIndex): string[] {
  return before.manifests.flatMap((entry) => {
    const now = after.manifests.find(({ digest }) => digest === entry.digest);
    assert.ok(now !== undefined, `the client lost ${entry.digest}`);
    const changed = Object.keys(entry).filter((key) => JSON.stringify(now[key]) !== JSON.stringify(entry[key]));
    return changed.map((key) => `its write ${key in now ? 'changes' : 'drops'} \`${key}\` of entries that were there`);
  });
}

function digestsOf({ manifests }: FallbackIndex): string[] {
  return manifests.map(({ digest }) => digest).sort();
}
