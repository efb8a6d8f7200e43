/**
 * The annotation by which `if-exists: replace` knows what this tool attached. It is a vendor key like
 * `vnd.docker.reference.type`, not a reverse domain name: the project has no domain. The value is the version of the
 * rule, not of the tool, so that a new release does not change the digest of what is attached again.
 */
export const ANNOTATION_ATTACHED_BY = 'vnd.oci-referrers.attached-by';
export const ATTACHED_BY = 'oci-referrers/v1';

/** Whether the annotations are those of an artifact that this tool attached. */
export function isAttachedByUs(annotations: Readonly<Record<string, string>> | undefined): boolean {
  return annotations?.[ANNOTATION_ATTACHED_BY] === ATTACHED_BY;
}
