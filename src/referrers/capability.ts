/** How one repository keeps referrers. Learned from definite answers only, never from an error. */
export interface KnownCapability {
  readonly capability: 'api' | 'tag-schema';
  /** The answer that taught it, for people. */
  readonly reason: string;
}

/** What is known of repositories, for the process and perhaps between the steps of a job. Keys are Store names. */
export interface CapabilityMemory {
  get(repository: string): KnownCapability | undefined;
  set(repository: string, known: KnownCapability): void;
}

export function createCapabilityMemory(): CapabilityMemory {
  const known = new Map<string, KnownCapability>();
  return {
    get: (repository) => known.get(repository),
    set: (repository, capability) => {
      known.set(repository, capability);
    },
  };
}
