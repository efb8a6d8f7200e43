import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Keeps what was signed in a file of its own in RUNNER_TEMP, one bundle a line (JSON lines), for later steps; gives its
 * path, empty where there is nothing to keep or no such folder.
 */
export function writeBundles(
  bundles: readonly Uint8Array[],
  env: Readonly<Record<string, string | undefined>>,
): string {
  const folder = env['RUNNER_TEMP'];
  if (bundles.length === 0 || !folder) return '';
  const path = join(mkdtempSync(join(folder, 'oci-referrers-bundles-')), 'bundles.jsonl');
  writeFileSync(path, Buffer.concat(bundles.flatMap((bundle) => [bundle, Buffer.from('\n')])));
  return path;
}
