import type { SigstoreTrust } from '../trust.ts';
import { PUBLIC_GOOD_TRUSTED_ROOT } from './public-good-trusted-root.ts';
import { parseTrustedRoots } from './trusted-root.ts';

let parsed: SigstoreTrust['roots'] | undefined;

/**
 * The root of Sigstore's public-good instance as it is embedded: no network. Its profile asks for an entry in a log, a
 * log's promise for the certificate and a proved time. The same value each time.
 */
export function publicGoodRoots(): SigstoreTrust['roots'] {
  parsed ??= parseTrustedRoots(Buffer.from(PUBLIC_GOOD_TRUSTED_ROOT.json), {
    label: 'public-good',
    source: 'embedded',
    date: new Date(`${PUBLIC_GOOD_TRUSTED_ROOT.date}T00:00:00Z`),
    profile: { transparencyLogs: 1, certificateLogs: 1, timestamps: 1 },
  });
  return parsed;
}
