import { type CelInput, type CelList, type CelValue, celList } from '@bufbuild/cel';

/** The array that a joined list is the beginning of, and how much of it. */
interface Beginning {
  readonly array: CelInput[];
  readonly size: number;
}

/** Longest list that `+`, `map` or `filter` makes. */
const MAX_ELEMENTS = 1_000_000;

const beginnings = new WeakMap<CelList, Beginning>();

/**
 * `left + right`. `map` and `filter` append one element at a time, thousands of times: as nested lists those could not
 * be read, as copies they would take the square of the time. So what is appended goes to the end of the array that the
 * left list shares, unless something else was appended to that list before; no list ever changes.
 */
export function concatLists(left: CelList, right: CelList): CelList {
  if (left.size + right.size > MAX_ELEMENTS) throw new RangeError('the list becomes too long');
  const beginning = beginnings.get(left);
  const isWhole = beginning !== undefined && beginning.array.length === beginning.size;
  const array: CelInput[] = isWhole ? beginning.array : [...left];
  for (const element of [...right]) array.push(element);
  return beginningOf(array);
}

function beginningOf(array: CelInput[]): CelList {
  const list = celList(array);
  const size = array.length;
  const values = function* (): Generator<CelValue> {
    for (let at = 0; at < size; at++) {
      const element = list.get(at);
      if (element !== undefined) yield element;
    }
  };
  // the library's list reads its own size, which is the array's
  Object.defineProperties(list, {
    size: { value: size },
    values: { value: values },
    [Symbol.iterator]: { value: values },
  });
  beginnings.set(list, { array, size });
  return list;
}
