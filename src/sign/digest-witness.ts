import { createHash } from 'node:crypto';
import type { RekorWitness, Witness } from '@sigstore/sign';
import { preAuthEncoding } from '../evidence/sigstore/pre-auth-encoding.ts';

/**
 * Has an envelope logged as the digest of what its signature is over: all that Rekor v2 takes since its specification
 * dropped entries of the kind `dsse` (sigstore/architecture-docs pull request 63, "rekor-v2-spec" 6.1.4). @sigstore/sign
 * 5.1 still asks for those, and cosign 3.1 does not know bundles with them.
 */
export function digestWitness(rekor: RekorWitness): Witness {
  return {
    testify: (content, publicKey) => {
      if (content.$case !== 'dsseEnvelope') return rekor.testify(content, publicKey);
      const { payloadType, payload, signatures } = content.dsseEnvelope;
      const digest = createHash('sha256').update(preAuthEncoding(payloadType, payload)).digest();
      const signature = signatures[0]?.sig ?? Buffer.alloc(0);
      const messageDigest = { algorithm: 1, digest }; // HashAlgorithm.SHA2_256
      return rekor.testify({ $case: 'messageSignature', messageSignature: { messageDigest, signature } }, publicKey);
    },
  };
}
