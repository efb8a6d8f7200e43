import type { VerifyResult } from '../commands/verify/result.ts';
import type { Warning } from '../errors/warning.ts';
import { byteLength } from '../report/truncate.ts';
import { buildVerifyJson } from '../report/verify-json.ts';
import { buildMissing } from '../report/verify-missing.ts';
import { writeReportFile } from './report-file.ts';

/** A larger output is left empty: the runner keeps outputs in memory, and a step's environment holds no more. */
const MAX_MISSING_BYTES = 256 * 1024;

/** The outputs of `verify`, each set in every run that comes to a result, and a warning if one had to stay empty. */
export async function buildVerifyOutputs(
  result: VerifyResult,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly outputs: Record<string, string>; readonly warning: Warning | undefined }> {
  const path = await writeReportFile(JSON.stringify(buildVerifyJson(result)), env);
  const missing = JSON.stringify(buildMissing(result));
  const fits = byteLength(missing) <= MAX_MISSING_BYTES;
  const judged = result.images.flatMap(({ verdict }) => verdict?.image ?? []);
  const [only] = judged;
  const outputs = {
    verdict: result.verdict,
    digest: only !== undefined && result.images.length === 1 ? only.digest : '',
    // of an image that could not be judged there is nothing to use downstream
    reference: [...new Set(judged.map(({ repository, digest }) => `${repository}@${digest}`))].join('\n'),
    'report-path': path,
    'evidence-path': result.download?.index ?? '',
    missing: fits ? missing : '',
  };
  return { outputs, warning: fits ? undefined : tooLarge(byteLength(missing), path) };
}

function tooLarge(bytes: number, path: string): Warning {
  return {
    code: 'output-truncated',
    message: `the output missing would have ${bytes} bytes, more than ${MAX_MISSING_BYTES}: it is empty, read ${path} (output report-path)`,
  };
}
