import assert from 'node:assert/strict';
import type { InteropClient } from '../client.ts';
import { type Ground, openGround } from '../ground.ts';
import type { InteropRegistry, RegistryTraits } from '../registries.ts';

/** A registry that can be had with the referrers API off and on, over the same data. */
export interface SwitchedRegistry {
  readonly name: string;
  /** True: the tags stay beside the API; false: the registry takes their entries over and removes them. */
  readonly keepsTags: boolean;
  /** Clients whose entries it does not survive, and what happens. */
  readonly without?: { readonly clients: readonly string[]; readonly why: string };
  open(referrers: boolean): Promise<InteropRegistry>;
}

const WITHOUT: RegistryTraits = { via: 'tag-schema', ociSubject: false, describes: true };

/**
 * Everybody attaches while there is no API; then there is one, and the referrers tags are still there -> each referrer
 * once, known from both, and the clients see as many. One more is attached through the API.
 */
export async function listsOnceAfterwards(
  registry: SwitchedRegistry,
  clients: readonly InteropClient[],
): Promise<string> {
  const before = await registry.open(false);
  const { clients: left = [], why } = registry.without ?? {};
  const writers = clients.filter(
    ({ name, attach, cannot }) => attach !== undefined && cannot.mix === undefined && !left.includes(name),
  );
  let ground = await openGround(before, 'matrix/gains-api');
  try {
    const { host, repository, image } = ground;
    const ours = await ground.attach('one');
    for (const client of writers) {
      await client.attach?.({ host, repository, subject: image.descriptor, registry: WITHOUT, content: '{"n":1}' });
    }
    await assertShown(ground, writers.length + 1, ['tag-schema']);
    await ground.close();
    await before.close();

    const after = await registry.open(true);
    try {
      ground = await openGround(after, 'matrix/gains-api');
      const digests = await assertShown(
        ground,
        writers.length + 1,
        registry.keepsTags ? ['api', 'tag-schema'] : ['api'],
      );
      assert.ok(digests.includes(ours));
      await ground.attach('two');
      const listed = await ground.list();
      assert.equal(listed.rows.length, writers.length + 2);
      await assertSeenBy(ground, clients, writers.length + 2);
    } finally {
      await after.close();
    }
  } finally {
    await ground.close();
    await before.close();
  }
  const done = `${writers.length + 1} entries of ${writers.map(({ name }) => name).join(', ')} and us`;
  return why === undefined ? done : `${done}; not ${left.join(', ')}: ${why}`;
}

async function assertShown(ground: Ground, count: number, sources: readonly string[]): Promise<string[]> {
  const listed = await ground.list();
  assert.equal(listed.tree.complete, true);
  assert.equal(listed.rows.length, count);
  for (const row of listed.rows) assert.deepEqual(row.sources, sources);
  const digests = listed.rows.map(({ descriptor }) => descriptor.digest);
  assert.equal(new Set(digests).size, count);
  return digests;
}

async function assertSeenBy(ground: Ground, clients: readonly InteropClient[], count: number): Promise<void> {
  for (const { name, list, listsAll = true } of clients) {
    if (list !== undefined && listsAll) assert.equal((await list(ground.subject)).length, count, name);
  }
}
