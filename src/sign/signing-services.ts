/** Where signatures are made and witnessed: one deployment of Sigstore. */
export interface SigningServices {
  /** For people: `public-good`, `github`, or the signing configuration's name. */
  readonly label: string;
  /** Where certificates come from; undefined where a configuration names none, which does for keys. */
  readonly fulcioUrl: string | undefined;
  /** The transparency log; undefined: nothing is published. */
  readonly rekor: { readonly url: string; readonly version: 1 | 2 } | undefined;
  /** The timestamp authority. */
  readonly tsaUrl: string | undefined;
}

/** Sigstore's public instance: what is signed there, and by whom, is published for ever. */
export const PUBLIC_GOOD_SERVICES: SigningServices = {
  label: 'public-good',
  fulcioUrl: 'https://fulcio.sigstore.dev',
  rekor: { url: 'https://rekor.sigstore.dev', version: 1 },
  tsaUrl: undefined,
};

/**
 * GitHub's own instance, which publishes nothing: for private and internal repositories. On GitHub Enterprise Cloud with
 * data residency it is the tenant's (actions/toolkit packages/attest, "endpoints").
 */
export function githubServices(serverUrl: string | undefined): SigningServices {
  const host = hostOf(serverUrl);
  const domain = host === 'github.com' ? 'githubapp.com' : host;
  return {
    label: 'github',
    fulcioUrl: `https://fulcio.${domain}`,
    rekor: undefined,
    tsaUrl: `https://timestamp.${domain}`,
  };
}

function hostOf(serverUrl: string | undefined): string {
  const given = serverUrl?.trim() ?? '';
  return URL.canParse(given) ? new URL(given).hostname : 'github.com';
}
