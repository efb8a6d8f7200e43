import type { AttachedRow, AttachResult } from '../commands/attach/result.ts';

/** A row of `attach` as JSON. What does not apply is null, so that every row has the same keys. */
export interface AttachedJson {
  readonly subject: string | null;
  readonly platform: string | null;
  readonly digest: string | null;
  readonly artifactType: string | null;
  /** Bytes of manifest and layers. */
  readonly size: number;
  readonly status: AttachedRow['status'];
  readonly via: AttachedRow['via'] | null;
  readonly repository: string;
  readonly titles: readonly string[];
  /** Digests that it took the place of. */
  readonly replaces: readonly string[];
  /** Of what `sign` adds, else null. */
  readonly predicateType: string | null;
  readonly error: { readonly code: string; readonly message: string; readonly hint: string | null } | null;
}

/** The rows of an attach command, for the output `attached` and `--format json`. */
export function buildAttachJson({ rows }: AttachResult): AttachedJson[] {
  return rows.map((row) => ({
    subject: row.subject ?? null,
    platform: row.platform ?? null,
    digest: row.digest ?? null,
    artifactType: row.artifactType ?? null,
    size: row.size,
    status: row.status,
    via: row.via ?? null,
    repository: row.repository,
    titles: row.titles,
    replaces: row.replaces,
    predicateType: row.predicateType ?? null,
    error:
      row.error === undefined
        ? null
        : { code: row.error.code, message: row.error.message, hint: row.error.hint ?? null },
  }));
}
