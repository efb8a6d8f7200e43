import { crypto } from '@sigstore/core';
import type { SignedEntity } from '@sigstore/verify';
import type { VerifyOutcome } from '../signed-evidence.ts';
import type { SigstoreTrust } from '../trust.ts';
import { buildCertificateSigner } from './certificate-signer.ts';
import { describeLogValidity } from './check-log-validity.ts';
import { explainFailure } from './explain-failure.ts';
import { type FailedOutcome, failedOutcome } from './failed-outcome.ts';
import { verifierOfRoot } from './root-verifier.ts';
import { leafCertificate, type SigstoreSignature, toEntity } from './sigstore-signature.ts';
import { verifiedTimes } from './verified-times.ts';

type Root = SigstoreTrust['roots'][number];

/** Of the failures under several roots the one of a root that knows the signature's authorities says most. */
const TELLING: readonly FailedOutcome['state'][] = ['invalid', 'unsupported', 'unknown-root-material', 'untrusted'];

/** A signature with a certificate, by the first root that proves it. */
export function verifyWithRoots(
  signature: SigstoreSignature,
  artifact: Uint8Array,
  roots: readonly Root[],
): VerifyOutcome {
  const entity = toEntity(signature.bundle, artifact);
  const failures: FailedOutcome[] = [];
  for (const root of roots) {
    const outcome = verifyWithRoot(entity, signature, artifact, root);
    if (outcome.verified) return outcome;
    failures.push(outcome);
  }
  failures.sort((a, b) => TELLING.indexOf(a.state) - TELLING.indexOf(b.state));
  return failures[0] ?? failedOutcome('untrusted', 'there is no trusted root to verify it with');
}

function verifyWithRoot(
  entity: SignedEntity,
  signature: SigstoreSignature,
  artifact: Uint8Array,
  root: Root,
): VerifyOutcome {
  const { verifier, material } = verifierOfRoot(root);
  const { info } = root;
  try {
    // without the library's own policy: it matches with an unanchored regular expression, and skips what is empty
    const holder = verifier.verify(entity);
    const signer = buildCertificateSigner(leafCertificate(signature) ?? new Uint8Array(), holder);
    if ('reason' in signer) return failedOutcome('invalid', signer.reason);
    const times = verifiedTimes(entity);
    const withdrawn = describeLogValidity(entity, material, times);
    if (withdrawn !== undefined) return failedOutcome('invalid', withdrawn);
    return { verified: true, signer, root: info, times, notes: [] };
  } catch (error) {
    return explainFailure({ error, entity, signature, artifact, key: keyOf(entity), material, info });
  }
}

/** Throws what the library throws for a key that it cannot read. */
function keyOf({ key }: SignedEntity): crypto.KeyObject {
  if (key.$case !== 'certificate') throw new TypeError('a certificate was expected');
  return crypto.createPublicKey(key.certificate.publicKey as Buffer<ArrayBuffer>);
}
