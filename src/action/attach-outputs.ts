import type { AttachedRow, AttachResult } from '../commands/attach/result.ts';
import { buildAttachJson } from '../report/attach-json.ts';

/** The outputs of `attach`, each set in every run that comes to a result. */
export function buildAttachOutputs(result: AttachResult): Record<string, string> {
  const done = result.rows.filter(isDone);
  const only = done.length === 1 ? done[0] : undefined;
  return {
    attached: JSON.stringify(buildAttachJson(result)),
    count: String(done.length),
    'subject-digest': result.subjectDigests.join('\n'),
    digest: only?.digest ?? '',
    reference: only?.digest === undefined ? '' : `${only.repository}@${only.digest}`,
  };
}

/** The artifact stands in the registry, as the row says. */
function isDone({ status }: AttachedRow): boolean {
  return status === 'attached' || status === 'unchanged' || status === 'replaced';
}
