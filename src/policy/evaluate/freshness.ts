import type { VerifiedTime } from '../../evidence/signed-evidence.ts';
import type { Signer } from '../../evidence/signer.ts';
import type { Statement } from '../../evidence/statement.ts';
import { describeAge, describeDuration } from '../duration.ts';
import { predicateTime } from './predicate-time.ts';

/** How far the clocks of logs and of this machine may be apart, in milliseconds. */
const SKEW = 5 * 60 * 1000;
/** Certificates that live longer let their signature be stamped again later. Fulcio's live ten minutes. */
const SHORT_LIFE = 24 * 60 * 60 * 1000;

export interface SignatureAge {
  readonly signer: Signer;
  readonly times: readonly VerifiedTime[];
  /** The signed statement, if the signature is over one. */
  readonly statement: Statement | undefined;
}

/** A time that bounds a signature's age, and in words where it is from. */
interface ProvenTime {
  readonly time: Date;
  readonly from: string;
}

/**
 * Why a signature is not as young as `maxAge` (seconds) asks for; undefined if it is. Counted from the smallest time
 * that is proved. A time in the future proves nothing.
 */
export function reasonTooOld(signature: SignatureAge, maxAge: number, now: Date): string | undefined {
  const proven = smallestTime(signature);
  if (typeof proven === 'string') return proven;
  const age = now.getTime() - proven.time.getTime();
  if (Number.isNaN(age)) return `its time cannot be read: ${proven.from}`;
  const when = `${describeTime(proven.time)}, ${proven.from}`;
  if (age < -SKEW) return `its time is ${describeAge(-age)} in the future (${when}): one of the clocks is wrong`;
  if (age <= maxAge * 1000) return undefined;
  return `it is ${describeAge(age)} old (${when}), and the rule allows ${describeDuration(maxAge)}`;
}

/** To the second: `2026-11-22T10:00:00Z`. */
function describeTime(time: Date): string {
  return time.toISOString().replace(/\.[0-9]+Z$/, 'Z');
}

/**
 * Log entries and timestamps are not under the signature: who holds it can drop them and get new ones for as long as
 * the key, or its certificate, is good. Where that is long, only a time under the signature counts.
 */
function smallestTime(signature: SignatureAge): ProvenTime | string {
  const { signer, statement } = signature;
  const stamps = signature.times.map(({ time, source }) => ({ time, from: SOURCE_NAMES[source] }));
  if (signer.kind === 'notation') {
    if (signer.scheme === 'notary.x509.signingAuthority') return smallest(stamps) ?? NO_TIME;
    return 'its scheme notary.x509 signs no time, and a timestamp can be renewed: its age cannot be known';
  }
  const signed = predicateTime(statement);
  const underSignature = signed && { time: signed.time, from: signed.field };
  if (signer.kind === 'key') {
    return underSignature === undefined ? NO_SIGNED_TIME : smallestOf(underSignature, stamps);
  }
  const { validity } = signer;
  if (validity === undefined) return NO_VALIDITY;
  if (validity.notAfter.getTime() - validity.notBefore.getTime() <= SHORT_LIFE) {
    return smallest(stamps) ?? NO_TIME;
  }
  const begin = {
    time: validity.notBefore,
    from: 'begin of its certificate, which lives too long for a timestamp to tell',
  };
  return smallestOf(underSignature ?? begin, stamps);
}

const NO_TIME = 'no time of it was verified: its age cannot be known';
const NO_VALIDITY = 'how long its certificate lives is not known, and a timestamp can be renewed for so long';
const NO_SIGNED_TIME = 'it is signed by a key, and the signed content says no time: its age cannot be known';

const SOURCE_NAMES: Readonly<Record<VerifiedTime['source'], string>> = {
  'transparency-log': 'transparency log',
  'timestamp-authority': 'timestamp authority',
  'signing-authority': 'signing authority',
};

function smallest([first, ...rest]: readonly ProvenTime[]): ProvenTime | undefined {
  return first === undefined ? undefined : smallestOf(first, rest);
}

/** A time that cannot be read is the smallest of all. */
function smallestOf(first: ProvenTime, rest: readonly ProvenTime[]): ProvenTime {
  return rest.reduce((least, one) => (one.time < least.time || Number.isNaN(one.time.getTime()) ? one : least), first);
}
