import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRegistrySession } from '../../../src/auth/registry-session.ts';
import type { RegistrySession } from '../../../src/auth/types.ts';
import { startEmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import { hasCode } from '../../../src/errors/coded-error.ts';
import { createHttpClient } from '../../../src/net/http-client.ts';
import type { ResponseHeaders } from '../../../src/net/types.ts';
import { RegistryStore } from '../../../src/store/registry/registry-store.ts';
import { startServer } from '../../support/loopback-server.ts';
import { buildSelfSigned } from '../../support/self-signed.ts';
import { type SampleBlob, sampleBlob, startUploading } from '../../support/uploading.ts';

describe('the location of an upload', () => {
  for (const style of ['path', 'absolute', 'with-state', 'path-relative', 'long'] as const) {
    it(`is used as it came: ${style}`, async (t) => {
      const upload = await startUploading(t, { uploadLocation: style });
      const blob = sampleBlob(100);
      await upload.store.pushBlob(blob);
      await upload.assertHeld(blob);
    });
  }

  it('is found beside headers of more than 16 KiB', async (t) => {
    const upload = await startUploading(t, { bigHeader: 30_000 });
    const blob = sampleBlob(100);
    await upload.store.pushBlob(blob);
    upload.registry.quirks.bigHeader = undefined; // the test's own client takes no more than 16 KiB
    await upload.assertHeld(blob);
  });

  it('keeps its query verbatim, loses a fragment, and gets the digest appended', async (t) => {
    const asked: string[] = [];
    const server = await startServer(t, (request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const location = '/up?b=%2f+~&a=&a#part';
      response.writeHead(request.method === 'POST' ? 202 : 201, { location }).end();
      request.resume();
    });
    const http = createHttpClient({ env: {} });
    t.after(() => http.close());
    const store = storeAt(server.url, http);
    const blob = sampleBlob(10);
    await store.pushBlob(blob);
    assert.deepEqual(asked, [
      'POST /v2/acme/app/blobs/uploads/',
      `PUT /up?b=%2f+~&a=&a&digest=${encodeURIComponent(blob.digest)}`,
    ]);
  });

  it('on another host is used, and gets no credentials', async (t) => {
    const registry = await startEmbeddedRegistry({
      auth: { kind: 'basic', users: { u: { password: 'p' } } },
      secondOrigin: true,
      quirks: { uploadLocation: 'cross-origin' },
    });
    t.after(() => registry.close());
    const http = createHttpClient({ env: {} });
    t.after(() => http.close());
    const store = storeAt(new URL(registry.url), http, { username: 'u', password: 'p' });
    const blob = sampleBlob(100);
    await store.pushBlob(blob);
    const put = registry.log.find(({ method }) => method === 'PUT');
    assert.equal(put?.headers.host, new URL(registry.secondUrl ?? '').host);
    assert.equal(put?.headers.authorization, undefined);
    assert.ok(registry.log.some(({ method, headers }) => method === 'POST' && headers.authorization === 'Basic'));
  });

  it('with a user and password in it sends neither', async (t) => {
    const seen: (string | undefined)[] = [];
    const other = await startServer(t, (request, response) => {
      seen.push(request.headers.authorization);
      request.resume().on('end', () => response.writeHead(201).end());
    });
    const registry = await startServer(t, (request, response) => {
      request.resume();
      response.writeHead(202, { location: `http://user:secret@127.0.0.1:${other.port}/up` }).end();
    });
    const http = createHttpClient({ env: {} });
    t.after(() => http.close());
    await storeAt(registry.url, http).pushBlob(sampleBlob(10));
    assert.deepEqual(seen, [undefined]);
  });

  it('that leads from https to http is refused before a byte is sent', async (t) => {
    const tls = buildSelfSigned();
    const registry = await startEmbeddedRegistry({ tls, quirks: { uploadLocation: 'http-downgrade' } });
    t.after(() => registry.close());
    const http = createHttpClient({ env: {}, ca: tls.cert });
    t.after(() => http.close());
    const blob = sampleBlob(100);
    await assert.rejects(storeAt(new URL(registry.url), http).pushBlob(blob), refusedBecause(/scheme http/));
    assert.equal(blob.opened, 0);
    assert.deepEqual(
      registry.log.map(({ method }) => method),
      ['POST'],
    );
  });

  const forbidden = [
    ['the metadata service of a cloud', 'http://169.254.169.254/latest/meta-data/', /169\.254\.169\.254/],
    ['the same as IPv6', 'http://[fe80::1]/up', /fe80::1/],
    ['the same by name', 'http://metadata.google.internal/up', /metadata\.google\.internal/],
    ['a scheme that is none of the web', 'file:///etc/passwd', /scheme file/],
  ] as const;
  for (const [title, location, message] of forbidden) {
    it(`that leads to ${title} is refused`, async (t) => {
      const { store, blob } = await startMisleading(t, location);
      await assert.rejects(store.pushBlob(blob), refusedBecause(message));
      assert.equal(blob.opened, 0);
    });
  }

  // CVE-2026-50151: a client inside a network is no probe for a registry outside of it
  for (const location of [
    'http://10.0.0.7/up',
    'http://127.0.0.1:9/up',
    'http://[::1]:9/up',
    'http://localhost:9/up',
  ]) {
    it(`that leads a client of a registry on the internet to ${location} is refused`, async (t) => {
      const http = createHttpClient({
        env: {},
        retries: 0,
        lookup: (_hostname, options, callback) => {
          const address = { address: '203.0.113.7', family: 4 };
          if (options.all === true) callback(null, [address]);
          else callback(null, address.address, address.family);
        },
      });
      t.after(() => http.close());
      // its answer is made up, so that nothing leaves the machine; where it leads to is asked for in earnest
      const origin = new URL('http://registry.example');
      const begun = { status: 202, headers: headersOf({ location }), url: origin, bytes: new Uint8Array() };
      const session: RegistrySession = {
        origin,
        request: async (request, maxBytes) =>
          request.url.origin === origin.origin ? begun : http.request(request, maxBytes),
        stream: (request) => http.stream(request),
      };
      const store = new RegistryStore({ name: 'registry.example/acme/app', repository: 'acme/app', session });
      const blob = sampleBlob(10);
      await assert.rejects(store.pushBlob(blob), refusedBecause(/registry\.example leads to .*, a private address/));
      assert.equal(blob.opened, 0);
    });
  }

  it('that is missing is said so', async (t) => {
    const { store, blob } = await startMisleading(t, undefined);
    await assert.rejects(store.pushBlob(blob), (error) => {
      assert.ok(hasCode(error, 'upload-refused'));
      assert.match(error.message, /202 to the begin of an upload without a usable Location/);
      return true;
    });
  });
});

function refusedBecause(message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(hasCode(error, 'upload-location-refused'), String(error));
    assert.match(error.message, message);
    return true;
  };
}

/** A registry whose uploads go to `location`. */
async function startMisleading(
  t: Parameters<typeof startServer>[0],
  location: string | undefined,
): Promise<{ store: RegistryStore; blob: SampleBlob }> {
  const server = await startServer(t, (request, response) => {
    request.resume();
    response.writeHead(202, location === undefined ? {} : { location }).end();
  });
  const http = createHttpClient({ env: {}, retries: 0 });
  t.after(() => http.close());
  return { store: storeAt(server.url, http), blob: sampleBlob(10) };
}

function storeAt(
  origin: URL,
  http: ReturnType<typeof createHttpClient>,
  login?: { readonly username: string; readonly password: string },
): RegistryStore {
  const session = createRegistrySession({
    http,
    origin,
    registry: origin.host,
    credentials: {
      find: async () => (login === undefined ? undefined : { kind: 'basic', ...login, origin: 'the test' }),
    },
  });
  return new RegistryStore({ name: `${origin.host}/acme/app`, repository: 'acme/app', session });
}

function headersOf(headers: Readonly<Record<string, string>>): ResponseHeaders {
  return { get: (name) => headers[name], all: (name) => (headers[name] === undefined ? [] : [headers[name]]) };
}
