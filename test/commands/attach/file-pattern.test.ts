import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fillPlaceholders, hasPlaceholder, platformSpellings } from '../../../src/commands/attach/file-pattern.ts';
import type { Platform } from '../../../src/oci/descriptor.ts';

const AMD64: Platform = { os: 'linux', architecture: 'amd64' };
const ARM_V7: Platform = { os: 'linux', architecture: 'arm', variant: 'v7' };
const ARM64_V8: Platform = { os: 'linux', architecture: 'arm64', variant: 'v8' };

describe('hasPlaceholder', () => {
  const patterns: readonly (readonly [pattern: string, has: boolean])[] = [
    ['sbom.json', false],
    ['sbom-{os}.json', true],
    ['{platform}/sbom.json', true],
    ['sbom-{arch}{variant}.json', true],
    ['sbom.{spdx,cdx}.json', false],
    ['part-{1..3}.json', false],
    ['{spdx,cdx}-{os}.json', true],
    ['[{]os}.json', false],
    ['a{b.json', false],
    ['a}b.json', false],
  ];
  for (const [pattern, has] of patterns) {
    it(`says ${has} of ${pattern}`, () => {
      assert.equal(hasPlaceholder(pattern), has);
    });
  }

  for (const pattern of ['sbom-{architecture}.json', '{OS}', '{}', '{os }', 'x-{os}-{toString}', '{constructor}']) {
    it(`refuses ${pattern}, which is no placeholder that it knows`, () => {
      assert.throws(() => hasPlaceholder(pattern), {
        code: 'placeholder-unknown',
        message: /is not a placeholder, expected one of \{os\}, \{arch\}, \{variant\}, \{platform\}/,
      });
    });
  }
});

describe('fillPlaceholders', () => {
  const filled: readonly (readonly [pattern: string, platform: Platform, path: string])[] = [
    ['sbom-{os}-{arch}.json', AMD64, 'sbom-linux-amd64.json'],
    ['sbom-{os}-{arch}{variant}.json', ARM_V7, 'sbom-linux-armv7.json'],
    ['sbom-{arch}{variant}.json', AMD64, 'sbom-amd64.json'],
    ['{platform}/sbom-{platform}.json', ARM_V7, 'linux-arm-v7/sbom-linux-arm-v7.json'],
    ['{platform}', AMD64, 'linux-amd64'],
    ['{a,b}-{os}-{1..2}', AMD64, '{a,b}-linux-{1..2}'],
    ['[{]os}-{os}', AMD64, '[{]os}-linux'],
  ];
  for (const [pattern, platform, path] of filled) {
    it(`fills ${pattern} to ${path}`, () => {
      assert.equal(fillPlaceholders(pattern, platform), path);
    });
  }

  it('leaves a pattern without placeholders as it is, platform or not', () => {
    assert.equal(fillPlaceholders('sbom.json', undefined), 'sbom.json');
  });

  it('cannot fill a placeholder where there is no platform', () => {
    assert.throws(() => fillPlaceholders('{os}.json', undefined), {
      code: 'placeholder-unknown',
      message: /has no platform/,
    });
  });

  const evil: readonly Platform[] = [
    { os: '..', architecture: 'amd64' },
    { os: 'linux/../..', architecture: 'amd64' },
    { os: '*', architecture: 'amd64' },
    { os: 'linux', architecture: '' },
    { os: 'linux', architecture: 'amd64', variant: '$&' },
    { os: 'linux', architecture: 'a..b' },
    { os: 'C:\\', architecture: 'amd64' },
  ];
  for (const platform of evil) {
    it(`does not let an index name ${JSON.stringify(platform)} into a path`, () => {
      assert.throws(() => fillPlaceholders('{os}/{arch}', platform), { code: 'platform-invalid' });
    });
  }
});

describe('platformSpellings', () => {
  it('spells arm64/v8 both ways, the exact one first, and all else one way', () => {
    assert.deepEqual(platformSpellings(ARM64_V8), [ARM64_V8, { os: 'linux', architecture: 'arm64' }]);
    assert.deepEqual(platformSpellings(ARM_V7), [ARM_V7]);
    assert.deepEqual(platformSpellings(undefined), [undefined]);
  });
});
