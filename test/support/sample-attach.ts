import type { AttachedRow, AttachResult } from '../../src/commands/attach/result.ts';
import { sampleSubject } from './sample-tree.ts';

/** A row of attach as plain data. */
export function sampleAttachRow(row: Partial<AttachedRow> = {}): AttachedRow {
  const platform = 'platform' in row ? row.platform : 'linux/amd64';
  return {
    repository: 'ghcr.io/acme/app',
    subject: sampleSubject(platform ?? 'index').digest,
    platform,
    digest: sampleSubject(`artifact ${platform} ${row.titles?.join()}`).digest,
    artifactType: 'application/spdx+json',
    size: 12_345,
    titles: ['sbom.spdx.json'],
    status: 'attached',
    via: 'api',
    replaces: [],
    error: undefined,
    ...row,
  };
}

export function sampleAttachResult(rows: readonly AttachedRow[], rest: Partial<AttachResult> = {}): AttachResult {
  return { rows, subjectDigests: [], warnings: [], dryRun: false, ...rest };
}
