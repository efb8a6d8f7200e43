import type { TestContext } from 'node:test';
import { createHttpClient } from '../../src/net/http-client.ts';
import type { HttpClient, HttpClientOptions } from '../../src/net/types.ts';

/** A client that closes with its test, knows no proxy and does not dawdle between attempts. */
export function makeClient(t: Pick<TestContext, 'after'>, options: HttpClientOptions = {}): HttpClient {
  const client = createHttpClient({ env: {}, backoffBaseMs: 1, ...options });
  t.after(() => client.close());
  return client;
}
