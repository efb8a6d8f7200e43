import type { JsonValue } from '../../src/oci/strict-json.ts';
import { fc } from './fast-check.ts';

type Path = readonly (string | number)[];

/** What may stand in the place of anything: values of every kind, and nothing. */
const ANYTHING = [
  undefined,
  null,
  0,
  -1,
  1.5,
  7,
  1e300,
  true,
  '',
  'text',
  [],
  [null],
  {},
  { __proto__: null },
] as const;

/** A good document in which one value or two are something else, or gone: it gets further than what is wrong altogether. */
export function nearJson(good: JsonValue): fc.Arbitrary<string> {
  const change = fc.tuple(fc.constantFrom(...pathsOf(good)), fc.constantFrom<unknown>(...ANYTHING));
  return fc
    .array(change, { minLength: 1, maxLength: 2 })
    .map((changes) => changes.reduce<unknown>((document, [path, value]) => replaceAt(document, path, value), good))
    .map((document) => JSON.stringify(document) ?? '');
}

function pathsOf(value: JsonValue): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [[]];
  return [[], ...Object.entries(value).flatMap(([key, child]) => pathsOf(child ?? null).map((rest) => [key, ...rest]))];
}

function replaceAt(document: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  if (typeof document !== 'object' || document === null) return document; // an earlier change took it away
  if (Array.isArray(document)) return document.map((one, i) => (String(i) === key ? replaceAt(one, rest, value) : one));
  const child = replaceAt((document as Record<string, unknown>)[key], rest, value);
  return { ...document, [key]: child };
}
