import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startRawServer, startServer } from '../support/loopback-server.ts';
import { makeClient } from './make-client.ts';

describe('connections', () => {
  test('that the server closes while idle do not fail the next request, not even a POST', async (t) => {
    const server = await startServer(t, (_request, response) => response.end());
    const client = makeClient(t, { retries: 0 });
    await client.request({ method: 'GET', url: server.url }, 10);
    server.requests[0]!.socket.end();
    await server.idle();
    await client.request({ method: 'POST', url: server.url }, 10);
    assert.equal(server.requests.length, 2);
    assert.equal(server.connections, 2);
  });

  test('on which a HEAD is answered with a body give the next request its own answer', async (t) => {
    let connections = 0;
    const url = await startRawServer(t, (socket) => {
      connections++;
      socket.on('data', (data) => {
        const body = data.toString().startsWith('HEAD') ? 'stray' : 'fresh';
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n${body}`);
      });
    });
    const client = makeClient(t);
    const head = await client.request({ method: 'HEAD', url }, 10);
    assert.equal(head.status, 200);
    assert.equal(head.bytes.length, 0);
    const get = await client.request({ method: 'GET', url }, 10);
    assert.equal(Buffer.from(get.bytes).toString(), 'fresh');
    assert.equal(connections, 2);
  });

  test('on which hints come before the answer are read up to the answer', async (t) => {
    const server = await startServer(t, (_request, response) => {
      response.writeEarlyHints({ link: '</x>; rel=preload' });
      response.end('answer');
    });
    const response = await makeClient(t).request({ method: 'GET', url: server.url }, 10);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('link'), undefined);
    assert.equal(Buffer.from(response.bytes).toString(), 'answer');
  });

  test('that the server closes after each answer are made anew', async (t) => {
    const server = await startServer(t, (_request, response) => {
      response.setHeader('connection', 'close');
      response.end('x');
    });
    const client = makeClient(t, { retries: 0 });
    for (let i = 0; i < 3; i++) await client.request({ method: 'GET', url: server.url }, 10);
    assert.equal(server.connections, 3);
  });

  test('do not keep the process alive when idle', async (t) => {
    const server = await startServer(t, (_request, response) => response.end('x'));
    const client = makeClient(t);
    await client.request({ method: 'GET', url: server.url }, 10);
    await new Promise((resolve) => setImmediate(resolve));
    // What is left that holds this process belongs to the server and to the test runner.
    const sockets = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap');
    assert.equal(sockets.length, server.openConnections);
  });
});
