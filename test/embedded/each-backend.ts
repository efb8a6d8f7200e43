import { after, before, describe } from 'node:test';
import {
  type EmbeddedRegistry,
  type EmbeddedRegistryOptions,
  startEmbeddedRegistry,
} from '../../src/embedded/embedded-registry.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';

/** The same tests over a registry in memory and one on disk. `registry()` is the running one. */
export function describeEachBackend(
  title: string,
  options: EmbeddedRegistryOptions,
  tests: (registry: () => EmbeddedRegistry) => void,
): void {
  for (const place of ['in memory', 'on disk']) {
    describe(`${title}, ${place}`, () => {
      let dir: TempDir | undefined;
      let registry: EmbeddedRegistry;
      before(async () => {
        dir = place === 'on disk' ? await makeTempDir('registry-') : undefined;
        registry = await startEmbeddedRegistry({ ...options, root: dir?.path });
      });
      after(async () => {
        await registry.close();
        await dir?.remove();
      });
      tests(() => registry);
    });
  }
}
