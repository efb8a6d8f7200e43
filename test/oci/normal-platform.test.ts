import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Platform } from '../../src/oci/descriptor.ts';
import { normalizePlatform } from '../../src/oci/normal-platform.ts';
import { fc } from '../support/fast-check.ts';

function platformOf(text: string): Platform {
  const [os = '', architecture = '', variant] = text.split('/');
  return { os, architecture, ...(variant !== undefined && { variant }) };
}

describe('a platform as runtimes compare it', () => {
  // containerd/platforms 1.0.0-rc.5 database.go
  const ROWS: readonly [written: string, normal: string][] = [
    ['linux/amd64', 'linux/amd64'],
    ['Linux/AMD64', 'linux/amd64'],
    ['LİNUX/amd64', 'linux/amd64'],
    ['linux/x86_64', 'linux/amd64'],
    ['linux/x86-64', 'linux/amd64'],
    ['linux/X86_64/V1', 'linux/amd64'],
    ['linux/amd64/v1', 'linux/amd64'],
    ['linux/amd64/v2', 'linux/amd64/v2'],
    ['linux/amd64/', 'linux/amd64'],
    ['linux/aarch64', 'linux/arm64'],
    ['linux/arm64/8', 'linux/arm64'],
    ['linux/arm64/v8', 'linux/arm64'],
    ['linux/arm64/v8.0', 'linux/arm64'],
    ['linux/arm64/v8.1', 'linux/arm64/v8.1'],
    ['linux/aarch64/9', 'linux/arm64/v9'],
    ['linux/arm64/9.0', 'linux/arm64/v9'],
    ['linux/arm64/v9.0', 'linux/arm64/v9'],
    ['linux/arm', 'linux/arm/v7'],
    ['linux/arm/5', 'linux/arm/v5'],
    ['linux/arm/6', 'linux/arm/v6'],
    ['linux/arm/7', 'linux/arm/v7'],
    ['linux/arm/8', 'linux/arm/v8'],
    ['linux/ARM/V6', 'linux/arm/v6'],
    ['linux/armhf', 'linux/arm/v7'],
    ['linux/armhf/v6', 'linux/arm/v7'],
    ['linux/armel', 'linux/arm/v6'],
    ['linux/i386', 'linux/386'],
    ['linux/i386/sse2', 'linux/386'],
    ['linux/386/sse2', 'linux/386/sse2'],
    ['macOS/arm64', 'darwin/arm64'],
    ['linux/riscv64', 'linux/riscv64'],
    ['linux/__proto__/constructor', 'linux/__proto__/constructor'],
  ];
  for (const [written, normal] of ROWS) {
    it(`${written} is ${normal}`, () => assert.deepEqual(normalizePlatform(platformOf(written)), platformOf(normal)));
  }

  it('is the same compared again, and has no other letters than small ones', () => {
    const part = fc.oneof(
      fc.constantFrom(...ROWS.flatMap(([written]) => written.split('/'))),
      fc.string({ minLength: 1 }),
    );
    fc.assert(
      fc.property(part, part, fc.option(part, { nil: undefined }), (os, architecture, variant) => {
        const normal = normalizePlatform({ os, architecture, ...(variant !== undefined && { variant }) });
        assert.deepEqual(normalizePlatform(normal), normal);
        assert.doesNotMatch(`${normal.os}/${normal.architecture}/${normal.variant}`, /[A-Z]/);
      }),
    );
  });
});
