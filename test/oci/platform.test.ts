import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import type { Descriptor, Platform } from '../../src/oci/descriptor.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { formatPlatform, isRunnableEntry, matchesPlatform, parsePlatform } from '../../src/oci/platform.ts';
import { fc } from '../support/fast-check.ts';

describe('parsePlatform', () => {
  const GOODIES: readonly [text: string, platform: Platform][] = [
    ['linux/amd64', { os: 'linux', architecture: 'amd64' }],
    ['linux/arm/v7', { os: 'linux', architecture: 'arm', variant: 'v7' }],
    ['windows/amd64', { os: 'windows', architecture: 'amd64' }],
    ['wasip1/wasm', { os: 'wasip1', architecture: 'wasm' }],
    ['a.b_c-d/e.f/G', { os: 'a.b_c-d', architecture: 'e.f', variant: 'G' }],
  ];
  for (const [text, platform] of GOODIES) {
    it(`reads ${text}`, () => {
      assert.deepEqual(parsePlatform(text), platform);
      assert.equal(formatPlatform(platform), text);
    });
  }

  for (const text of [
    '',
    'linux',
    'linux/',
    '/amd64',
    'linux//v7',
    'linux/arm/v7/x',
    'linux/arm/',
    'linux amd64',
    'linux/am d64',
    '../amd64',
    'linux/é',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => parsePlatform(text),
        (error) => {
          assert.ok(error instanceof CodedError);
          assert.equal(error.code, 'platform-invalid');
          assert.ok(error.message.includes(JSON.stringify(text)));
          assert.match(error.hint ?? '', /linux\/amd64/);
          return true;
        },
      );
    });
  }

  it('reads what formatPlatform writes', () => {
    const part = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,8}$/);
    fc.assert(
      fc.property(part, part, fc.option(part, { nil: undefined }), (os, architecture, variant) => {
        const platform = { os, architecture, ...(variant !== undefined && { variant }) };
        assert.deepEqual(parsePlatform(formatPlatform(platform)), platform);
        assert.ok(matchesPlatform(platform, platform));
      }),
    );
  });
});

describe('matchesPlatform', () => {
  const ROWS: readonly [wanted: string, actual: string, matches: boolean][] = [
    ['linux/amd64', 'linux/amd64', true],
    ['linux/amd64', 'linux/arm64', false],
    ['linux/amd64', 'windows/amd64', false],
    ['linux/arm', 'linux/arm/v7', true],
    ['linux/arm/v7', 'linux/arm/v7', true],
    ['linux/arm/v7', 'linux/arm/v6', false],
    ['linux/arm/v7', 'linux/arm', true],
    ['linux/arm/v6', 'linux/arm', false],
    ['linux/arm', 'linux/arm/v6', true],
    ['linux/ARM', 'linux/arm/v6', true],
    ['linux/armhf', 'linux/arm/v7', true],
    ['linux/armhf', 'linux/arm/v6', false],
    ['linux/arm/v6', 'linux/armel', true],
    ['linux/arm/v7', 'linux/arm/7', true],
    ['linux/amd64', 'linux/x86_64', true],
    ['linux/x86-64', 'linux/amd64', true],
    ['linux/amd64', 'Linux/AMD64', true],
    ['linux/amd64', 'linux/amd64/v2', true],
    ['linux/amd64/v1', 'linux/amd64', true],
    ['linux/386', 'linux/i386', true],
    ['linux/arm64', 'linux/aarch64/8', true],
    ['darwin/arm64', 'macos/arm64', true],
    ['linux/amd64', 'linux/386', false],
    ['linux/arm64', 'linux/arm64/v8', true],
    ['linux/arm64/v8', 'linux/arm64', true],
    ['linux/arm64/v8', 'linux/arm64/v8', true],
    ['linux/arm64/v9', 'linux/arm64', false],
    ['linux/arm64', 'linux/arm64/v9', true],
    ['linux/arm64/v8', 'linux/arm64/v9', false],
    ['linux/amd64/v1', 'linux/amd64/v3', false],
    ['linux/amd64/v2', 'linux/amd64', false],
  ];
  for (const [wanted, actual, matches] of ROWS) {
    it(`${matches ? 'takes' : 'does not take'} ${actual} for ${wanted}`, () => {
      assert.equal(matchesPlatform(parsePlatform(wanted), parsePlatform(actual)), matches);
    });
  }
});

describe('isRunnableEntry', () => {
  const entry = (rest: Partial<Descriptor>): Descriptor => ({
    mediaType: 'a/b',
    digest: digestOf('x'),
    size: 1,
    ...rest,
  });
  const unknown = { os: 'unknown', architecture: 'unknown' };

  it('takes a platform, and an entry that names none', () => {
    assert.ok(isRunnableEntry(entry({ platform: { os: 'linux', architecture: 'amd64' } })));
    assert.ok(isRunnableEntry(entry({ platform: { os: 'linux', architecture: 'unknown' } })));
    assert.ok(isRunnableEntry(entry({})));
    assert.ok(isRunnableEntry(entry({ annotations: { other: 'x' } })));
  });

  const mark = { 'vnd.docker.reference.type': 'attestation-manifest' };

  it("passes over BuildKit's attestations, by their platform", () => {
    assert.ok(!isRunnableEntry(entry({ platform: unknown })));
    assert.ok(!isRunnableEntry(entry({ platform: unknown, annotations: mark })));
  });

  it('takes what a runtime would run, whatever marks it as an attestation', () => {
    assert.ok(isRunnableEntry(entry({ annotations: mark })));
    assert.ok(isRunnableEntry(entry({ platform: { os: 'linux', architecture: 'amd64' }, annotations: mark })));
  });
});
