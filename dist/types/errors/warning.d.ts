/**
 * Every warning code. A warning never changes a digest or a verdict by itself; it says that something was not as
 * it should be and what was done about it.
 */
export declare const WARNING_CODES: readonly ['descriptor-differs', 'subject-differs', 'referrer-missing', 'referrer-invalid', 'referrer-unread', 'source-unread', 'platform-missing', 'platform-unread', 'blob-unread', 'filter-reasked', 'registry-warning', 'anonymous-retry', 'docker-config-ignored', 'name-lowered', 'fallback-entry-dropped', 'fallback-entry-restored', 'attached-gone', 'replace-contested', 'fallback-slow-write', 'output-truncated', 'capability-not-saved', 'subject-mismatch-allowed', 'verdict-notice', 'comment-not-written', 'check-not-written', 'reports-incomplete', 'shard-empty', 'sarif-not-written', 'ca-file-proposed', 'pull-request-target', 'digest-passed-over'];
export type WarningCode = (typeof WARNING_CODES)[number];
/** A typed warning in a result. */
export interface Warning {
    readonly code: WarningCode;
    /** What, where, and what was done about it. Untrusted text in it is not escaped yet: renderers do that. */
    readonly message: string;
    /** The digest or reference that it is about. */
    readonly subject?: string;
}
