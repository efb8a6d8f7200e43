import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import { describeProxy, proxyFor } from '../../src/net/proxy.ts';
import { fc } from '../support/fast-check.ts';

const PROXY = 'http://proxy.example:3128';

const label = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/);
const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const octet = fc.integer({ min: 0, max: 255 });
// 127 is this machine, which has a rule of its own
const ipv4 = fc
  .tuple(
    octet.filter((first) => first !== 127),
    octet,
    octet,
    octet,
  )
  .filter(([first]) => first > 0);
const port = fc.integer({ min: 1, max: 65_535 });

/** What a NO_PROXY of host names says of a host, in the simplest words. */
function isNamed(host: string, port: number, entries: readonly Entry[]): boolean {
  return entries.some(
    ({ name, port: only }) => (only === undefined || only === port) && `.${host}`.endsWith(`.${name}`),
  );
}

interface Entry {
  readonly name: string;
  readonly port: number | undefined;
  readonly prefix: string;
}

/** Entries are made from the host that is asked about as often as not, so that they meet. */
const named: fc.Arbitrary<{ host: string; port: number; entries: readonly Entry[]; separator: string }> = host.chain(
  (asked) => {
    const parts = asked.split('.');
    const parents = parts.map((_, i) => parts.slice(i).join('.'));
    const near = fc.constantFrom(...parents, `x${asked}`, `${asked}.x`, ...parents.map((parent) => parent.slice(1)));
    const entry = fc.record({
      name: fc.oneof(near, host).filter((name) => name !== '' && !name.startsWith('.')),
      port: fc.option(fc.constantFrom(5000, 443, 8080), { nil: undefined }),
      prefix: fc.constantFrom('', '.', '*.'),
    });
    return fc.record({
      host: fc.constant(asked),
      port: fc.constantFrom(5000, 8080),
      entries: fc.array(entry, { maxLength: 4 }),
      separator: fc.constantFrom(',', ', ', ' ', ' , ,'),
    });
  },
);

test('NO_PROXY exempts a host that it names and all that is under it, at the port that it names, and nothing else', () => {
  const property = fc.property(named, ({ host, port, entries, separator }) => {
    const text = entries.map(
      ({ name, port: only, prefix }) => `${prefix}${name}${only === undefined ? '' : `:${only}`}`,
    );
    const env = { https_proxy: PROXY, no_proxy: text.join(separator) };
    const proxy = proxyFor(new URL(`https://${host}:${port}/`), env);
    assert.equal(proxy === undefined, host === 'localhost' || isNamed(host, port, entries), env.no_proxy);
  });
  fc.assert(property, { numRuns: 1000 });
});

test('NO_PROXY exempts the addresses of a block, and no other', () => {
  const toNumber = (address: readonly number[]): bigint => address.reduce((sum, one) => sum * 256n + BigInt(one), 0n);
  // one bit of the address is turned: within the block if it stands behind the prefix
  const property = fc.property(
    ipv4,
    fc.integer({ min: 0, max: 31 }),
    fc.integer({ min: 0, max: 32 }),
    (base, bit, bits) => {
      const asked = toNumber(base) ^ (1n << BigInt(31 - bit));
      const octets = [24n, 16n, 8n, 0n].map((shift) => Number((asked >> shift) & 255n));
      fc.pre(octets[0] !== 127);
      const env = { http_proxy: PROXY, no_proxy: `10.255.255.255,${base.join('.')}/${bits}` };
      const proxy = proxyFor(new URL(`http://${octets.join('.')}/`), env);
      assert.equal(proxy === undefined, bit >= bits || octets.join('.') === '10.255.255.255');
    },
  );
  fc.assert(property, { numRuns: 500 });
});

test('the proxy is the one of the scheme, in lower case before upper case, and none is none', () => {
  const value = fc.option(fc.constantFrom('', ' ', 'a.example:1', 'http://b.example:2', 'https://c.example:3'), {
    nil: undefined,
  });
  const environment = fc.record({ http_proxy: value, HTTP_PROXY: value, https_proxy: value, HTTPS_PROXY: value });
  const property = fc.property(environment, fc.constantFrom('http', 'https'), (env, scheme) => {
    const [lower, upper] = scheme === 'http' ? [env.http_proxy, env.HTTP_PROXY] : [env.https_proxy, env.HTTPS_PROXY];
    // an empty one is none, as where it was unset; one of blanks is set, and says that there is none
    const text = (lower === undefined || lower === '' ? upper : lower)?.trim() ?? '';
    const expected = text === '' ? undefined : new URL(text.includes('://') ? text : `http://${text}`).host;
    assert.equal(proxyFor(new URL(`${scheme}://reg.example/`), env)?.host, expected);
  });
  fc.assert(property);
});

test('any text is a proxy or a coded error, which never shows the password in it', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary-ascii' }),
    fc
      .tuple(fc.constantFrom('', 'http://', 'socks5://', 'HTTPS://', '://', 'http:/'), fc.string(), port)
      .map(([scheme, middle, port]) => `${scheme}user:hunter2@${middle}:${port}`),
  );
  const property = fc.property(text, text, (proxy, exempt) => {
    try {
      const found = proxyFor(new URL('https://reg.example/'), { https_proxy: proxy, no_proxy: exempt });
      if (found === undefined) return;
      assert.ok(['http:', 'https:'].includes(found.protocol));
      assert.ok(!describeProxy(found).includes('hunter2'));
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      assert.equal(error.code, 'proxy-failed');
      assert.ok(!`${error.message} ${error.hint}`.includes('hunter2'));
    }
  });
  fc.assert(property, { numRuns: 1000 });
});
