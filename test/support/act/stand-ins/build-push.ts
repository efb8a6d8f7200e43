/** In place of docker/build-push-action: pushes a sample image of two platforms, or writes it as an OCI layout. */
import { cp, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { startEmbeddedRegistry } from '../../../../src/embedded/embedded-registry.ts';
import { pushSampleIndex } from '../../sample-image.ts';
import { makeTempDir } from '../../temp-dir.ts';
import { input, setOutput, splitImage } from './inputs.ts';

const layout = /type=oci,dest=([^,]+).*name=[^:]+:([^,]+)/.exec(input('outputs'));
const digest =
  layout === null
    ? await pushTo(input('tags').split('\n').filter(Boolean))
    : await writeLayout(layout[1] ?? '', layout[2] ?? '');
setOutput('digest', digest);

async function pushTo(images: readonly string[]): Promise<string> {
  let pushed = '';
  for (const image of images) {
    const { host, repository, tag } = splitImage(image);
    pushed = (await pushSampleIndex({ host, repository }, { tag })).descriptor.digest;
  }
  return pushed;
}

async function writeLayout(folder: string, tag: string): Promise<string> {
  await using root = await makeTempDir();
  const registry = await startEmbeddedRegistry({ root: root.path });
  const { descriptor } = await pushSampleIndex({ host: registry.host, repository: 'app' }, { tag });
  await registry.close();
  await mkdir(dirname(folder), { recursive: true });
  await cp(join(root.path, 'app'), folder, { recursive: true });
  return descriptor.digest;
}
