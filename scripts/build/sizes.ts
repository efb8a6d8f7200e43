import { basename } from 'node:path';
import type { Metafile } from 'esbuild';

/** Output paths that are loaded when `entry` starts: itself and its static imports, all the way. */
export function staticClosure(metafile: Metafile, entry: string): Set<string> {
  const loaded = new Set<string>();
  const queue = [entry];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (loaded.has(path)) continue;
    loaded.add(path);
    const imports = metafile.outputs[path]?.imports ?? [];
    queue.push(...imports.filter(({ kind, external }) => kind === 'import-statement' && !external).map((i) => i.path));
  }
  return loaded;
}

export function bytesOf(metafile: Metafile, paths: Iterable<string>): number {
  return [...paths].reduce((sum, path) => sum + (metafile.outputs[path]?.bytes ?? 0), 0);
}

/** A table: each entry point, what its start loads, what it may load later. */
export function renderSizes(metafile: Metafile): string {
  const entries = Object.entries(metafile.outputs).filter(
    ([path, { entryPoint }]) => entryPoint && !/chunks\/|\/library-/.test(path),
  );
  const rows = entries.map(
    ([path]) => `${basename(path).padEnd(16)} ${kilobytes(bytesOf(metafile, staticClosure(metafile, path)))} at start`,
  );
  const total = `${'all'.padEnd(16)} ${kilobytes(bytesOf(metafile, Object.keys(metafile.outputs)))}`;
  return [...rows, total].join('\n');
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1).padStart(8)} kB`;
}
