import { type SignedEntity, VerificationError } from '@sigstore/verify';
import type { VerifyOutcome } from '../signed-evidence.ts';

export type FailedOutcome = Extract<VerifyOutcome, { verified: false }>;

export function failedOutcome(state: FailedOutcome['state'], reason: string): FailedOutcome {
  return { verified: false, state, reason };
}

// what is wrong, by the library's code; its message says more
const SUBJECTS: ReadonlyMap<string, string> = new Map([
  ['TIMESTAMP_ERROR', 'its time is not proved'],
  ['CERTIFICATE_ERROR', 'its certificate is not accepted'],
  ['PUBLIC_KEY_ERROR', 'its key is not accepted'],
  ['SIGNATURE_ERROR', 'the signature does not fit'],
  ['TLOG_BODY_ERROR', 'its log entry is about something else'],
  ['TLOG_ERROR', 'its log entries are not enough'],
]);

/** Anything that a library threw over a signature, as a reason. Whatever it is, the signature is not proved. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return `it cannot be read: ${String(error)}`;
  if (!(error instanceof VerificationError)) return `it cannot be read: ${error.message}`;
  const cause: unknown = error.cause;
  const message = cause instanceof Error ? `${error.message}: ${cause.message}` : error.message;
  return `${SUBJECTS.get(error.code) ?? 'its log entry is not accepted'}: ${message}`;
}

/** Whether all but the signature itself was right. */
export function isSignatureFailure(error: unknown): boolean {
  return error instanceof VerificationError && error.code === 'SIGNATURE_ERROR';
}

// what the library compares with a signature; Rekor has had more
const COMPARED = ['dsse 0.0.1', 'dsse 0.0.2', 'hashedrekord 0.0.1', 'hashedrekord 0.0.2', 'intoto 0.0.2'];

/** Of a signature that failed: a log entry of a kind that nothing here can compare with it, so that it may be right. */
export function findUncomparedEntry({ tlogEntries }: SignedEntity): FailedOutcome | undefined {
  const kinds = tlogEntries.map(({ kindVersion: { kind, version } }) => `${kind} ${version}`);
  const other = kinds.find((kind) => !COMPARED.includes(kind));
  if (other === undefined) return undefined;
  const shown = JSON.stringify(other.slice(0, 80));
  return failedOutcome(
    'unsupported',
    `its log entry is of the kind ${shown}, which cannot be compared with a signature`,
  );
}
