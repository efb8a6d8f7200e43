import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import type { ModuleGraph } from './module-graph.ts';

/** Loaded whenever a step starts; what all of them share is the shell. */
const SHELL_ROOTS = ['src/action/main.ts', 'src/action/attach.ts', 'src/action/list.ts', 'src/action/verify.ts'];
/** The post step ends before anything else is loaded. */
const APART = ['src/action/post.ts'];
/** Loaded at the end of a step. */
const REPORT_ROOTS = ['src/action/report-attach.ts', 'src/action/report-list.ts', 'src/action/report-repair.ts'];
/** What only these share must not weigh on a step. */
const CLI = /^src\/cli\//;
/** What only the gate and signing load must not weigh on what else a step does. */
const GATE =
  /^src\/(?:(?:gate|evidence|policy|tuf|sign|github|commands\/verify|commands\/attach\/sign)\/|(?:action|cli)\/[a-z-]*verify)/;
const GATE_ROOT = 'src/action/perform-verify.ts';
/** Commands of the terminal that need most of the gate: they load all of it, so that the Action's step has it in one. */
const GATE_CLI = /^src\/cli\/run-(?:demo|policy-check|policy-init|report-merge)-cli\.ts$/;
/** Each has files that only it and the gate need: they are one chunk for both. */
const SHARING_ROOTS = ['src/action/perform-attach.ts', 'src/action/perform-list.ts'];

/**
 * esbuild makes a chunk of each set of files that is used by the same roots: thirty small ones here, and every file
 * costs a third of a millisecond at start. Files that would be loaded together anyway are brought into one chunk by
 * letting each root of the group import all of the group.
 */
export function chunkGroups(graph: ModuleGraph, root: string): Plugin {
  const late = graph.roots.filter((path) => isOurs(path) && isLate(path));
  const gate = late.filter((path) => GATE.test(path));
  const groups = [
    { files: filesOf(graph, isShell), importedBy: graph.roots.filter((path) => isOurs(path) && !APART.includes(path)) },
    { files: filesOf(graph, isHeart), importedBy: late },
    ...reportGroups(graph),
    ...SHARING_ROOTS.map((root) => ({
      files: filesOf(graph, (roots) => isSharedWithGate(root, roots)),
      importedBy: [root, ...gate],
    })),
    { files: filesOf(graph, isGate), importedBy: late.filter((path) => GATE.test(path) || GATE_CLI.test(path)) },
  ];
  return {
    name: 'chunk-groups',
    setup(build) {
      build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path: file }) => {
        const path = file.slice(root.length + 1).replaceAll('\\', '/');
        const files = groups.flatMap(({ importedBy, files: all }) => (importedBy.includes(path) ? all : []));
        if (files.length === 0) return undefined;
        const imports = files
          .filter((other) => other !== path)
          .map((other) => `import ${JSON.stringify(join(root, other))};`);
        return { contents: `${await readFile(file, 'utf8')}\n${imports.join('\n')}`, loader: 'ts' };
      });
    },
  };
}

function isOurs(path: string): boolean {
  return path.startsWith('src/');
}

function isLate(path: string): boolean {
  return ![...SHELL_ROOTS, ...APART, 'src/cli/main.ts'].includes(path) && !REPORT_ROOTS.includes(path);
}

/** Never a root: to import an entry point is to run it. */
function filesOf(
  { roots: all, rootsOf }: ModuleGraph,
  belongs: (roots: readonly string[]) => boolean,
): readonly string[] {
  const inGroup = [...rootsOf].filter(([file, roots]) => isOurs(file) && !all.includes(file) && belongs([...roots]));
  return inGroup.map(([file]) => file).sort();
}

function isShell(roots: readonly string[]): boolean {
  return SHELL_ROOTS.every((path) => roots.includes(path));
}

/** Loaded at the start of some step: the inputs of one command, which must not weigh on another's. */
function isEarly(roots: readonly string[]): boolean {
  return roots.some((path) => SHELL_ROOTS.includes(path));
}

/** Needed by more than one of the commands. */
function isHeart(roots: readonly string[]): boolean {
  const inAction = roots.filter((path) => !CLI.test(path) && !GATE.test(path));
  return !isEarly(roots) && inAction.length > 1 && !inAction.every((path) => REPORT_ROOTS.includes(path));
}

/** What the terminal's reports need too, without what only the Action's do: each is one chunk for all that use any of it. */
function reportGroups(
  graph: ModuleGraph,
): { readonly files: readonly string[]; readonly importedBy: readonly string[] }[] {
  const both = filesOf(graph, (roots) => isReport(roots) && roots.some((path) => CLI.test(path)));
  const action = filesOf(graph, (roots) => isReport(roots) && !roots.some((path) => CLI.test(path)));
  return [both, action].map((files) => ({
    files,
    importedBy: [...new Set(files.flatMap((file) => [...(graph.rootsOf.get(file) ?? [])]))],
  }));
}

function isReport(roots: readonly string[]): boolean {
  const inAction = roots.filter((path) => !CLI.test(path) && !GATE.test(path));
  return !isEarly(roots) && inAction.length > 1 && inAction.every((path) => REPORT_ROOTS.includes(path));
}

/** Needed at once by one command, and by the gate or by what it loads later. */
function isSharedWithGate(root: string, roots: readonly string[]): boolean {
  if (isEarly(roots) || isHeart(roots) || !roots.includes(root)) return false;
  return roots.some((path) => GATE.test(path) && !CLI.test(path));
}

/** Needed by the gate, and again by what it loads later, or by the terminal's commands about policies. */
function isGate(roots: readonly string[]): boolean {
  if (isEarly(roots) || !roots.includes(GATE_ROOT) || roots.length <= 2) return false;
  return roots.every((path) => GATE.test(path) || GATE_CLI.test(path));
}
