import type { Digest } from '../../oci/digest.ts';
import type { PolicyFinding } from '../../policy/review-policy.ts';

export interface PolicyCheckResult {
  /** As it was named. */
  readonly file: string;
  /** Of the file's bytes, as `policy-sha256` wants it. */
  readonly digest: Digest;
  /** No finding is an error. */
  readonly valid: boolean;
  readonly findings: readonly PolicyFinding[];
  /** In plain words; undefined where the file cannot be read as a policy. */
  readonly explanation: string | undefined;
}
