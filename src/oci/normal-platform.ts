import type { Platform } from './descriptor.ts';

/** What a name of an architecture stands for; `variant`: whatever the platform says of its own. */
interface Architecture {
  readonly architecture: string;
  readonly variant?: string;
}

const ARCHITECTURES = new Map<string, Architecture>([
  ['x86_64', { architecture: 'amd64' }],
  ['x86-64', { architecture: 'amd64' }],
  ['aarch64', { architecture: 'arm64' }],
  ['i386', { architecture: '386', variant: '' }],
  ['armhf', { architecture: 'arm', variant: 'v7' }],
  ['armel', { architecture: 'arm', variant: 'v6' }],
]);

/** Architecture -> variant -> what it is the same as; '' is none. */
const VARIANTS = new Map<string, ReadonlyMap<string, string>>([
  ['amd64', new Map([['v1', '']])],
  [
    'arm64',
    new Map([
      ['8', ''],
      ['v8', ''],
      ['v8.0', ''],
      ['9', 'v9'],
      ['9.0', 'v9'],
      ['v9.0', 'v9'],
    ]),
  ],
  [
    'arm',
    new Map([
      ['', 'v7'],
      ['5', 'v5'],
      ['6', 'v6'],
      ['7', 'v7'],
      ['8', 'v8'],
    ]),
  ],
]);

/**
 * A platform as containerd compares it, and with it docker, BuildKit and Kubernetes nodes (github.com/containerd/platforms
 * 1.0.0-rc.5, database.go): small letters, one name for each system, architecture and variant. What is not in the
 * tables stays as it is.
 */
export function normalizePlatform(platform: Platform): Pick<Platform, 'os' | 'architecture' | 'variant'> {
  const os = lower(platform.os);
  const name = lower(platform.architecture);
  const known: Architecture = ARCHITECTURES.get(name) ?? { architecture: name };
  const said = known.variant ?? lower(platform.variant ?? '');
  const variant = VARIANTS.get(known.architecture)?.get(said) ?? said;
  return {
    os: os === 'macos' ? 'darwin' : os,
    architecture: known.architecture,
    ...(variant !== '' && { variant }),
  };
}

/** Go's strings.ToLower, which goes letter by letter: U+0130 becomes an i, and not an i with a dot to follow. */
export function lower(text: string): string {
  return text.replaceAll('\u0130', 'i').toLowerCase();
}
