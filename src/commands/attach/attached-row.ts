import type { CodedError } from '../../errors/coded-error.ts';
import type { Digest } from '../../oci/digest.ts';
import { formatPlatform } from '../../oci/platform.ts';
import { sizeOf, titlesOf } from '../../referrers/artifact.ts';
import type { AttachOutcome } from '../../referrers/attach-types.ts';
import type { AttachedRow } from './result.ts';

/** What became of one artifact, as a row of the result. */
export function rowOf(repository: string, outcome: AttachOutcome): AttachedRow {
  const { bound, target } = outcome;
  return {
    repository,
    subject: target.subject.digest,
    platform: target.platform === undefined ? undefined : formatPlatform(target.platform),
    artifactType: bound.artifact.artifactType,
    size: sizeOf(bound),
    titles: titlesOf(bound.artifact.layers.map((layer) => layer.descriptor)),
    replaces: outcome.replaces,
    status: outcome.status,
    digest: outcome.status === 'failed' ? outcome.standing : outcome.digest,
    via: outcome.status === 'failed' ? undefined : outcome.via,
    error: outcome.status === 'failed' ? outcome.error : undefined,
  };
}

/** An image that failed before it was known what it gets. */
export function failedImage(repository: string, subject: Digest | undefined, error: CodedError): AttachedRow {
  return {
    repository,
    subject,
    platform: undefined,
    digest: undefined,
    artifactType: undefined,
    size: 0,
    titles: [],
    status: 'failed',
    via: undefined,
    replaces: [],
    error,
  };
}

/** For a log. */
export function describeRow(row: AttachedRow): string {
  const named = row.titles.filter((title) => title !== '').join(', ');
  const what = row.predicateType ?? (named === '' ? (row.artifactType ?? 'artifact') : named);
  const where = row.platform === undefined ? row.repository : `${row.repository} (${row.platform})`;
  return `${what} -> ${where}: ${row.status}${row.digest === undefined ? '' : ` ${row.digest}`}`;
}
