import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { after, before, describe, it } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { buildSelfSigned } from '../support/self-signed.ts';

describe('the embedded registry over TLS', () => {
  const tls = buildSelfSigned();
  let registry: EmbeddedRegistry;
  before(async () => {
    registry = await startEmbeddedRegistry({ tls });
  });
  after(() => registry.close());

  const ask = async (method: string, path: string): Promise<IncomingMessage> => {
    const outgoing = request(registry.url + path, { method, ca: tls.cert, agent: false }).end();
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    answer.resume();
    return answer;
  };

  it('answers https with its own certificate', async () => {
    assert.match(registry.url, /^https:\/\/127\.0\.0\.1:/);
    assert.equal((await ask('GET', '/v2/')).statusCode, 200);
  });

  it('leads an upload, and the next page, to http where told to', async () => {
    const origin = `http://${registry.host}`;
    registry.quirks.uploadLocation = 'http-downgrade';
    const begun = await ask('POST', '/v2/acme/app/blobs/uploads/');
    assert.ok(begun.headers.location?.startsWith(`${origin}/v2/acme/app/blobs/uploads/`), begun.headers.location);
    registry.quirks.referrersLink = 'http-downgrade';
    registry.quirks.referrersPageSize = 1;
    registry.quirks.referrersExtra = [{}, {}];
    const path = `/v2/acme/app/referrers/${digestOf('any')}`;
    assert.equal((await ask('GET', path)).headers['link'], `<${origin}${path}?page=1>; rel="next"`);
  });
});
