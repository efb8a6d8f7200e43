import type { X509Certificate } from 'node:crypto';
import type { SignedAttributes } from './signed-attributes.ts';
import type { SigningAlgorithm } from './signing-algorithm.ts';

/** A signature envelope of the Notary Project in either encoding, parsed; nothing of it is proved. */
export interface NotationEnvelope {
  /** As the header says it, by the name that JWS has for it: `PS256`. */
  readonly algorithm: string;
  readonly attributes: SignedAttributes;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  /** Leaf first. */
  readonly chain: readonly X509Certificate[];
  /** A TimeStampToken, which nobody has signed but its authority. */
  readonly timestamp: Uint8Array | undefined;
  /** Whether the signature is over the header and the payload by this certificate's key, with this algorithm. */
  readonly verifySignature: (leaf: X509Certificate, algorithm: SigningAlgorithm) => Promise<boolean>;
}

/** Over this a document is not looked into: chain, timestamp and user metadata are some kilobytes. */
export const MAX_ENVELOPE_BYTES = 4 * 1024 * 1024;
export const TIMESTAMP_HEADER = 'io.cncf.notary.timestampSignature';
