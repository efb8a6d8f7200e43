import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { ReferrerSource } from '../../../../src/referrers/types.ts';
import type { AttachedByPeer, InteropClient } from '../client.ts';
import type { Ground } from '../ground.ts';
import type { RegistryTraits } from '../registries.ts';

/** What a warning says, for the table. */
const WARNED: Readonly<Record<string, string>> = {
  'descriptor-differs': 'the list has another type or other annotations than the manifest, and we say so',
};

/** The client attaches -> one proved row with its type and annotations, from the source where the registry keeps it. */
export async function listsTheirs(
  ground: Ground,
  client: InteropClient,
  registry: RegistryTraits,
): Promise<string | undefined> {
  const { host, repository, image } = ground;
  const attached = await client.attach?.({ host, repository, subject: image.descriptor, registry, content: '{"n":1}' });
  assert.ok(attached !== undefined);
  const listed = await ground.list({ depth: 'all' });
  assert.equal(listed.rows.length, 1, JSON.stringify(listed.tree.warnings));
  const [row] = listed.rows;
  assert.equal(row?.descriptor.artifactType, attached.artifactType);
  const annotations = row.descriptor.annotations ?? {};
  assert.deepEqual({ ...annotations, ...attached.annotations }, annotations);
  assert.equal(row.verified, true);
  assert.equal(listed.tree.complete, true);
  assertSources(row.sources, attached.sources, registry);
  const warned = listed.tree.warnings.map(({ code }) => WARNED[code] ?? `warned: ${code}`);
  return (
    [remarkOn(row.sources, registry.via), ...new Set(warned)].filter((each) => each !== undefined).join('; ') ||
    undefined
  );
}

function assertSources(
  found: readonly ReferrerSource[],
  told: AttachedByPeer['sources'],
  { via, ociSubject }: RegistryTraits,
): void {
  // a client that is told nothing by OCI-Subject may have written the tag as well
  const usual: AttachedByPeer['sources'] = via === 'api' && !ociSubject ? [['api'], ['api', 'tag-schema']] : [[via]];
  const expected = told ?? usual;
  assert.ok(
    expected.some((sources) => isDeepStrictEqual(sources, found)),
    `${found.join()} is none of ${JSON.stringify(expected)}`,
  );
}

function remarkOn(sources: readonly ReferrerSource[], via: RegistryTraits['via']): string | undefined {
  if (sources.length > 1) return 'it is in the API and under the tag, and shown once';
  if (via === 'api' && sources[0] === 'tag-schema')
    return 'it wrote the tag, and the API does not show it: we found it under the tag';
  return undefined;
}
