/**
 * Every warning code. A warning never changes a digest or a verdict by itself; it says that something was not as
 * it should be and what was done about it.
 */
export const WARNING_CODES = [
  'descriptor-differs', // a list's descriptor disagrees with the manifest's bytes; the bytes won
  'subject-differs', // a listed manifest has another subject, or none; the row was dropped
  'referrer-missing', // a list names a manifest that the registry does not hold
  'referrer-invalid', // a listed manifest, its bytes proved, is no valid manifest; the row was dropped
  'referrer-unread', // a manifest could not be read, so its row is unproved
  'source-unread', // a source of referrers, or an entry of its list, could not be looked at; the list is incomplete
  'platform-missing', // an index names a platform manifest that the registry does not hold
  'platform-unread', // a platform manifest could not be read: whether it is there is unknown
  'blob-unread', // the registry says that it holds a blob, and refuses to show it; a large one was not sent again
  'filter-reasked', // a filtered answer was empty, the unfiltered one was not
  'registry-warning', // a Warning header of the registry (RFC 9110 obsoleted 7234 syntax, distribution-spec "Warnings")
  'anonymous-retry', // credentials were refused for a pull and anonymous access worked
  'docker-config-ignored', // a credential file could not be used and was passed over
  'name-lowered', // an upper-case image name was lowered
  'fallback-entry-dropped', // a dangling entry kept the registry from taking the fallback index
  'fallback-entry-restored', // entries that another writer overwrote were put back
  'attached-gone', // what a job had attached was deleted before the job's end
  'replace-contested', // another run put an edition of the same artifact beside ours
  'fallback-slow-write', // the gap between read and write outlasted the settle time
  'output-truncated', // an output or a summary was too large and was cut
  'capability-not-saved', // the registry's capability could not be remembered between steps
  'subject-mismatch-allowed', // allow-subject-mismatch let a statement through
  'verdict-notice', // something of a verdict that must be said: a waiver, a platform left out, a source not read
  'comment-not-written', // the pull-request comment could not be written; the verdict stands
  'check-not-written', // the check run could not be written; the verdict stands
  'reports-incomplete', // reports that were joined are not the whole, and an image failed all the same
  'shard-empty', // there are more shards than images
  'sarif-not-written', // the SARIF file could not be written; the verdict stands
  'ca-file-proposed', // ca-file may be a part of what is proposed: it vouches for registries alone
  'pull-request-target', // the gate runs under pull_request_target
  'digest-passed-over', // a digest that was given to repair is no referrer of any of the images
] as const;
export type WarningCode = (typeof WARNING_CODES)[number];

/** A typed warning in a result. */
export interface Warning {
  readonly code: WarningCode;
  /** What, where, and what was done about it. Untrusted text in it is not escaped yet: renderers do that. */
  readonly message: string;
  /** The digest or reference that it is about. */
  readonly subject?: string;
}
