import { algorithmOf, type Digest, encodedOf, isDigest } from '../oci/digest.ts';
import type { ClaimedSubject, Detection, SubjectClaim } from './detection.ts';

const MAX_NAMED = 3;

/**
 * Why the document may not be attached to `subject`, for a message; undefined when it may. Subjects are compared by
 * digest alone, as in-toto says (attestation spec v1 "Matching subjects"), names are not looked at. A claim that could
 * not be read covers nothing, whether or not the document's format is known.
 */
export function describeMismatch({ claim }: Pick<Detection, 'claim'>, subject: Digest): string | undefined {
  switch (claim.kind) {
    case 'none':
      return undefined;
    case 'unreadable':
      return `what it is about cannot be read: ${claim.reason}`;
    case 'subjects':
      return describeOthers(claim.subjects, subject);
    case 'every': {
      const mismatches = claim.claims.map((one) => describeMismatch({ claim: one }, subject));
      const first = mismatches.find((mismatch) => mismatch !== undefined);
      return first === undefined ? undefined : `of the documents in it one does not fit: ${first}`;
    }
  }
}

/** A claim about one digest in OCI form; unreadable if it is none. */
export function claimOfDigest(digest: unknown, what: string): SubjectClaim {
  if (typeof digest !== 'string' || !isDigest(digest)) {
    return { kind: 'unreadable', reason: `${what} is not a digest: ${JSON.stringify(digest ?? null)}` };
  }
  return { kind: 'subjects', subjects: [{ name: undefined, digest: { [algorithmOf(digest)]: encodedOf(digest) } }] };
}

function names(claimed: ClaimedSubject, subject: Digest): boolean {
  return claimed.digest[algorithmOf(subject)] === encodedOf(subject);
}

function describeOthers(subjects: readonly ClaimedSubject[], subject: Digest): string | undefined {
  if (subjects.some((claimed) => names(claimed, subject))) return undefined;
  if (subjects.length === 0) return `it names no subject at all, so it is not about ${subject}`;
  return `it is about ${describeSubjects(subjects)}, not about ${subject}`;
}

function describeSubjects(subjects: readonly ClaimedSubject[]): string {
  const shown = subjects.slice(0, MAX_NAMED).map(describeSubject).join(', ');
  const more = subjects.length - MAX_NAMED;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function describeSubject(subject: ClaimedSubject): string {
  const digests = Object.entries(subject.digest).map(([algorithm, hex]) => `${algorithm}:${hex}`);
  const digest = digests.length === 0 ? 'no digest' : digests.join(' = ');
  return subject.name === undefined || subject.name === '' ? digest : `${JSON.stringify(subject.name)} (${digest})`;
}
