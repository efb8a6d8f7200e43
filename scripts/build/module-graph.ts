import type { Metafile } from 'esbuild';

/** Which files of a bundle load at once with which: roots are entry points and targets of `import()`. */
export interface ModuleGraph {
  readonly roots: readonly string[];
  /** Source file -> the roots whose loading loads it. */
  readonly rootsOf: ReadonlyMap<string, ReadonlySet<string>>;
}

export function readModuleGraph({ inputs }: Metafile, entryPoints: readonly string[]): ModuleGraph {
  const importsOf = (file: string, dynamic: boolean): string[] =>
    (inputs[file]?.imports ?? []).flatMap(({ path, kind, external }) =>
      !external && (kind === 'dynamic-import') === dynamic ? [path] : [],
    );
  const dynamicRoots = Object.keys(inputs).flatMap((file) => importsOf(file, true));
  const roots = [...new Set([...entryPoints, ...dynamicRoots])].sort();
  const rootsOf = new Map<string, Set<string>>();
  for (const root of roots) {
    const queue = [root];
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      const known = rootsOf.get(file) ?? new Set();
      if (known.has(root)) continue;
      rootsOf.set(file, known.add(root));
      queue.push(...importsOf(file, false));
    }
  }
  return { roots, rootsOf };
}
