import type { CellState } from '../policy/verdict.ts';
import type { TextStyle } from './text-style.ts';

/** The sign of a cell in a terminal. */
export const CELL_MARKS: Readonly<Record<CellState, string>> = {
  pass: '✓',
  fail: '✗',
  unknown: '?',
  waived: '~',
  skipped: '-',
  'not-applicable': '·',
};

/** Its colour. */
export function cellStyle(state: CellState, style: TextStyle): (text: string) => string {
  if (state === 'pass') return style.good;
  if (state === 'fail') return style.bad;
  return state === 'unknown' || state === 'waived' ? style.warn : style.dim;
}
