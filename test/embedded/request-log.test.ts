import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { RequestLog } from '../../src/embedded/request-log.ts';
import { pushBlob, send } from './registry-client.ts';

describe('the log of the embedded registry', () => {
  let registry: EmbeddedRegistry;
  before(async () => {
    registry = await startEmbeddedRegistry();
  });
  after(() => registry.close());
  beforeEach(() => registry.clearLog());

  it('tells method, path, query, status and bytes of each request, in order', async () => {
    const digest = await pushBlob(`${registry.url}/v2/acme/app`, Buffer.from('twelve bytes'));
    await send('GET', `${registry.url}/v2/acme/app/blobs/${digest}`);
    const [post, put, get] = registry.log;
    assert.deepEqual(
      [post?.method, post?.path, post?.query, post?.status],
      ['POST', '/v2/acme/app/blobs/uploads/', '', 202],
    );
    assert.deepEqual([put?.method, put?.query, put?.status], ['PUT', `?digest=${encodeURIComponent(digest)}`, 201]);
    assert.deepEqual([put?.bytesReceived, put?.bytesSent], [12, 0]);
    assert.deepEqual([get?.bytesReceived, get?.bytesSent, get?.answered], [0, 12, true]);
    assert.equal(registry.log.length, 3);
  });

  it('tells that a credential was sent, and never which', async () => {
    await send('GET', `${registry.url}/v2/`, { headers: { authorization: 'Bearer very-secret' } });
    await send('GET', `${registry.url}/v2/`, { headers: { accept: 'a/b' } });
    assert.deepEqual(
      registry.log.map(({ headers }) => headers.authorization),
      ['Bearer', undefined],
    );
    assert.equal(registry.log[1]?.headers.accept, 'a/b');
    assert.ok(!JSON.stringify(registry.log).includes('very-secret'));
  });

  it('counts rounds: what runs at the same time is one', async () => {
    registry.quirks.delayMs = 30;
    const base = `${registry.url}/v2/`;
    await Promise.all([send('GET', base), send('GET', base), send('GET', base)]);
    assert.equal(registry.rounds(), 1);
    await Promise.all([send('GET', base), send('GET', base)]);
    await send('GET', base);
    assert.equal(registry.rounds(), 3);
    assert.deepEqual(
      registry.log.map(({ round }) => round),
      [1, 1, 1, 2, 2, 3],
    );
    registry.clearLog();
    assert.deepEqual([registry.rounds(), registry.log.length], [0, 0]);
    await send('GET', base);
    assert.equal(registry.rounds(), 1);
    registry.quirks.delayMs = undefined;
  });
});

describe('RequestLog', () => {
  it('does not count a request of before a clear for the rounds after it', () => {
    const log = new RequestLog();
    log.answer(log.arrive('GET', '/a', {}), 200);
    const old = log.arrive('GET', '/b', {});
    log.clear();
    log.answer(old, 200);
    assert.equal(log.arrive('GET', '/c', {}).round, 1);
  });
});
