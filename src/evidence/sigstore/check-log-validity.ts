import type { SignedEntity, TrustMaterial } from '@sigstore/verify';
import type { VerifiedTime } from '../signed-evidence.ts';

/**
 * Why a verified signature's log entry does not count: the log's key was not valid when it was signed. undefined: it was.
 * The library compares a log's validity with the time of an inclusion promise; an entry with a proof alone (Rekor v2) has
 * no time, and would be taken from a log whose key was withdrawn years ago. The smallest proved time is the nearest to
 * the signing: later ones can be had at any time.
 */
export function describeLogValidity(
  { tlogEntries }: SignedEntity,
  { tlogs }: TrustMaterial,
  times: readonly VerifiedTime[],
): string | undefined {
  const signed = Math.min(...times.map(({ time }) => time.getTime()));
  for (const { inclusionPromise, logId } of tlogEntries) {
    if (inclusionPromise !== undefined) continue;
    if (times.length === 0)
      return 'its log entry is not accepted: no time is proved at which its log could have been valid';
    const known = tlogs.filter(({ logID }) => logID.equals(logId.keyId));
    if (known.some(({ validFor: { start, end } }) => start.getTime() <= signed && signed <= end.getTime())) continue;
    const log = known[0]?.baseURL ?? 'its log';
    return `its log entry is not accepted: the key of ${log} was not valid at ${new Date(signed).toISOString()}`;
  }
  return undefined;
}
