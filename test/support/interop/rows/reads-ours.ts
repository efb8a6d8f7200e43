import assert from 'node:assert/strict';
import { digestOf } from '../../../../src/oci/digest.ts';
import type { InteropClient, PulledArtifact } from '../client.ts';
import type { Ground } from '../ground.ts';
import { layersOf } from '../manifest-layers.ts';
import type { RegistryTraits } from '../registries.ts';

/** Two files attached by us -> the client lists both, with type and annotations where it shows them. */
export async function listsOurs(
  ground: Ground,
  client: InteropClient,
  registry: RegistryTraits,
): Promise<string | undefined> {
  const ours = [await ground.attach('one'), await ground.attach('two')];
  const seen = (await client.list?.(ground.subject)) ?? [];
  assert.deepEqual(seen.map(({ digest }) => digest).sort(), ours.sort());
  const showsTypes = seen.every(({ artifactType }) => artifactType !== undefined);
  if (!showsTypes) return 'digests only';
  if (!registry.describes) return 'with the types that the registry makes up';
  for (const { artifactType, annotations } of seen) {
    assert.equal(artifactType, 'application/spdx+json');
    assert.equal(annotations?.['org.example.by'], 'oci-referrers');
  }
  return undefined;
}

/** A file attached by us -> the bytes that the client fetches, manifest and layer, have the digests that we gave. */
export async function pullsOurs(ground: Ground, client: InteropClient): Promise<string | undefined> {
  const digest = await ground.attach('one');
  const pulled = await pull(ground, client, digest);
  assert.equal(pulled?.manifest, digest);
  assert.deepEqual(pulled.layers, layersOf(await manifestOf(ground, digest)));
  assert.equal(pulled.layers.length, 1);
  return undefined;
}

function pull(
  ground: Ground,
  client: InteropClient,
  digest: Ground['subject']['digest'],
): Promise<PulledArtifact | undefined> {
  if (client.pullListed !== undefined) return client.pullListed(ground.subject, digest);
  return client.pull?.(ground.at(digest)) ?? Promise.resolve(undefined);
}

async function manifestOf(ground: Ground, digest: string): Promise<Uint8Array> {
  const response = await fetch(`http://${ground.host}/v2/${ground.repository}/manifests/${digest}`, {
    headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  assert.equal(digestOf(bytes), digest);
  return bytes;
}
