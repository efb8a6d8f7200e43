import type { EmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';

/** Every switch off, for the next test. */
export function clearQuirks(registry: EmbeddedRegistry): void {
  for (const name of Object.keys(registry.quirks)) delete registry.quirks[name as keyof typeof registry.quirks];
}
