import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createHttpClient } from '../../src/net/http-client.ts';
import { buildTrust } from '../../src/net/trust.ts';
import { startServer } from '../support/loopback-server.ts';
import { buildSelfSigned } from '../support/self-signed.ts';
import { makeClient } from './make-client.ts';

describe('TLS', () => {
  test('a certificate that nobody vouches for is tls-failed at once, and the hint names ca-file', async (t) => {
    const server = await startServer(t, (_request, response) => response.end(), { tls: buildSelfSigned() });
    await assert.rejects(makeClient(t).request({ method: 'GET', url: server.url }, 10), {
      code: 'tls-failed',
      attempts: 1,
      hint: /`ca-file`/,
      message: /self-signed certificate/,
    });
    assert.equal(server.requests.length, 0);
  });

  test('`ca` makes it trusted, by address and by name', async (t) => {
    const tls = buildSelfSigned();
    const server = await startServer(t, (_request, response) => response.end('ok'), { tls });
    const client = makeClient(t, { ca: `# corporate root\n${tls.cert}` });
    for (const host of ['127.0.0.1', 'localhost']) {
      const url = new URL(`https://${host}:${server.port}/`);
      assert.equal((await client.request({ method: 'GET', url }, 10)).status, 200);
    }
  });

  test('a certificate for another host is tls-failed', async (t) => {
    const tls = buildSelfSigned(['registry.example']);
    const server = await startServer(t, (_request, response) => response.end(), { tls });
    const got = makeClient(t, { ca: tls.cert }).request({ method: 'GET', url: server.url }, 10);
    await assert.rejects(got, {
      code: 'tls-failed',
      message: /altnames|does not match/,
      hint: /as its certificate does/,
    });
  });

  test('`insecure` asks for no certificate at all', async (t) => {
    const tls = buildSelfSigned(['registry.example']);
    const server = await startServer(t, (_request, response) => response.end('ok'), { tls });
    const response = await makeClient(t, { insecure: true }).request({ method: 'GET', url: server.url }, 10);
    assert.equal(response.status, 200);
  });

  test('a server that closes the connection over a request without TLS gets a hint that names plain-http', async (t) => {
    const server = await startServer(t, (_request, response) => response.end(), { tls: buildSelfSigned() });
    const url = new URL(`http://127.0.0.1:${server.port}/`);
    await assert.rejects(makeClient(t, { retries: 0 }).request({ method: 'GET', url }, 10), {
      code: 'network-unreachable',
      hint: /If it expects TLS: leave out `plain-http`/,
    });
  });

  test('a server that speaks plain HTTP is tls-failed, and the hint names plain-http', async (t) => {
    const server = await startServer(t, (_request, response) => response.end());
    const url = new URL(`https://127.0.0.1:${server.port}/`);
    await assert.rejects(makeClient(t).request({ method: 'GET', url }, 10), {
      code: 'tls-failed',
      hint: /`plain-http`/,
    });
  });

  test('`ca` is added to the built-in roots and does not replace them', () => {
    const { cert } = buildSelfSigned();
    const { ca } = buildTrust({ ca: cert });
    assert.ok((ca?.length ?? 0) > 50);
    assert.equal(ca?.at(-1), cert.trim());
    assert.deepEqual(buildTrust({}), {});
  });

  for (const [what, pem] of [
    ['no PEM at all', 'not a certificate'],
    ['a key in place of a certificate', buildSelfSigned().key],
    ['a certificate that is cut off', `${buildSelfSigned().cert.slice(0, 120)}\n-----END CERTIFICATE-----`],
    [
      'a good one and a bad one',
      `${buildSelfSigned().cert}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----`,
    ],
  ] as const) {
    test(`a ca-file with ${what} is ca-file-invalid before anything is sent`, () => {
      assert.throws(() => createHttpClient({ ca: pem }), { code: 'ca-file-invalid', exitCode: 2 });
    });
  }
});
