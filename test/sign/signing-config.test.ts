import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseSigningConfig } from '../../src/sign/signing-config.ts';

const NOW = new Date('2026-11-22T00:00:00Z');
const mediaType = 'application/vnd.dev.sigstore.signingconfig.v0.2+json';

function service(url: string, majorApiVersion: number, start?: string, end?: string): unknown {
  return { url, majorApiVersion, validFor: { ...(start && { start }), ...(end && { end }) } };
}

function parse(config: unknown): ReturnType<typeof parseSigningConfig> {
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  return parseSigningConfig(new TextEncoder().encode(text), 'signing_config.json', NOW);
}

describe('parseSigningConfig', () => {
  it('takes the newest service of each kind that is valid and known', () => {
    const services = parse({
      mediaType,
      caUrls: [
        service('https://ca.example/', 1, '2024-01-01T00:00:00Z'),
        service('https://old.example', 1, '2022-01-01T00:00:00Z', '2024-01-01T00:00:00Z'),
        service('https://v9.example', 9, '2026-01-01T00:00:00Z'),
      ],
      rekorTlogUrls: [
        service('https://v1.example', 1, '2021-01-01T00:00:00Z'),
        service('https://v2.example', 2, '2025-01-01T00:00:00Z'),
        service('https://soon.example', 2, '2027-01-01T00:00:00Z'),
      ],
      rekorTlogConfig: { selector: 'ANY' },
      tsaUrls: [service('https://tsa.example/api/v1/timestamp', 1)],
      tsaConfig: { selector: 'EXACT', count: 1 },
    });
    assert.deepEqual(services, {
      label: 'signing_config.json',
      fulcioUrl: 'https://ca.example',
      rekor: { url: 'https://v2.example', version: 2 },
      tsaUrl: 'https://tsa.example/api/v1/timestamp',
    });
  });

  it('leaves out what it does not name', () => {
    const { rekor, tsaUrl } = parse({ mediaType, caUrls: [service('http://127.0.0.1:1', 1)] });
    assert.deepEqual([rekor, tsaUrl], [undefined, undefined]);
  });

  const uglies: readonly (readonly [string, unknown, RegExp])[] = [
    ['no JSON', '{', /is not valid JSON/],
    ['another type', { caUrls: [] }, /its mediaType is null/],
    ['v0.1', { mediaType: mediaType.replace('v0.2', 'v0.1') }, /its mediaType is/],
    ['nothing in it', { mediaType }, /it names no service that is valid now/],
    [
      'only what is over',
      { mediaType, caUrls: [service('https://a.example', 1, undefined, '2020-01-01T00:00:00Z')] },
      /valid now/,
    ],
    ['no array', { mediaType, caUrls: {} }, /caUrls is no signing configuration: it is not an array/],
    ['no URL', { mediaType, caUrls: [service('x', 1)] }, /caUrls\[0\].*url is "x"/],
    [
      'a certificate authority without TLS on another machine',
      { mediaType, caUrls: [service('http://fulcio.example', 1)] },
      /caUrls\[0\].*http:\/\/fulcio\.example has no TLS, and gets the OIDC token/,
    ],
    [
      'a URL with a login',
      { mediaType, rekorTlogUrls: [service('https://u:secret@a.example', 1)] },
      /url holds a login/,
    ],
    ['a file URL', { mediaType, tsaUrls: [service('file:///etc', 1)] }, /tsaUrls\[0\].*url is "file:/],
    ['no version', { mediaType, caUrls: [{ url: 'https://a.example' }] }, /majorApiVersion is null/],
    ['no time', { mediaType, caUrls: [service('https://a.example', 1, 'yesterday')] }, /validFor.start is "yesterday"/],
    ['several logs at once', { mediaType, rekorTlogConfig: { selector: 'ALL' } }, /rekorTlogConfig.selector is "ALL"/],
    ['two time stamps', { mediaType, tsaConfig: { selector: 'EXACT', count: 2 } }, /tsaConfig.selector is "EXACT"/],
  ];
  for (const [name, config, message] of uglies) {
    it(`refuses ${name}`, () => {
      assert.throws(() => parse(config), { code: 'input-invalid', message, hint: /signing_config.json/ });
    });
  }
});
