import { relative, resolve, sep } from 'node:path';

export interface FileCoverage {
  /** From the project's root, with slashes. */
  readonly path: string;
  readonly lines: Count;
  readonly functions: Count;
  readonly branches: Count;
  /** Lines, from 1, on which a branch begins that was never taken; ascending. */
  readonly missedBranches: readonly number[];
}

export interface Count {
  readonly reached: number;
  readonly all: number;
}

/** The lcov trace that Node writes (geninfo(1)): SF, then DA, FNDA and BRDA records, then end_of_record. */
export function parseLcov(text: string, root: string): FileCoverage[] {
  return text
    .split('end_of_record')
    .flatMap((record) => {
      const file = /^SF:(.+)$/m.exec(record)?.[1];
      return file === undefined ? [] : [readRecord(record, relative(root, resolve(root, file)).split(sep).join('/'))];
    })
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function readRecord(record: string, path: string): FileCoverage {
  const lines = [...record.matchAll(/^DA:\d+,(\d+)/gm)].map(([, hits]) => Number(hits));
  const functions = [...record.matchAll(/^FNDA:(\d+),/gm)].map(([, hits]) => Number(hits));
  const branches = [...record.matchAll(/^BRDA:(\d+),\d+,\d+,(\d+|-)$/gm)].map(([, line, hits]) => ({
    line: Number(line),
    hits: hits === '-' ? 0 : Number(hits),
  }));
  const missed = branches.filter(({ hits }) => hits === 0).map(({ line }) => line);
  return {
    path,
    lines: countOf(lines),
    functions: countOf(functions),
    branches: countOf(branches.map(({ hits }) => hits)),
    missedBranches: [...new Set(missed)].toSorted((a, b) => a - b),
  };
}

function countOf(hits: readonly number[]): Count {
  return { reached: hits.filter((count) => count > 0).length, all: hits.length };
}
