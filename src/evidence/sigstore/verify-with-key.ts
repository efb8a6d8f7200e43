import type { VerifyOutcome } from '../signed-evidence.ts';
import type { KeySigner } from '../signer.ts';
import type { KeyTrust } from '../trust.ts';
import { describeLogValidity } from './check-log-validity.ts';
import { explainFailure } from './explain-failure.ts';
import { type FailedOutcome, failedOutcome, isSignatureFailure } from './failed-outcome.ts';
import { verifierOfKey } from './root-verifier.ts';
import { type SigstoreSignature, toEntity } from './sigstore-signature.ts';
import { verifiedTimes } from './verified-times.ts';
import { verifyOtherwise } from './verify-otherwise.ts';

/**
 * A signature by a key that the policy names. Without a log the key alone decides, and what the bundle has of logs and
 * timestamps is neither needed nor believed: no time is proved. With one, the root's logs must hold it.
 */
export function verifyWithKey(signature: SigstoreSignature, artifact: Uint8Array, trust: KeyTrust): VerifyOutcome {
  return trust.log === 'none'
    ? verifyWithoutLog(signature, artifact, trust)
    : verifyWithLog(signature, artifact, trust);
}

function verifyWithoutLog(signature: SigstoreSignature, artifact: Uint8Array, trust: KeyTrust): VerifyOutcome {
  const { bundle } = signature;
  // the library would read the timestamps, which nobody asks for
  const verificationMaterial = { ...bundle.verificationMaterial, timestampVerificationData: undefined };
  const entity = toEntity({ ...bundle, verificationMaterial }, artifact);
  if (!entity.signature.verifySignature(trust.key) && !verifyOtherwise(signature, artifact, trust.key)) {
    return describeWrongKey(signature, trust);
  }
  return { verified: true, signer: signerOf(trust), root: undefined, times: [], notes: [] };
}

function verifyWithLog(signature: SigstoreSignature, artifact: Uint8Array, trust: KeyTrust): VerifyOutcome {
  const { root, key } = trust;
  if (root === undefined || root.root.tlogs.length === 0) {
    return failedOutcome('unsupported', `${trust.name} requires a log, and its root names none`);
  }
  const { verifier, material } = verifierOfKey(trust, root);
  const entity = toEntity(signature.bundle, artifact);
  try {
    verifier.verify(entity);
  } catch (error) {
    const outcome = explainFailure({ error, entity, signature, artifact, key, material, info: root.info });
    const isWrongKey = outcome.state === 'invalid' && isSignatureFailure(error);
    return isWrongKey ? describeWrongKey(signature, trust) : outcome;
  }
  const times = verifiedTimes(entity);
  const withdrawn = describeLogValidity(entity, material, times);
  if (withdrawn !== undefined) return failedOutcome('invalid', withdrawn);
  return { verified: true, signer: signerOf(trust), root: root.info, times, notes: [] };
}

/** A hint is its sender's word: it tells `another key` from `a wrong signature` in a message, and nothing else. */
function describeWrongKey({ bundle }: SigstoreSignature, trust: KeyTrust): FailedOutcome {
  const { content } = bundle.verificationMaterial;
  const hint = content.$case === 'publicKey' ? Buffer.from(content.publicKey.hint, 'base64') : Buffer.alloc(0);
  const named = `sha256:${hint.toString('hex')}`; // as cosign writes it: of the key's SPKI
  if (hint.byteLength === 32 && named !== trust.fingerprint) {
    return failedOutcome(
      'untrusted',
      `it is signed, it says, with the key ${named}; ${trust.name} is ${trust.fingerprint}`,
    );
  }
  return failedOutcome('invalid', `the signature does not fit the key ${trust.name} (${trust.fingerprint})`);
}

function signerOf({ fingerprint }: KeyTrust): KeySigner {
  return { kind: 'key', fingerprint };
}
