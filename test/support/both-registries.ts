import { startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { skipWithoutDockerRegistry, startDockerRegistry } from './docker-registry.ts';

/** A kind of registry that the same test is run against. */
export interface RegistryKind {
  readonly name: string;
  /** How it keeps referrers. */
  readonly via: 'api' | 'tag-schema';
  /** For the option `skip` of a test. */
  readonly skip: string | false;
  readonly start: () => Promise<{ readonly host: string; close(): Promise<void> }>;
}

/** One with the referrers API, one without: whatever a user can see must be the same. */
export const BOTH_REGISTRIES: readonly RegistryKind[] = [
  { name: 'the embedded registry', via: 'api', skip: false, start: () => startEmbeddedRegistry() },
  {
    name: "Debian's docker-registry",
    via: 'tag-schema',
    skip: skipWithoutDockerRegistry(),
    start: () => startDockerRegistry(),
  },
];
