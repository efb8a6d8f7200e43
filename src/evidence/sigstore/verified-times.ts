import type { SignedEntity } from '@sigstore/verify';
import type { VerifiedTime } from '../signed-evidence.ts';

/**
 * Every time that a verification proved. To be called only after `verify` returned: it throws if any of them is wrong.
 * A log's time is signed with the inclusion promise; without one (Rekor v2) it is nobody's word.
 */
export function verifiedTimes({ timestamps }: SignedEntity): readonly VerifiedTime[] {
  return timestamps.flatMap((timestamp): VerifiedTime[] => {
    if (timestamp.$case === 'timestamp-authority') {
      return [{ time: timestamp.timestamp.signingTime, source: 'timestamp-authority' }];
    }
    const { inclusionPromise, integratedTime } = timestamp.tlogEntry;
    if (inclusionPromise === undefined) return [];
    return [{ time: new Date(Number(integratedTime) * 1000), source: 'transparency-log' }];
  });
}
