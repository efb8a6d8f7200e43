import { type CelInput, celList, celMap } from '@bufbuild/cel';
import { isJsonObject, type JsonValue } from '../../oci/strict-json.ts';

/**
 * A JSON value as CEL sees it: numbers are doubles (CEL spec, "JSON data conversion"), objects maps with own keys only,
 * so that `__proto__` and `constructor` are keys like others. A key whose value is null is there: the library's maps
 * say of such a key that it is not.
 */
export function jsonToCel(value: JsonValue): CelInput {
  if (Array.isArray(value)) return celList(value.map(jsonToCel));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]): [string, CelInput] => [key, jsonToCel(item ?? null)]);
  const own = new Map(entries);
  const map = celMap(own);
  return Object.assign(map, { has: (key: unknown) => typeof key === 'string' && own.has(key) });
}
