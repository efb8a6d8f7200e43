/**
 * Every error code of the product, with the exit code of the CLI that it leads to when it ends a run.
 * The codes are API: scripts match on them. A heading per code stands in docs/errors.md (a test compares).
 *
 * 1 = refused by the registry or by a stated precondition; 2 = usage; 3 = could not look, could not confirm.
 */
export const ERROR_EXIT_CODES = {
  // Usage: found before anything is sent.
  'reference-invalid': 2,
  'image-missing': 2,
  'input-unknown': 2,
  'input-invalid': 2,
  'input-conflict': 2,
  'command-unknown': 2,
  'digest-invalid': 2,
  'file-missing': 2,
  'file-empty': 2,
  'file-unreadable': 2,
  'file-changed': 2,
  'file-no-match': 2,
  'file-outside-workspace': 2,
  'file-is-directory': 2,
  'file-line-invalid': 2,
  'placeholder-unknown': 2,
  'artifact-type-invalid': 2,
  'artifact-type-needed': 2,
  'media-type-invalid': 2,
  'annotation-invalid': 2,
  'platform-invalid': 2,
  'platform-not-found': 2,
  'artifacts-list-invalid': 2,
  'docker-config-invalid': 2,
  'ca-file-invalid': 2,
  'layout-not-found': 2,
  'policy-invalid': 2,
  'expression-invalid': 2,
  'key-invalid': 2,
  'certificate-invalid': 2,
  'trusted-root-invalid': 2,
  'policy-unpinned': 2,
  'policy-pin-mismatch': 2,
  'bundle-file-invalid': 2,

  // The network could not give an answer.
  'network-unreachable': 3,
  'network-timeout': 3,
  'deadline-exceeded': 3,
  'tls-failed': 3,
  'proxy-failed': 3,
  aborted: 3,
  'redirect-refused': 3,
  'redirect-loop': 3,
  'address-refused': 3,
  'response-too-large': 3,
  'response-truncated': 3,
  'response-invalid': 3,
  'http-status': 3,
  'rate-limited': 3,
  'server-error': 3,

  // Credentials.
  'credentials-missing': 1,
  'credentials-refused': 1,
  'scope-insufficient': 1,
  'challenge-invalid': 3,
  'token-invalid': 3,
  'realm-refused': 3,
  'credential-helper-failed': 3,

  // What a registry or a layout says or holds.
  denied: 1,
  'repository-unknown': 1,
  'manifest-unknown': 1,
  'blob-unknown': 1,
  'manifest-refused': 1,
  'manifest-blob-unknown': 1,
  'manifest-too-large': 1,
  'read-only': 1,
  'tag-immutable': 1,
  'precondition-failed': 3,
  'upload-refused': 1,
  'upload-location-refused': 3,
  'digest-mismatch': 3,
  'json-invalid': 3,
  'manifest-invalid': 3,
  'layout-invalid': 3,
  'layout-locked': 3,

  // Referrers.
  'referrers-api-required': 1,
  'referrers-invalid': 3,
  'link-refused': 3,
  'page-limit': 3,
  'fallback-index-invalid': 3,
  'fallback-index-too-large': 1,
  'fallback-update-unconfirmed': 3,
  'readback-failed': 3,
  'subject-mismatch': 1,
  'replace-refused': 1,
  'delete-refused': 1,
  'latest-ambiguous': 1,
  'min-count-not-met': 1,
  'list-incomplete': 3,
  'title-unsafe': 3,
  'download-conflict': 1,
  'download-failed': 3,
  'download-not-one': 1,

  // The gate, and signing.
  'policy-not-met': 1,
  'policy-undecided': 3,
  'evidence-missing': 1,
  'policy-not-on-base': 3,
  'report-invalid': 3,
  'reports-incomplete': 3,
  'trusted-root-fetch-failed': 3,
  'github-api-failed': 3,
  'github-forbidden': 1,
  'oidc-token-missing': 2,
  'predicate-type-needed': 2,
  'sign-failed': 3,
  'sign-too-large': 1,

  internal: 3,
} as const satisfies Record<string, 1 | 2 | 3>;

/** A stable error code. */
export type ErrorCode = keyof typeof ERROR_EXIT_CODES;

/** Exit code of the CLI; an Action fails on any but 0. */
export type ExitCode = 0 | 1 | 2 | 3;
