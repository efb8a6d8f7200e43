import { DATA_KIND_CHECKS } from './checks/data-kinds.ts';
import { DELETIONS } from './checks/deletions.ts';
import { ERRORS } from './checks/errors.ts';
import { MOUNT_BLOBS } from './checks/mount-blobs.ts';
import { PULL_BLOBS } from './checks/pull-blobs.ts';
import { PULL_MANIFESTS } from './checks/pull-manifests.ts';
import { PUSH_BLOBS } from './checks/push-blobs.ts';
import { PUSH_MANIFESTS } from './checks/push-manifests.ts';
import { REFERRERS } from './checks/referrers.ts';
import { LIST_TAGS } from './checks/tags.ts';
import { UPLOAD_SESSIONS } from './checks/upload-sessions.ts';
import type { SpecCheck } from './spec-check.ts';

/**
 * What distribution-spec asks of a registry, as far as it can be seen from outside, in the order of its spec.md: 1.1.1,
 * and what its main branch adds.
 */
export const SPEC_CHECKS: readonly SpecCheck[] = [
  ...PULL_MANIFESTS,
  ...PULL_BLOBS,
  ...PUSH_BLOBS,
  ...UPLOAD_SESSIONS,
  ...MOUNT_BLOBS,
  ...PUSH_MANIFESTS,
  ...DATA_KIND_CHECKS,
  ...LIST_TAGS,
  ...REFERRERS,
  ...DELETIONS,
  ...ERRORS,
];
