import type { VerifyOptions, VerifyOutcome } from '../signed-evidence.ts';
import type { KeyTrust, SigstoreTrust, Trust } from '../trust.ts';
import { describeFailure, type FailedOutcome, failedOutcome } from './failed-outcome.ts';
import { isKeySigned, messageDigestOf, type SigstoreSignature } from './sigstore-signature.ts';
import { verifyWithKey } from './verify-with-key.ts';
import { verifyWithRoots } from './verify-with-roots.ts';

/**
 * What a trust says of a signature in the terms of a bundle: kind against kind, the bytes that are signed, then the
 * signature with its logs and times. Whose it is, and of what, is for the policy. Never throws for what is in it.
 */
export function verifySignature(signature: SigstoreSignature, trust: Trust, options: VerifyOptions): VerifyOutcome {
  if (trust.kind === 'notation') {
    return failedOutcome('untrusted', `it is a Sigstore signature, and ${trust.name} trusts Notary Project signatures`);
  }
  try {
    return refuseKind(signature, trust) ?? verifyBytes(signature, trust, options);
  } catch (error) {
    return failedOutcome('invalid', describeFailure(error)); // ASN.1 and other values of a shape nobody expected
  }
}

/** Asked for a certificate, a key is not the weaker proof of the same thing, and the reverse: they never stand in. */
function refuseKind(signature: SigstoreSignature, trust: SigstoreTrust | KeyTrust): FailedOutcome | undefined {
  const isKey = isKeySigned(signature);
  if (isKey && trust.kind === 'sigstore') {
    return failedOutcome('untrusted', `it is signed with a key, and ${trust.name} trusts certificates`);
  }
  if (!isKey && trust.kind === 'key') {
    return failedOutcome('untrusted', `it is signed with a certificate, and ${trust.name} is a key`);
  }
  return undefined;
}

function verifyBytes(
  signature: SigstoreSignature,
  trust: SigstoreTrust | KeyTrust,
  options: VerifyOptions,
): VerifyOutcome {
  const artifact = findArtifact(signature, options);
  if ('verified' in artifact) return artifact;
  return trust.kind === 'key'
    ? verifyWithKey(signature, artifact, trust)
    : verifyWithRoots(signature, artifact, trust.roots);
}

/** Under a message signature: the bytes, which must be those that it names. An envelope brings its own. */
function findArtifact(signature: SigstoreSignature, options: VerifyOptions): Uint8Array | FailedOutcome {
  const { content } = signature.bundle;
  if (content.$case === 'dsseEnvelope') return content.dsseEnvelope.payload;
  const artifact = signature.message ?? options.artifact;
  if (artifact === undefined) {
    return failedOutcome('unsupported', 'it signs bytes that are not at hand, and a digest of them is not enough');
  }
  const named = messageDigestOf(content);
  if (named === undefined) {
    return failedOutcome('unsupported', 'it names what it signs by a digest algorithm that is not supported');
  }
  if (!named.matches(artifact)) return failedOutcome('invalid', `it signs ${named.digest}, which these bytes are not`);
  return artifact;
}
