import { CodedError, toCodedError } from '../errors/coded-error.ts';
import { openEvidence } from '../evidence/open-evidence.ts';
import type { EvidenceDocument, SignedEvidence, VerifyOutcome } from '../evidence/signed-evidence.ts';
import type { Trust } from '../evidence/trust.ts';
import { checkPredicate } from '../evidence/unsigned/check-predicate.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { EvidenceContent } from '../policy/evidence-item.ts';
import type { KeptPredicates } from '../policy/plan-evidence.ts';
import { keepPredicates } from './let-go-predicates.ts';
import { describeWrongSubject, wrongSubjectOf } from './wrong-subject.ts';

/** What a document is judged with. */
export interface ExamineDocument {
  /** What it was found on, and must be about. */
  readonly subject: Descriptor;
  readonly artifactType: string;
  /** Every trust that the policy's rules name. */
  readonly trusts: readonly Trust[];
  readonly now: Date;
  /** See EvidencePlan. */
  readonly predicates: KeptPredicates;
  /** The subject's own bytes, which a message signature is over; asked for only then. Throws where they cannot be had. */
  readonly readSubject: () => Promise<Uint8Array | undefined>;
}

/**
 * What a document is, and what each trust says of it. Whatever is in it: this one is then broken, and no other is
 * touched by it.
 */
export async function examineDocument(document: EvidenceDocument, options: ExamineDocument): Promise<EvidenceContent> {
  try {
    const opened = await openEvidence(document, options.artifactType);
    if (opened.signed === 'broken') return { kind: 'broken', state: opened.state, reason: opened.reason };
    if (opened.signed) return await examineSigned(opened, options);
    const { contentType, statement, malformed } = opened;
    const wrongSubject = statement === undefined ? undefined : wrongSubjectOf(statement, options.subject.digest);
    const content: EvidenceContent = { kind: 'unsigned', contentType, statement, wrongSubject, malformed };
    return keepPredicates(content, options.predicates);
  } catch (thrown) {
    return brokenBy(thrown, document.what);
  }
}

async function examineSigned(evidence: SignedEvidence, options: ExamineDocument): Promise<EvidenceContent> {
  const { format, claim, envelope } = evidence;
  let artifact: Uint8Array | undefined;
  if (claim.kind === 'message') {
    try {
      artifact = await options.readSubject();
    } catch (thrown) {
      const { code, message, hint } = toCodedError(thrown);
      return { kind: 'unread', code, reason: `the bytes that were signed could not be read: ${message}`, hint };
    }
  }
  const outcomes = new Map<string, VerifyOutcome>();
  for (const trust of options.trusts.filter((one) => mayKnow(one, evidence))) {
    outcomes.set(trust.name, await verifyWith(evidence, trust, { now: options.now, artifact }));
  }
  const content: EvidenceContent = {
    kind: 'signed',
    format,
    // without the bytes that it was read from
    claim: claim.kind === 'statement' ? { kind: 'statement', statement: claim.statement } : claim,
    envelope,
    outcomes,
    wrongSubject: describeWrongSubject(claim, options.subject),
    malformed: claim.kind === 'statement' ? checkPredicate(claim.statement) : undefined,
  };
  return keepPredicates(content, options.predicates);
}

/** A Notation envelope is judged by trust stores, everything else by trust roots and keys. */
function mayKnow(trust: Trust, { format }: SignedEvidence): boolean {
  const isNotation = format === 'notation-jws' || format === 'notation-cose';
  return (trust.kind === 'notation') === isNotation;
}

async function verifyWith(
  evidence: SignedEvidence,
  trust: Trust,
  options: { readonly now: Date; readonly artifact: Uint8Array | undefined },
): Promise<VerifyOutcome> {
  try {
    return await evidence.verify(trust, options);
  } catch (thrown) {
    // it is not to throw; that it did is no ground to believe it
    const { message } = toCodedError(thrown);
    return { verified: false, state: 'invalid', reason: `verification ended with an error: ${message}` };
  }
}

function brokenBy(thrown: unknown, what: string): EvidenceContent {
  const error = toCodedError(thrown);
  const reason = thrown instanceof CodedError ? error.message : `${what} cannot be read: ${error.message}`;
  return { kind: 'broken', state: 'invalid', reason };
}
