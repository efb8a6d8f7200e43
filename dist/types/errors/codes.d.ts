/**
 * Every error code of the product, with the exit code of the CLI that it leads to when it ends a run.
 * The codes are API: scripts match on them. A heading per code stands in docs/errors.md (a test compares).
 *
 * 1 = refused by the registry or by a stated precondition; 2 = usage; 3 = could not look, could not confirm.
 */
export declare const ERROR_EXIT_CODES: {
    readonly 'reference-invalid': 2;
    readonly 'image-missing': 2;
    readonly 'input-unknown': 2;
    readonly 'input-invalid': 2;
    readonly 'input-conflict': 2;
    readonly 'command-unknown': 2;
    readonly 'digest-invalid': 2;
    readonly 'file-missing': 2;
    readonly 'file-empty': 2;
    readonly 'file-unreadable': 2;
    readonly 'file-changed': 2;
    readonly 'file-no-match': 2;
    readonly 'file-outside-workspace': 2;
    readonly 'file-is-directory': 2;
    readonly 'file-line-invalid': 2;
    readonly 'placeholder-unknown': 2;
    readonly 'artifact-type-invalid': 2;
    readonly 'artifact-type-needed': 2;
    readonly 'media-type-invalid': 2;
    readonly 'annotation-invalid': 2;
    readonly 'platform-invalid': 2;
    readonly 'platform-not-found': 2;
    readonly 'artifacts-list-invalid': 2;
    readonly 'docker-config-invalid': 2;
    readonly 'ca-file-invalid': 2;
    readonly 'layout-not-found': 2;
    readonly 'network-unreachable': 3;
    readonly 'network-timeout': 3;
    readonly 'deadline-exceeded': 3;
    readonly 'tls-failed': 3;
    readonly 'proxy-failed': 3;
    readonly aborted: 3;
    readonly 'redirect-refused': 3;
    readonly 'redirect-loop': 3;
    readonly 'address-refused': 3;
    readonly 'response-too-large': 3;
    readonly 'response-truncated': 3;
    readonly 'response-invalid': 3;
    readonly 'http-status': 3;
    readonly 'rate-limited': 3;
    readonly 'server-error': 3;
    readonly 'credentials-missing': 1;
    readonly 'credentials-refused': 1;
    readonly 'scope-insufficient': 1;
    readonly 'challenge-invalid': 3;
    readonly 'token-invalid': 3;
    readonly 'realm-refused': 3;
    readonly 'credential-helper-failed': 3;
    readonly denied: 1;
    readonly 'repository-unknown': 1;
    readonly 'manifest-unknown': 1;
    readonly 'blob-unknown': 1;
    readonly 'manifest-refused': 1;
    readonly 'manifest-blob-unknown': 1;
    readonly 'manifest-too-large': 1;
    readonly 'read-only': 1;
    readonly 'tag-immutable': 1;
    readonly 'precondition-failed': 3;
    readonly 'upload-refused': 1;
    readonly 'upload-location-refused': 3;
    readonly 'digest-mismatch': 3;
    readonly 'json-invalid': 3;
    readonly 'manifest-invalid': 3;
    readonly 'layout-invalid': 3;
    readonly 'layout-locked': 3;
    readonly 'referrers-api-required': 1;
    readonly 'referrers-invalid': 3;
    readonly 'link-refused': 3;
    readonly 'page-limit': 3;
    readonly 'fallback-index-invalid': 3;
    readonly 'fallback-index-too-large': 1;
    readonly 'fallback-update-unconfirmed': 3;
    readonly 'readback-failed': 3;
    readonly 'subject-mismatch': 1;
    readonly 'replace-refused': 1;
    readonly 'delete-refused': 1;
    readonly 'latest-ambiguous': 1;
    readonly 'min-count-not-met': 1;
    readonly 'list-incomplete': 3;
    readonly 'title-unsafe': 3;
    readonly 'download-conflict': 1;
    readonly 'download-failed': 3;
    readonly internal: 3;
};
/** A stable error code. */
export type ErrorCode = keyof typeof ERROR_EXIT_CODES;
/** Exit code of the CLI; an Action fails on any but 0. */
export type ExitCode = 0 | 1 | 2 | 3;
