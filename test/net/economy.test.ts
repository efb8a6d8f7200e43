import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EconomyCounter } from '../../src/net/economy.ts';
import { startServer } from '../support/loopback-server.ts';
import { makeClient } from './make-client.ts';

describe('economy', () => {
  test('rounds are the longest chain of requests each begun after the one before had ended', () => {
    const economy = new EconomyCounter();
    const a = economy.begin('main');
    const b = economy.begin('main');
    assert.equal(economy.rounds, 1);
    a.end();
    const c = economy.begin('main'); // After a: depth 2. b still runs.
    b.end(); // Depth 1: changes nothing.
    const d = economy.begin('main'); // After a and b: depth 2.
    c.end();
    const e = economy.begin('main'); // After c: depth 3.
    d.end();
    e.end();
    assert.equal(economy.rounds, 3);
    assert.equal(economy.requests, 5);
  });

  test('no requests are no rounds', () => {
    const economy = new EconomyCounter();
    assert.equal(economy.rounds, 0);
    assert.equal(economy.requests, 0);
  });

  test('a client counts requests by purpose, rounds, retries and body bytes', async (t) => {
    const server = await startServer(t, (request, response) => {
      request.resume().on('end', () => {
        response.statusCode = server.requests.length === 1 ? 503 : 200;
        response.end('12345');
      });
    });
    const client = makeClient(t);
    await client.request({ method: 'PUT', url: server.url, body: Buffer.from('abc'), purpose: 'auth' }, 100);
    await Promise.all([
      client.request({ method: 'GET', url: server.url, purpose: 'settle' }, 100),
      client.request({ method: 'GET', url: server.url }, 100),
      client.request({ method: 'HEAD', url: server.url }, 100),
    ]);
    const { requests, rounds, retries, bytesSent, bytesReceived, byPurpose } = client.economy;
    assert.deepEqual(
      { requests, rounds, retries, bytesSent, bytesReceived },
      {
        requests: 5,
        rounds: 3,
        retries: 1,
        bytesSent: 6,
        bytesReceived: 20,
      },
    );
    assert.deepEqual(byPurpose, { main: 2, auth: 2, 'look-up': 0, 'read-back': 0, settle: 1, proof: 0 });
  });
});
