import assert from 'node:assert/strict';
import type { Descriptor } from '../../../../src/oci/descriptor.ts';
import type { InteropClient } from '../client.ts';
import type { Ground } from '../ground.ts';
import type { RegistryTraits } from '../registries.ts';

/**
 * The index gets an SBOM of ours, each platform and the SBOM something of a client -> one deep list shows each below
 * its subject.
 */
export async function listsDeep(
  ground: Ground,
  clients: readonly InteropClient[],
  registry: RegistryTraits,
): Promise<string | undefined> {
  const sbom = await ground.attach('one');
  const below = (await ground.list()).rows[0]?.descriptor;
  assert.equal(below?.digest, sbom);
  const subjects = [...ground.image.platforms, below] as Descriptor[];
  const expected: string[] = [`application/spdx+json on ${ground.subject.digest}`];
  for (const [i, client] of clients.entries()) {
    const subject = subjects[i % subjects.length] as Descriptor;
    const { host, repository } = ground;
    const { mediaType, digest, size } = subject;
    const order = { host, repository, subject: { mediaType, digest, size }, registry, content: `{"n":${i}}` };
    const attached = await client.attach?.(order);
    expected.push(`${attached?.artifactType} on ${subject.digest}`);
  }
  const listed = await ground.list({ depth: 'all' });
  const shown = listed.rows.map(({ descriptor, subject }) => `${descriptor.artifactType} on ${subject}`);
  assert.deepEqual(shown.sort(), expected.sort());
  assert.equal(listed.tree.complete, true);
  return `${expected.length} referrers of ${new Set([ground.subject.digest, ...subjects.map(({ digest }) => digest)]).size} subjects, by ${clients.map(({ name }) => name).join(', ')} and us`;
}
