import type { X509Certificate } from 'node:crypto';
import { isIssuedBy } from './certificate-chain.ts';
import {
  type Certificate,
  requireAuthority,
  requireStrongSignature,
  requireTimestampLeaf,
} from './certificate-profile.ts';
import { NotationFault } from './notation-fault.ts';
import { requireValid } from './validity.ts';

/** A leaf, five intermediates, a root: more than any authority has. */
const MAX_LENGTH = 7;
/** Certificates that all issued each other would have millions of ways. */
const MAX_STEPS = 100;

/**
 * That the signer of a timestamp may sign timestamps, and that its chain ends at a certificate of the trust store, byte
 * for byte, all valid at the time of the timestamp. A token carries its certificates in no order, cross-signed ones
 * among them, so that each way up is tried. Throws a fault.
 */
export function requireTimestampChain(
  signer: Certificate,
  known: readonly Certificate[],
  store: readonly X509Certificate[],
  time: Date,
): void {
  requireTimestampLeaf(signer);
  const ways = climb([signer], known, { store, steps: 0 });
  if (ways.length === 0) {
    throw new NotationFault(
      `the timestamp is by ${signer.title}, of no authority in the trust store (tsa)`,
      'untrusted',
    );
  }
  const faults = ways.map((way) => faultOfWay(way, time));
  if (!faults.includes(undefined)) throw faults[0];
}

type Way = readonly [Certificate, ...Certificate[]];

interface Climb {
  readonly store: readonly X509Certificate[];
  steps: number;
}

/** Every way from the last certificate up to one of the store. */
function climb(way: Way, known: readonly Certificate[], state: Climb): readonly Way[] {
  const last = way.at(-1) ?? way[0];
  if (isInStore(last, state.store)) return [way];
  if (way.length === MAX_LENGTH) return [];
  state.steps += 1;
  if (state.steps > MAX_STEPS) throw new NotationFault("the timestamp's certificates have too many ways to a root");
  const issuers = known.filter((one) => !way.some((below) => isSame(below, one)) && isIssuedBy(last, one));
  return issuers.flatMap((issuer) => climb([...way, issuer], known, state));
}

function faultOfWay([leaf, ...authorities]: Way, time: Date): NotationFault | undefined {
  try {
    authorities.forEach(requireAuthority);
    // how a root of the trust store is signed does not matter: it is trusted as it is
    [leaf, ...authorities].slice(0, -1).forEach(requireStrongSignature);
    requireValid([leaf, ...authorities], { from: time, to: time }, 'at the time of the timestamp');
    return undefined;
  } catch (thrown) {
    if (thrown instanceof NotationFault) return thrown;
    throw thrown;
  }
}

function isInStore({ x509 }: Certificate, store: readonly X509Certificate[]): boolean {
  return store.some((one) => one.raw.equals(x509.raw));
}

function isSame(one: Certificate, other: Certificate): boolean {
  return one.x509.raw.equals(other.x509.raw);
}
