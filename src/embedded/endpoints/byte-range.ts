import type { BlobRange } from '../../store/layout/layout-backend.ts';

/**
 * `Range: bytes=a-b`, `a-`, `-n` of RFC 9110 §14.1.2 -> bytes [start, end). undefined: there is none, or one that a
 * server may ignore (another unit, several ranges, bad syntax). A range that ends before it begins is rejected, which
 * §14.2 leaves open and the conformance suite asks for.
 */
export function parseRange(header: string | undefined, size: number): BlobRange | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header?.trim() ?? '');
  if (match === null) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const start = Math.max(0, size - Number(last));
    return start < size ? { start, end: size } : 'unsatisfiable';
  }
  const start = Number(first);
  if (start >= size || (last !== '' && Number(last) < start)) return 'unsatisfiable';
  return { start, end: last === '' ? size : Math.min(size, Number(last) + 1) };
}
