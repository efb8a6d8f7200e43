import assert from 'node:assert/strict';
import { startEmbeddedRegistry } from '../../../../src/embedded/embedded-registry.ts';
import type { InteropClient } from '../client.ts';
import { type Ground, openGround } from '../ground.ts';
import { layersOf } from '../manifest-layers.ts';

/** A signature that the client made elsewhere over the same image, attached by us -> the client verifies it. */
export async function verifiesOurs(ground: Ground, client: InteropClient): Promise<string | undefined> {
  await using elsewhere = await startEmbeddedRegistry();
  const source = await openGround(elsewhere, ground.repository);
  try {
    assert.equal(source.image.descriptor.digest, ground.image.descriptor.digest);
    const { host, repository, image } = source;
    const registry = { via: 'api', ociSubject: true, describes: true } as const;
    await client.attach?.({ host, repository, subject: image.descriptor, registry, content: '{"n":1}' });
    const [row] = (await source.list()).rows;
    assert.ok(row !== undefined);
    const [bundle = ''] = layersOf(await read(source, 'manifests', row.descriptor.digest));
    await ground.attachDocument('bundle.sigstore.json', await read(source, 'blobs', bundle));
    await client.verify?.(ground.subject);
    return undefined;
  } finally {
    await source.close();
  }
}

async function read(ground: Ground, kind: 'manifests' | 'blobs', digest: string): Promise<Uint8Array> {
  const response = await fetch(`http://${ground.host}/v2/${ground.repository}/${kind}/${digest}`);
  assert.equal(response.status, 200);
  return new Uint8Array(await response.arrayBuffer());
}
