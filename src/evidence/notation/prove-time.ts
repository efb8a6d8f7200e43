import type { VerifiedTime } from '../signed-evidence.ts';
import type { NotationTrust } from '../trust.ts';
import type { NotationEnvelope } from './envelope.ts';
import { NotationFault } from './notation-fault.ts';
import type { TimeRange } from './validity.ts';
import { verifyTimestamp } from './verify-timestamp.ts';

/** When it was signed, as far as somebody whom the policy trusts says it. */
export type ProvedTime =
  | { readonly time: VerifiedTime; readonly range: TimeRange; readonly note?: undefined }
  /** Nobody says it. */
  | { readonly time: undefined; readonly note: string | undefined };

/** Clocks differ by so much. Milliseconds. */
const CLOCK_SKEW = 5 * 60_000;

/**
 * signing-scheme.md: a signing authority says the time itself, of other signers a timestamp authority must. A timestamp
 * that is there must be right, even where the certificates are still valid; where the trust names no timestamp
 * authority it is not looked at. Throws a fault.
 */
export function proveTime(envelope: NotationEnvelope, trust: NotationTrust, now: Date): ProvedTime {
  const { attributes, timestamp, signature } = envelope;
  if (attributes.authenticSigningTime !== undefined) {
    return provedAt(attributes.authenticSigningTime, 0, 'signing-authority', now);
  }
  if (timestamp === undefined) return { time: undefined, note: undefined };
  if (trust.tsa.length === 0) {
    return { time: undefined, note: 'timestamp: not checked, the trust names no timestamp authority (tsa)' };
  }
  const { time, accuracy } = verifyTimestamp(timestamp, signature, trust.tsa);
  return provedAt(time, accuracy, 'timestamp-authority', now);
}

function provedAt(time: Date, accuracy: number, source: VerifiedTime['source'], now: Date): ProvedTime {
  if (time.getTime() > now.getTime() + CLOCK_SKEW) {
    throw new NotationFault(`the time of its signing is in the future: ${time.toISOString()}`);
  }
  const range = { from: new Date(time.getTime() - accuracy), to: new Date(time.getTime() + accuracy) };
  return { time: { time, source }, range };
}
