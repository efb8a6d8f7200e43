import type { AttachedRow, AttachResult } from '../commands/attach/result.ts';
import { buildAttachJson } from '../report/attach-json.ts';

/**
 * The outputs of `attach`, each set in every run that comes to a result. `bundlePath`: where the bundles of this run lie.
 */
export function buildAttachOutputs(result: AttachResult, bundlePath = ''): Record<string, string> {
  const done = result.rows.filter(isDone);
  const artifacts = done.filter(({ predicateType }) => predicateType === undefined);
  const signatures = done.filter(({ predicateType }) => predicateType !== undefined);
  const only = artifacts.length === 1 ? artifacts[0] : undefined;
  return {
    attached: JSON.stringify(buildAttachJson(result)),
    count: String(done.length),
    'subject-digest': result.subjectDigests.join('\n'),
    digest: only?.digest ?? '',
    'bundle-digest': signatures.flatMap(({ digest }) => digest ?? []).join('\n'),
    'bundle-path': bundlePath,
    reference: only?.digest === undefined ? '' : `${only.repository}@${only.digest}`,
  };
}

/** The artifact stands in the registry, as the row says. */
function isDone({ status }: AttachedRow): boolean {
  return status === 'attached' || status === 'unchanged' || status === 'replaced';
}
