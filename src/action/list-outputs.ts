import type { ListResult } from '../commands/list/result.ts';
import type { Warning } from '../errors/warning.ts';
import { escapeTerminal } from '../report/escape.ts';
import { buildOrasJson } from '../report/oras-json.ts';
import { selectedRows } from '../report/referrer-rows.ts';
import { byteLength } from '../report/truncate.ts';
import { writeReportFile } from './report-file.ts';

/** A larger output is left empty: the runner keeps outputs in memory, and a step's environment holds no more. */
const MAX_REFERRERS_BYTES = 256 * 1024;

/** The outputs of `list`, each set in every run that comes to a result, and a warning if one had to stay empty. */
export async function buildListOutputs(
  result: ListResult,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly outputs: Record<string, string>; readonly warning: Warning | undefined }> {
  const json = JSON.stringify(buildOrasJson(result.images));
  const path = await writeReportFile(json, env);
  const rows = result.images.flatMap(({ tree }) => (tree === undefined ? [] : selectedRows(tree)));
  const fits = byteLength(json) <= MAX_REFERRERS_BYTES;
  const outputs = {
    referrers: fits ? json : '',
    'referrers-path': path,
    digests: unique(rows.map(({ referrer }) => referrer.descriptor.digest)).join('\n'),
    count: String(result.count),
    // a type is a registry's text: it must not make two lines of one
    'artifact-types': unique(rows.flatMap(({ referrer }) => referrer.descriptor.artifactType ?? []))
      .map(escapeTerminal)
      .join('\n'),
    complete: String(result.complete),
  };
  return { outputs, warning: fits ? undefined : tooLarge(byteLength(json), path) };
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

function tooLarge(bytes: number, path: string): Warning {
  return {
    code: 'output-truncated',
    message: `the output referrers would have ${bytes} bytes, more than ${MAX_REFERRERS_BYTES}: it is empty, read ${path} (output referrers-path)`,
  };
}
