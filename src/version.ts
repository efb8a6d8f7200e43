/** Set by scripts/build.ts. */
declare const OCI_REFERRERS_VERSION: string | undefined;

/** The package's version; sources that run without a build say so. */
export const VERSION: string = typeof OCI_REFERRERS_VERSION === 'string' ? OCI_REFERRERS_VERSION : '0.0.0-source';
