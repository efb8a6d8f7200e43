/**
 * The embedded registry at 40 ms a request, with an image in each of many repositories, so that no attach finds
 * anything there: not even the empty config; for attach-side-by-side.ts.
 */
import { startEmbeddedRegistry } from '../src/embedded/embedded-registry.ts';
import { pushSampleImage } from '../test/support/sample-image.ts';

const [, , kind, count] = process.argv;
const registry = await startEmbeddedRegistry({ quirks: { referrersApi: kind === 'api' } });
const subjects: { repository: string; digest: string }[] = [];
for (let i = 0; i < Number(count); i++) {
  const repository = `acme/app-${i}`;
  const image = await pushSampleImage({ host: registry.host, repository });
  subjects.push({ repository, digest: image.descriptor.digest });
}
registry.quirks.delayMs = 40;
process.send?.({ host: registry.host, subjects });
