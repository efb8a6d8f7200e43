import type { VerifyResult } from '../commands/verify/result.ts';
import type { CellState } from '../policy/verdict.ts';
import { unmetCells } from './unmet-cells.ts';

/** What keeps an image from passing, for the output `missing`. */
export interface MissingJson {
  /** As asked for. */
  readonly image: string;
  /** Of the column: what a platform's own evidence must be about. null: the image could not be looked at. */
  readonly digest: string | null;
  readonly rule: string | null;
  readonly column: string | null;
  readonly state: Extract<CellState, 'fail' | 'unknown'>;
  readonly reason: string;
}

/** Every unmet cell, and every image that could not be judged; empty exactly where the verdict is `pass`, or nothing was asked. */
export function buildMissing(result: VerifyResult): MissingJson[] {
  const cells = unmetCells(result).map(({ image, cell }): MissingJson => {
    const { rule, column, digest, reason } = cell;
    const state = cell.state === 'fail' ? 'fail' : 'unknown';
    return { image: image.image.requested, digest, rule, column, state, reason };
  });
  const broken = result.images.flatMap(({ requested, error }): MissingJson[] =>
    error === undefined
      ? []
      : [
          {
            image: requested,
            digest: null,
            rule: null,
            column: null,
            state: 'unknown',
            reason: `${error.code}: ${error.message}`,
          },
        ],
  );
  return [...cells, ...broken];
}
