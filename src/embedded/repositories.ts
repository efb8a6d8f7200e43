import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describeTitleProblem } from '../oci/title.ts';
import { DiskBackend } from '../store/layout/disk-backend.ts';
import { Layout } from '../store/layout/layout.ts';
import { MemoryBackend } from '../store/layout/memory-backend.ts';
import { createLayout, isLayout } from '../store/layout/open-layout.ts';

/** The repositories of a registry, each an OCI layout of its own. */
export interface Repositories {
  /** undefined: nothing was ever pushed to it. */
  find(name: string): Promise<Layout | undefined>;
  /** Makes it if it is not there. */
  open(name: string): Promise<Layout>;
  all(): Promise<readonly Layout[]>;
  /** Whether a repository can have the name here. */
  takesName(name: string): boolean;
}

const OPTIONS = { passOverBroken: true };

export class MemoryRepositories implements Repositories {
  readonly #layouts = new Map<string, Layout>();

  async find(name: string): Promise<Layout | undefined> {
    return this.#layouts.get(name);
  }

  async open(name: string): Promise<Layout> {
    const known = this.#layouts.get(name);
    if (known !== undefined) return known;
    const layout = new Layout(new MemoryBackend(), OPTIONS);
    this.#layouts.set(name, layout);
    return layout;
  }

  async all(): Promise<readonly Layout[]> {
    return [...this.#layouts.values()];
  }

  takesName(): boolean {
    return true;
  }
}

/** ROOT/<repository>/ is a layout that other tools can read while the registry runs. */
export class DiskRepositories implements Repositories {
  readonly #root: string;
  readonly #platform: NodeJS.Platform;
  readonly #layouts = new Map<string, Layout>();
  readonly #opening = new Map<string, Promise<Layout>>();

  constructor(root: string, platform: NodeJS.Platform = process.platform) {
    this.#root = root;
    this.#platform = platform;
  }

  async find(name: string): Promise<Layout | undefined> {
    const known = this.#layouts.get(name);
    if (known !== undefined) return known;
    return this.takesName(name) && (await isLayout(join(this.#root, name))) ? this.#remember(name) : undefined;
  }

  async open(name: string): Promise<Layout> {
    const opening = this.#opening.get(name) ?? this.#open(name);
    this.#opening.set(name, opening);
    return opening.finally(() => this.#opening.delete(name));
  }

  async #open(name: string): Promise<Layout> {
    const known = await this.find(name);
    if (known !== undefined) return known;
    await createLayout(join(this.#root, name));
    return this.#remember(name);
  }

  #remember(name: string): Layout {
    const layout = this.#layouts.get(name) ?? new Layout(new DiskBackend(join(this.#root, name)), OPTIONS);
    this.#layouts.set(name, layout);
    return layout;
  }

  async all(): Promise<readonly Layout[]> {
    const names = await this.#names('');
    const layouts = await Promise.all(names.map((name) => this.find(name)));
    return layouts.filter((layout) => layout !== undefined);
  }

  async #names(folder: string): Promise<string[]> {
    const entries = await readdir(join(this.#root, folder), { withFileTypes: true });
    const folders = entries
      .filter(({ name }) => !isReserved(name) && !name.startsWith('.'))
      .filter((e) => e.isDirectory());
    const names = folders.map((entry) => (folder === '' ? entry.name : `${folder}/${entry.name}`));
    const nested = await Promise.all(names.map((name) => this.#names(name)));
    return [...names, ...nested.flat()];
  }

  /** `acme/blobs` would lie within the layout of `acme`, and `acme/nul` is a device on Windows. */
  takesName(name: string): boolean {
    if (this.#platform === 'win32' && describeTitleProblem(name) !== undefined) return false;
    return name.split('/').every((part) => !isReserved(part));
  }
}

/** Also the files that are there for a moment only: the lock, and what is about to be renamed. */
function isReserved(part: string): boolean {
  return part === 'blobs' || part.startsWith('index.json') || part.startsWith('oci-layout');
}
