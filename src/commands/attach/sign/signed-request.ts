import type { Warning } from '../../../errors/warning.ts';
import type { Platform } from '../../../oci/descriptor.ts';
import type { Digest } from '../../../oci/digest.ts';
import { SIGSTORE_BUNDLE_V03 } from '../../../oci/media-types.ts';
import { formatPlatform } from '../../../oci/platform.ts';
import type { Artifact } from '../../../referrers/artifact.ts';
import type { AttachRequest } from '../../../referrers/attach-artifacts.ts';
import type { IfExists } from '../../../referrers/attach-types.ts';
import type { DistributionSpec } from '../../../referrers/types.ts';
import type { ChosenTarget } from '../attach-targets.ts';
import type { AttachedRow } from '../result.ts';
import type { SignedBefore } from './find-signed.ts';
import type { UnsignedStatement } from './signed-statement.ts';

/** A request of attach whose artifacts are to be signed, too. */
export interface SignedRequest extends AttachRequest {
  readonly targets: Promise<readonly ChosenTarget[]>;
  readonly ifExists: IfExists;
  readonly dryRun: boolean;
  readonly distributionSpec: DistributionSpec;
  readonly onWarning: (warning: Warning) => void;
}

/** What became of one statement. */
export type Signature = { readonly statement: UnsignedStatement } & (
  | { readonly state: 'there'; readonly before: SignedBefore }
  | { readonly state: 'planned' }
  | { readonly state: 'made'; readonly artifact: Artifact }
);

/** Where a row of a signature belongs. */
export interface RowPlace {
  readonly repository: string;
  readonly subject: Digest;
  readonly platform: Platform | undefined;
}

/** A row for a signature that was not attached in this run: it was there, or it would be made. */
export function standingRow(
  signature: Extract<Signature, { state: 'there' | 'planned' }>,
  { repository, subject, platform }: RowPlace,
): AttachedRow {
  const before = signature.state === 'there' ? signature.before : undefined;
  return {
    repository,
    subject,
    platform: platform === undefined ? undefined : formatPlatform(platform),
    digest: before?.digest,
    artifactType: SIGSTORE_BUNDLE_V03,
    size: before?.size ?? 0,
    titles: [],
    status: before === undefined ? 'planned' : 'unchanged',
    via: before?.via,
    replaces: [],
    error: undefined,
    predicateType: signature.statement.predicateType,
  };
}
