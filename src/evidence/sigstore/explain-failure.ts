import type { KeyObject } from 'node:crypto';
import type { SignedEntity, TrustMaterial } from '@sigstore/verify';
import type { RootInfo } from '../trust.ts';
import {
  describeFailure,
  type FailedOutcome,
  failedOutcome,
  findUncomparedEntry,
  isSignatureFailure,
} from './failed-outcome.ts';
import type { SigstoreSignature } from './sigstore-signature.ts';
import { findUnknownMaterial } from './unknown-material.ts';
import { verifyOtherwise } from './verify-otherwise.ts';

/** A verification that the library ended with an error. */
export interface FailedAttempt {
  readonly error: unknown;
  readonly entity: SignedEntity;
  readonly signature: SigstoreSignature;
  readonly artifact: Uint8Array;
  /** Of the certificate, or the policy's. */
  readonly key: KeyObject;
  readonly material: TrustMaterial;
  readonly info: RootInfo;
}

/**
 * Whether a signature that is not proved is wrong, or only beyond what the root or this software knows. What does not
 * fit its own key is wrong, whatever logs it names.
 */
export function explainFailure(attempt: FailedAttempt): FailedOutcome {
  const { error, entity, signature, artifact, key, material, info } = attempt;
  const wrong = failedOutcome('invalid', describeFailure(error));
  try {
    const fits = entity.signature.verifySignature(key);
    if (!fits && !verifyOtherwise(signature, artifact, key)) return wrong;
    if (!fits && isSignatureFailure(error)) return describeOtherKind(key);
    const unknown = findUnknownMaterial(entity, material);
    if (unknown !== undefined) return failedOutcome('unknown-root-material', describeUnknown(unknown, info));
    return findUncomparedEntry(entity) ?? wrong;
  } catch (fault) {
    return failedOutcome('invalid', describeFailure(fault)); // something in it is no ASN.1
  }
}

function describeOtherKind(key: KeyObject): FailedOutcome {
  const kind = key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType ?? 'unknown';
  const reason = `it fits its key, but a signature of this kind (${kind}) is verified only for a key without a log`;
  return failedOutcome('unsupported', reason);
}

function describeUnknown(unknown: string, { label, source, date }: RootInfo): string {
  const root = `the root ${label} of ${date.toISOString().slice(0, 10)}`;
  const way =
    source === 'embedded'
      ? 'write `refresh: true` in the trust of the policy, or the input `refresh-trusted-root: true`, to fetch a newer one; what a private repository signs on GitHub is under the root `github` (the input `trusted-root: github`)'
      : source === 'tuf'
        ? 'it is what its publisher says today'
        : 'give a newer file, if it is to be trusted';
  return `${unknown} that ${root} does not know; ${way}`;
}
