import { VALID_FROM } from './certificate-authority.ts';
import type { SigstoreWorld } from './sigstore-world.ts';

export interface SigningConfigOptions {
  /** Default `v1` in a world with logs. */
  readonly rekor?: 'v1' | 'v2' | 'none';
  /** Default: unless Rekor v1 gives the time. */
  readonly tsa?: boolean;
  /** Default true. */
  readonly fulcio?: boolean;
}

/** signing_config.json of a world (protobuf-specs SigningConfig v0.2). */
export function signingConfigOf({ services }: SigstoreWorld, options: SigningConfigOptions = {}): string {
  const { rekor = services.rekor === undefined ? 'none' : 'v1', tsa = rekor !== 'v1', fulcio = true } = options;
  const log = rekor === 'v2' ? services.rekorV2 : services.rekor;
  const service = (url: string, majorApiVersion: number): unknown => ({
    url,
    majorApiVersion,
    validFor: { start: VALID_FROM.toISOString() },
    operator: 'sigstore.test',
  });
  return JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
    caUrls: fulcio ? [service(services.fulcio.url, 1)] : [],
    oidcUrls: [],
    rekorTlogUrls: rekor === 'none' || log === undefined ? [] : [service(log.url, rekor === 'v2' ? 2 : 1)],
    rekorTlogConfig: { selector: 'ANY' },
    // the whole URL, as in Sigstore's own configurations
    tsaUrls: tsa ? [service(`${services.tsa.url}/api/v1/timestamp`, 1)] : [],
    tsaConfig: { selector: 'ANY' },
  });
}
