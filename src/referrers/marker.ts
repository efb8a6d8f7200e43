/**
 * The annotation that our attach sets on manifests that it may later replace (`if-exists: replace`): what does not bear
 * it was made by somebody else and is not touched.
 */
export const ANNOTATION_REPLACEABLE = 'dev.oci-referrers.replaceable';
