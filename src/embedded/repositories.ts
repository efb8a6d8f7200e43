import { Layout } from '../store/layout/layout.ts';
import { MemoryBackend } from '../store/layout/memory-backend.ts';

/** The repositories of a registry, each an OCI layout of its own. */
export interface Repositories {
  /** undefined: nothing was ever pushed to it. */
  find(name: string): Promise<Layout | undefined>;
  /** Makes it if it is not there. */
  open(name: string): Promise<Layout>;
  /** The ones opened so far. */
  readonly opened: ReadonlyMap<string, Layout>;
}

export class MemoryRepositories implements Repositories {
  readonly opened = new Map<string, Layout>();

  async find(name: string): Promise<Layout | undefined> {
    return this.opened.get(name);
  }

  async open(name: string): Promise<Layout> {
    const known = this.opened.get(name);
    if (known !== undefined) return known;
    const layout = new Layout(new MemoryBackend());
    this.opened.set(name, layout);
    return layout;
  }
}
