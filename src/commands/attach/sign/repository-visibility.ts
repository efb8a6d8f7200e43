import { readFile } from 'node:fs/promises';
import { isJsonObject, type JsonValue, parseStrictJson } from '../../../oci/strict-json.ts';

/**
 * What the event of the workflow run says of its repository: `public`, `private` or `internal`; undefined where it says
 * nothing that can be read, which nobody may take for public.
 */
export async function repositoryVisibility(
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const path = env['GITHUB_EVENT_PATH'];
  const payload = path ? await readEvent(path) : undefined;
  const repository = isJsonObject(payload) ? payload['repository'] : undefined;
  if (!isJsonObject(repository)) return undefined;
  const { visibility, private: isPrivate } = repository;
  if (typeof visibility === 'string' && visibility !== '') return visibility;
  if (typeof isPrivate !== 'boolean') return undefined;
  return isPrivate ? 'private' : 'public';
}

async function readEvent(path: string): Promise<JsonValue | undefined> {
  try {
    return parseStrictJson(await readFile(path), { what: 'the event' });
  } catch {
    return undefined; // the token's own claim is asked next
  }
}
