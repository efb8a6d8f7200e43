import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startCountingProxy } from './counting-proxy.ts';
import { skipWithoutDockerRegistry, startDockerRegistry } from './docker-registry.ts';
import { pushSampleImage, pushSampleReferrer } from './sample-image.ts';

describe('docker-registry behind the counting proxy', { skip: skipWithoutDockerRegistry() }, () => {
  it('takes an image and an artifact with a subject, and has no referrers API', async () => {
    const registry = await startDockerRegistry();
    const proxy = await startCountingProxy(registry.host);
    try {
      const target = { host: proxy.host, repository: 'acme/app' };
      const image = await pushSampleImage(target, { tag: 'v1' });
      await pushSampleReferrer(target, image.descriptor);
      proxy.clearLog();
      const response = await fetch(`${proxy.url}/v2/acme/app/referrers/${image.descriptor.digest}`);
      assert.equal(response.status, 404);
      assert.match(response.headers.get('content-type') ?? '', /^text\/plain/);
      await response.body?.cancel();
      await fetch(`${proxy.url}/v2/`);
      assert.deepEqual(
        proxy.log.map(({ method, path, status, round }) => [method, path, status, round]),
        [
          ['GET', `/v2/acme/app/referrers/${image.descriptor.digest}`, 404, 1],
          ['GET', '/v2/', 200, 2],
        ],
      );
      assert.equal(proxy.rounds(), 2);
    } finally {
      await proxy.close();
      await registry.close();
    }
  });
});
