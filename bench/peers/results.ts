import { median } from '../measure.ts';
import type { Contender } from './contender.ts';
import type { Cost } from './measured-run.ts';
import type { Row } from './rows.ts';

/** Runs of one contender in one row. */
export interface Samples {
  readonly contender: Contender;
  /** Without a delay. */
  readonly quick: readonly Cost[];
  /** With the delay. */
  readonly slow: readonly (Cost & { readonly requests: number; readonly rounds: number })[];
}

/** A row's table: who did it, and who did not, with why. */
export interface RowResult {
  readonly row: Row;
  readonly samples: readonly Samples[];
  readonly absent: readonly { readonly name: string; readonly why: string }[];
}

/** One line of a table: figures of a contender, and how many times ours they are (runs of one round compared, median). */
export interface Line {
  readonly name: string;
  readonly requests: number;
  readonly rounds: number;
  readonly quickMs: Figure;
  readonly slowMs: Figure;
  readonly cpuMs: Figure;
  readonly rssMiB: Figure;
}

interface Figure {
  readonly value: number;
  /** Undefined where it is ours that others are compared with. */
  readonly ratio: number | undefined;
}

export function linesOf({ samples }: RowResult): readonly Line[] {
  return samples.map(({ contender, quick, slow }) => {
    const base = samples.find((other) => other.contender.beside === contender.beside);
    const own = base?.contender === contender;
    const figure = (
      runs: readonly Cost[],
      others: readonly Cost[] | undefined,
      of: (cost: Cost) => number,
    ): Figure => ({
      value: median(runs.map(of)),
      ratio: own || others === undefined ? undefined : pairedRatio(runs.map(of), others.map(of)),
    });
    return {
      name: contender.name,
      requests: median(slow.map(({ requests }) => requests)),
      rounds: median(slow.map(({ rounds }) => rounds)),
      quickMs: figure(quick, base?.quick, ({ wallMs }) => wallMs),
      slowMs: figure(slow, base?.slow, ({ wallMs }) => wallMs),
      cpuMs: figure(quick, base?.quick, ({ cpuMs }) => cpuMs),
      rssMiB: figure(quick, base?.quick, ({ rssMiB }) => rssMiB),
    };
  });
}

function pairedRatio(values: readonly number[], bases: readonly number[]): number {
  return median(values.map((value, i) => value / (bases[i] ?? Number.NaN)));
}
