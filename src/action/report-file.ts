import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Writes a report to a new file in RUNNER_TEMP, where later steps of the job read it, and gives its path. */
export async function writeReportFile(
  json: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const folder = env['RUNNER_TEMP'] || tmpdir();
  const path = join(folder, `oci-referrers-${randomUUID()}.json`);
  await mkdir(folder, { recursive: true });
  await writeFile(path, json);
  return path;
}
